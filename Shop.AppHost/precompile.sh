# Compiles assemblies ahead of time, as many at once as there are processors.
#   $1  the compiler    $2  the root of the .NET installation    $3  the version of its runtime
#   $4  a file of references    $5  a file with, in turns, an assembly and where the compiled one goes
set -eu
export compiler=$1 root=$2 version=$3 references=$4
chmod +x "$compiler"
# Put in place whole, so that one that was interrupted is not taken for good.
xargs -d '\n' -n 2 -P "$(nproc)" sh -eu -c '
  mkdir -p "$(dirname "$2")"
  "$compiler" "$1" -o "$2.tmp" -r "$root/shared/Microsoft.NETCore.App/$version/*.dll" -r "$root/shared/Microsoft.AspNetCore.App/$version/*.dll" \
    "@$references" -O --targetos linux >"$2.log" 2>&1 || { cat "$2.log"; exit 255; }
  mv "$2.tmp" "$2"; rm "$2.log"' sh <"$5"
