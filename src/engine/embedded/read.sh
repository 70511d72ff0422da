# One file of a tree, found as if the tree were the root: `file`, a line break and the first bytes of it, or nothing.
# read ROOT PATH BYTES
set -eu
root=$1

# Sets REPLY to a path of the tree as a path of ours, following the tree's links. Fails where that has no end.
resolve() {
  local rest=${1#/} at='' part link hops=0
  while [[ -n $rest ]]; do
    part=${rest%%/*}
    rest=${rest#"$part"}
    rest=${rest#/}
    case $part in
      '' | .) continue ;;
      ..) at=${at%/*} && continue ;;
    esac
    if [[ -L $root$at/$part ]]; then
      ((++hops < 64)) || return 1
      IFS= read -r -d '' link < <(readlink -z -- "$root$at/$part") || return 1
      [[ $link != /* ]] || at=''
      rest=$link/$rest
    else
      at=$at/$part
    fi
  done
  REPLY=$root$at
}

resolve "$2" || exit 0
if [[ -f $REPLY ]]; then
  printf 'file\n'
  exec head --bytes="$3" -- "$REPLY"
fi
