# First stage of an ordinary user: a user namespace in which his own and his subordinate ids are 0..65535.
# Only his setuid newuidmap may write that map, so the parent process is asked to call it.
# claim ARGUMENTS-OF-FIRST…
set -eu
step() { printf 'step %s\n' "$1" >&3; }

# What else of the caller's is open stays with the caller.
for open in /proc/$$/fd/*; do
  open=${open##*/}
  ((open <= 5)) || exec {open}>&-
done

step 'to map the subordinate ids'
printf 'map\n' >&3
IFS= read -r answer <&5
[[ $answer == mapped ]]

step 'to become root of the user namespace'
exec setpriv --reuid 0 --regid 0 --clear-groups --pdeathsig KILL \
  unshare --mount --propagation private bash --norc -c 'eval "$FIRST"' first "$@"
