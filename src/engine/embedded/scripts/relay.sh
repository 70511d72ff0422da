# Between `script` and the container: its messages go back to the engine, the pty is the command's stderr.
set -eu
exec 4>&2 2>&6 6>&-
mapfile -d '' -t words <"$BASE/words"
unset BASE SHELL
exec setpriv --pdeathsig KILL "${words[@]}"
