# Removes what patterns match, in the root that it runs in: bash remove.sh, PATTERN NUL PATTERN NUL … on stdin.
#
# A pattern is an absolute path; `*`, `?`, `[…]` and `\` are glob(7)'s, counted in bytes, since which locales a root has
# must not decide what goes; only a dot that is written matches a leading dot. Links above the last part are followed, which inside the root leads nowhere else; the last part never is.
# All patterns are expanded and judged before anything goes. Told on stdout, a line each, N counting patterns from 0:
#   removed N PATH   it is gone (PATH as bash would quote it where it has control characters)
#   nothing N        the pattern matches nothing
#   mounted N        it matches only what is mounted here, which is not the root's
#   refused N WHY PATH   top: no root without PATH; all: nothing would be left in it; mount: something is mounted on or below it
# Ends with status 3, nothing removed, where anything was refused.
set -eu
LC_ALL=C
shopt -s nullglob dotglob

holding=(bin etc lib lib32 lib64 libx32 sbin usr var)
places=(dev proc run sys)

declare -A doomed=() top=() folder_of=()
mounts=() kept=() order=()
refused=0

tell() { # WORDS PATH
  if [[ $2 == *[[:cntrl:]]* ]]; then printf '%s %q\n' "$1" "$2"; else printf '%s %s\n' "$1" "$2"; fi
}

refuse() { # N WHY PATH
  tell "refused $1 $2" "$3"
  refused=1
}

# Sets REPLY to a path whose folder has no links in it.
settle() {
  local folder=${1%/*}
  if [[ -z ${folder_of["$folder/"]+there} ]]; then
    REPLY=$(readlink -e -- "$folder/")
    folder_of["$folder/"]=${REPLY%/}
  fi
  REPLY=${folder_of["$folder/"]}/${1##*/}
}

# Sets FOUND to the paths that a pattern matches.
expand() {
  local rest=${1#/} part at entry name next
  FOUND=('')
  while [[ -n $rest ]]; do
    part=${rest%%/*}
    rest=${rest#"$part"}
    rest=${rest#/}
    next=()
    for at in "${FOUND[@]}"; do
      [[ -d $at/ ]] || continue
      if [[ $part != *[*?[\\]* ]]; then
        [[ ! -e $at/$part && ! -L $at/$part ]] || next+=("$at/$part")
        continue
      fi
      for entry in "$at"/*; do
        name=${entry##*/}
        [[ $name != .* || $part == .* || $part == \\.* ]] || continue
        # The word is a pattern because it is not quoted.
        case $name in $part) next+=("$entry") ;; esac
      done
    done
    FOUND=("${next[@]}")
  done
}

judge() { # N PATH; false for what is mounted here
  local n=$1 path=$2 point
  for point in "${mounts[@]}"; do
    [[ $path != "$point"/* ]] || return 1
  done
  for point in "${!top[@]}"; do
    if [[ $path == / || $point == "$path" || $point == "$path"/* ]]; then
      refuse "$n" top "$path"
      return 0
    fi
  done
  for point in "${mounts[@]}"; do
    if [[ $point == "$path" || $point == "$path"/* ]]; then
      refuse "$n" mount "$path"
      return 0
    fi
  done
  if [[ -z ${doomed["$path"]+there} ]]; then
    doomed["$path"]=$n
    order+=("$path")
  fi
}

# What a system is made of has to keep something that `ls` shows.
judge_left() {
  local folder entry last left
  for folder in "${kept[@]}"; do
    last='' left=0
    for entry in "$folder"/*; do
      if [[ -n ${doomed["$entry"]+there} ]]; then
        last=${doomed["$entry"]}
      elif [[ ${entry##*/} != .* ]]; then
        left=1
      fi
    done
    [[ -z $last || $left == 1 ]] || refuse "$last" all "$folder"
  done
}

while read -r _ _ _ _ point _; do
  printf -v point '%b' "$point"
  [[ $point == / ]] || mounts+=("$point")
done </proc/self/mountinfo

for name in "${holding[@]}" "${places[@]}"; do
  top["/$name"]=1
  # Where /usr is merged, /bin is a link: what it leads to is as needed.
  real=$(readlink -e -- "/$name") || continue
  top["$real"]=1
done
for name in "${holding[@]}"; do
  real=$(readlink -e -- "/$name") || continue
  [[ ! -d $real ]] || kept+=("$real")
done

n=0
while IFS= read -r -d '' pattern; do
  expand "$pattern"
  found=0 mounted=0
  for path in "${FOUND[@]}"; do
    if [[ $path == */.. || $path == */. ]]; then
      refuse "$n" top "$path"
      continue
    fi
    settle "${path:-/}"
    if judge "$n" "$REPLY"; then found=1; else mounted=1; fi
  done
  if [[ $found == 0 ]]; then
    [[ $mounted == 1 ]] && printf 'mounted %s\n' "$n" || printf 'nothing %s\n' "$n"
  fi
  n=$((n + 1))
done
judge_left
[[ $refused == 0 ]] || exit 3

for path in "${order[@]}"; do
  rm -rf --one-file-system -- "$path"
  tell "removed ${doomed["$path"]}" "$path"
done
