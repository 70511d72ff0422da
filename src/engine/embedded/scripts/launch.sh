# Becomes the command. Its root is still the host's programs, which vanish with this process.
# launch PID IO FOLDER COUNT NAME=VALUE… ARGV…
set -eu
root=/proc/$1/root io=$2 folder=$3 count=$4
shift 4
environment=("${@:1:count}")
shift "$count"
step() { printf 'step %s\n' "$1" >&3; }

# Only now may process 1 leave the host's mounts, and us in them.
# On lines of their own: of several substitutions only the last one's status counts.
env=$(type -P env)
setsid=$(type -P setsid)
unshare=$(type -P unshare)
printf 'here\n' >&6
read -r _ <&7

step "to leave the host's mounts"
umount --lazy --no-canonicalize --internal-only "$root"

# A command without a terminal of its own gets none: not even the one its caller sits at.
session=("$setsid")
[[ $io != terminal ]] || session=()
exec 2>&4 4>&- 5>&- 6>&- 7>&-
printf 'ready\n' >&3
exec "$env" -i --default-signal -- "${environment[@]}" \
  "${session[@]}" "$unshare" --root="$root" --wd="$folder" -- "$@" 3>&-
