# One file of a tree, found as if the tree were the root: `file`, a line break and the first bytes of it, or nothing.
# RESOLVE stands before it. read ROOT PATH BYTES
set -eu
root=$1
resolve "$2" || exit 0
if [[ -f $REPLY ]]; then
  printf 'file\n'
  exec head --bytes="$3" -- "$REPLY"
fi
