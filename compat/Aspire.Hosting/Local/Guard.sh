# Outlives the AppHost: when standard input ends, the AppHost is gone, however it went. What it left is stopped,
# first politely (each process group by its own signal), then by force.
#   $1  directory with one file per running process: its name is the process id, its content "start-time signal"
#   $2  directory to delete afterwards, or nothing
exec >/dev/null 2>&1
trap '' HUP INT TERM
while read -r _; do :; done

# Whether the group of a process is there, and still that process's (an id may be used again).
alive() {
  if [ -r "/proc/$1/stat" ]; then
    IFS=' ' read -r a b c d e f g h i j k l m n o p q r s t u start rest < "/proc/$1/stat"
    [ "$start" = "$2" ] || return 1
    [ "$c" = Z ] || return 0
  fi
  kill -s 0 -- "-$1" || return 1
  # The leader has ended. One that nobody has taken notice of still counts for kill, so look at each of the others.
  for stat in /proc/[0-9]*/stat; do
    IFS= read -r line < "$stat" || continue
    line=${line##*) }
    case $line in
      Z*) ;;
      ?" "*" $1 "*) IFS=' ' read -r state parent group rest <<STAT
$line
STAT
        [ "$group" != "$1" ] || return 0 ;;
    esac
  done
  return 1
}

round() {
  left=
  for file in "$run"/[0-9]*; do
    [ -f "$file" ] || continue
    pid=${file##*/}
    read -r begun signal < "$file"
    if ! alive "$pid" "$begun"; then rm -f "$file"; continue; fi
    left=1
    case $1 in
      own) kill -s "$signal" "$pid" ;;
      harder) if [ "$signal" = INT ]; then kill -s QUIT "$pid"; else kill -s KILL -- "-$pid"; fi ;;
      force) kill -s KILL -- "-$pid" ;;
    esac
  done
}

run=$1
round own
tick=0
while [ -n "$left" ] && [ $tick -lt 20 ]; do
  sleep 0.2
  tick=$((tick + 1))
  # What remains of a group whose leader has ended is not worth waiting for.
  case $tick in
    8) round harder ;;
    12 | 14 | 16 | 18) round force ;;
    *) round look ;;
  esac
done
[ -z "$2" ] || rm -rf -- "$2"
