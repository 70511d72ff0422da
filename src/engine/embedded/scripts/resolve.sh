# Sets REPLY to a path of the container as a path of ours, following the tree's links as if the tree were the root.
# Fails where that has no end, for callers with `set -e` and for those who ask.
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
