# Runs a server below the orchestrator, which stops everything with SIGTERM.
#   $1  a file that the server holds locked, with all that it starts, as long as anything of it lives
#   $2  the signal on which it stops soon and well
#   $3  the process of the AppHost
#   $4  data to delete when nobody is left to need it, and with the last server's the directory of all, or nothing
#   the program and its arguments
lock=$1 signal=$2 apphost=$3 thrown=$4
shift 4

# Below a server that was killed, something of it may live for a moment.
# In the background, so that this shell hears the orchestrator's signal.
flock --no-fork --wait 15 "$lock" "$@" & server=$!
trap 'kill -s "$signal" "$server"' TERM INT
while wait "$server"; code=$?; kill -0 "$server" 2>/dev/null; do :; done

if [ -n "$thrown" ] && ! kill -0 "$apphost" 2>/dev/null; then
  cd /
  rm -rf -- "$thrown"
  all=${thrown%/*} # With the last server's data the directory of all.
  ls -d "$all"/*/ >/dev/null 2>&1 || rm -rf -- "$all"
fi
exit "$code"
