# Third stage, in the user namespace, waiting for its ids.
# descend NODE BASE PART-ARGUMENTS…
set -eu
step() { printf 'step %s\n' "$1" >&3; }

step 'to map the ids of the user namespace'
printf 'map\n' >&6
read -r answer <&7
[[ $answer == mapped ]]

step 'to become root inside'
exec 6>&- 7>&-
# A change of credentials clears the death signal: it is set again here.
exec setpriv --reuid 0 --regid 0 --clear-groups --inh-caps=-all --ambient-caps=-all --pdeathsig KILL \
  bash --norc -c 'eval "$PART"' part "$@"
