# Fourth stage: parts from the host's mounts, processes, IPC objects, host name and, unless told, network.
# part NODE BASE own|host terminal|pipes|sockets INSIDE-ARGUMENTS…
set -eu
node=$1 base=$2 network=$3 io=$4
shift 4
step() { printf 'step %s\n' "$1" >&3; }

[[ $PPID == "$node" ]]

namespaces=(--mount --pid --ipc --uts)
[[ $network == host ]] || namespaces+=(--net)
enclosed=(unshare "${namespaces[@]}" --fork --kill-child bash --norc -c 'eval "$INSIDE"' inside "$base" "$network" "$io" "$@")

step 'to make the namespaces'
# node's pipes are sockets; a command that opens /dev/stdout or /dev/stderr needs pipes.
if [[ $io == pipes ]]; then
  [[ ! -S /dev/fd/1 ]] || exec 1> >(exec cat 3>&- 4>&- 5>&-)
  [[ ! -S /dev/fd/4 ]] || exec 4> >(exec cat >&4 3>&- 4>&- 5>&-)
  [[ ! -S /dev/fd/0 ]] || exec 0< <(exec cat 3>&- 4>&- 5>&-)
fi
if [[ $io != terminal ]]; then
  exec "${enclosed[@]}"
fi

# `script` owns the caller's terminal and stays outside the container's processes, so that nothing inside can reach it;
# the pty comes from the devpts that the container gets as /dev/pts. script takes a command as one string: a fixed one,
# that reads the words from a file.
step 'to make a terminal'
mkdir "$base/pts"
unshare --mount true # says why, if it cannot
printf '%s\0' "${enclosed[@]}" >"$base/words"
export BASE=$base
exec 6>&2
exec unshare --mount bash --norc -c '
  set -eu
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$BASE/pts"
  mount --rbind "$BASE/pts" /dev/pts
  mount --bind "$BASE/pts/ptmx" /dev/ptmx
  SHELL=$BASH exec script --quiet --return --command "eval \"\$RELAY\"" /dev/null'
