# Brings files and folders into the root that it runs in: bash install.sh STAGED, records KIND MODE USER GROUP PATH on stdin,
# each of the five NUL-ended. PATH is relative to the root, and for files and links to STAGED as well.
#
# KIND f is a file, l a symbolic link, d a folder, which is made where it is not there. MODE in octal; of a folder `-` leaves
# it as it is. USER and GROUP are names of the root's own /etc/passwd and /etc/group, files brought here included, or
# numbers; `-` is 0 for what is new. Links of the root are followed on the way to a path, which leads nowhere but into the root; at its end only a folder's is.
# Told on stdout, a line each, N counting records from 0:
#   folder N PATH   a folder stands where a file or link was wanted
#   file N PATH     no folder can be at PATH
#   mounted N PATH  PATH is what is mounted here, which is not the root's
#   user N NAME, group N NAME   the root has none
# Ends with status 3 where anything was told, without having given anything to anybody.
set -eu
umask 022
staged=$1

kinds=() modes=() users=() groups=() paths=()
mounts=()
declare -A uid=() gid=()
refused=0

refuse() { # WORD N PATH-OR-NAME
  if [[ $3 == *[[:cntrl:]]* ]]; then printf '%s %s %q\n' "$@"; else printf '%s %s %s\n' "$@"; fi
  refused=1
}

# Goes to a folder of the root, made where it is not there; false after a refusal.
enter() { # N FOLDER
  local point
  [[ -d $2 ]] || mkdir -p -- "$2" 2>/dev/null || {
    refuse file "$1" "$2"
    return 1
  }
  cd -P -- "$2"
  for point in "${mounts[@]}"; do
    [[ $PWD != "$point" && $PWD != "$point"/* ]] || {
      refuse mounted "$1" "$2"
      return 1
    }
  done
}

# A file appears with its content and mode at once, and takes the place of what was there, whatever a link there leads to.
bring() { # N
  local path=/${paths[$1]} name=${paths[$1]##*/}
  local folder=${path%/*}
  enter "$1" "${folder:-/}" || return 0
  if [[ -d ./$name && ! -L ./$name ]]; then
    refuse folder "$1" "$path"
    return 0
  fi
  cp -P --no-preserve=all -T -- "$staged/${paths[$1]}" ./.gentoomuch-new
  [[ ${kinds[$1]} == l ]] || chmod -- "${modes[$1]}" ./.gentoomuch-new
  mv -fT -- ./.gentoomuch-new "./$name"
}

# Looks the owner up; sets OWNER.
settle() { # N
  local user=${users[$1]} group=${groups[$1]}
  OWNER=
  [[ $user != - ]] || return 0
  if [[ $user == *[!0-9]* ]]; then
    [[ -n ${uid[$user]+there} ]] || refuse user "$1" "$user"
    user=${uid[$user]-}
  fi
  if [[ $group == *[!0-9]* ]]; then
    [[ -n ${gid[$group]+there} ]] || refuse group "$1" "$group"
    group=${gid[$group]-}
  fi
  OWNER=$user:$group
}

while read -r _ _ _ _ point _; do
  printf -v point '%b' "$point"
  [[ $point == / ]] || mounts+=("$point")
done </proc/self/mountinfo

while IFS= read -r -d '' kind && IFS= read -r -d '' mode && IFS= read -r -d '' user &&
  IFS= read -r -d '' group && IFS= read -r -d '' path; do
  kinds+=("$kind") modes+=("$mode") users+=("$user") groups+=("$group") paths+=("$path")
done

for n in "${!kinds[@]}"; do
  if [[ ${kinds[n]} == d ]]; then enter "$n" "/${paths[n]}" || true; else bring "$n"; fi
done
cd /

while IFS=: read -r name _ id _ || [[ -n $name ]]; do
  [[ -z $name || -n ${uid["$name"]+there} ]] || uid["$name"]=$id
done < <([[ ! -e /etc/passwd ]] || cat /etc/passwd)
while IFS=: read -r name _ id _ || [[ -n $name ]]; do
  [[ -z $name || -n ${gid["$name"]+there} ]] || gid["$name"]=$id
done < <([[ ! -e /etc/group ]] || cat /etc/group)

owners=()
for n in "${!kinds[@]}"; do
  settle "$n"
  owners+=("$OWNER")
done
[[ $refused == 0 ]] || exit 3

for n in "${!kinds[@]}"; do
  path=/${paths[n]}
  # A folder's last part may be a link to it.
  [[ ${kinds[n]} != d ]] || path=$path/
  # An owner's change takes setuid and setgid away.
  [[ -z ${owners[n]} ]] || chown -h -- "${owners[n]}" "$path"
  [[ ${kinds[n]} == l || ${modes[n]} == - ]] || chmod -- "${modes[n]}" "$path"
done
