# Second stage, still with the caller's own view and rights, in a mount namespace of its own: brings everything from the
# host that the container needs below one short path. What stage three inherits from here is locked: a container cannot
# remount it writable, nor uncover what lies below.
# gather NODE BASE UID-MAP GID-MAP [ro|rw|image NAME SOURCE]… -- PART-ARGUMENTS…
set -eu
node=$1 base=$2 uid_map=$3 gid_map=$4
shift 4
step() { printf 'step %s\n' "$1" >&3; }

# Whoever started us may have died while the death signal was unset.
[[ $PPID == "$node" ]]

# What else of the caller's is open stays with the caller.
for open in /proc/$$/fd/*; do
  open=${open##*/}
  ((open <= 5)) || exec {open}>&-
done

# Mounts below a bind mount keep their own flags; a remount has to repeat those that are locked.
make_read_only() {
  local id parent device origin point flags rest
  while read -r id parent device origin point flags rest; do
    printf -v point %b "${point//\\/\\0}"
    [[ $point == "$1" || $point == "$1"/* ]] || continue
    mount -o "remount,bind,ro,${flags#r[ow],}" "$point"
  done </proc/self/mountinfo
}

# The loop device goes with its last mount, and the mount with the last process of this mount namespace. One image has
# one device however often it is mounted; a device that is just being cleared can be found, but no longer mounted.
mount_image() { # SOURCE TARGET
  local try
  for try in 1 2 3 4; do
    ! mount --no-mtab -t squashfs -o loop,ro,nosuid,nodev "$1" "$2" 2>/dev/null || return 0
    sleep 0.0$try
  done
  mount --no-mtab -t squashfs -o loop,ro,nosuid,nodev "$1" "$2"
}

step "to mount a tmpfs on $base"
# Not sticky: fs.protected_fifos would refuse the fifos of another id.
mount -t tmpfs -o mode=0777 gentoomuch "$base"
mkdir "$base/root"
mkfifo -m 0666 "$base/ask" "$base/told" "$base/here" "$base/go"

while [[ $1 != -- ]]; do
  if [[ $1 == image ]]; then
    step "to mount the image $3"
    mkdir -p "$base/$2"
    mount_image "$3" "$base/$2"
    shift 3
    continue
  fi
  step "to reach $3"
  if [[ -d $3 ]]; then mkdir "$base/$2"; else : >"$base/$2"; fi
  mount --rbind "$3" "$base/$2"
  [[ $1 == rw ]] || make_read_only "$base/$2"
  shift 3
done
shift

# The host's programs, and nothing else of the host: no passwd or group, whose names tar would write into archives.
step "to gather the host's programs"
programs=$base/programs
folders=() links=() files=()
for folder in usr bin sbin lib lib32 lib64 libx32 nix gnu; do
  if [[ -L /$folder ]]; then
    links+=("/$folder")
  elif [[ -d /$folder ]]; then
    folders+=("$folder")
  fi
done
for file in ld.so.cache ld.so.conf ld-musl-x86_64.path; do
  [[ ! -f /etc/$file ]] || files+=("/etc/$file")
done
# Each program that is started here is felt: it is done in as few as possible.
mkdir -p "$programs"/{dev,proc,sys,run,tmp,etc,var/tmp,tree,layer,in} "${folders[@]/#/$programs/}"
chmod 0777 "$programs/tree"
((${#links[@]} == 0)) || cp -P "${links[@]}" "$programs"
((${#files[@]} == 0)) || cp "${files[@]}" "$programs/etc"
for folder in "${folders[@]}"; do
  mount --rbind --make-rprivate "/$folder" "$programs/$folder"
  make_read_only "$programs/$folder"
done
mount --rbind /proc "$programs/proc"

# The id map of the next namespace can only be written from this one. The fifo ends when everyone who could ask is gone.
exec 6<>"$base/ask" 7<>"$base/told"
exec 8<"$base/ask"
(
  exec 6>&-
  read -r _ <&8
  # A map is one write; bash's own printf writes line by line.
  if env printf %s "$uid_map" >"/proc/$$/uid_map" && env printf %s "$gid_map" >"/proc/$$/gid_map"; then
    printf 'mapped\n' >&7
  else
    printf 'refused\n' >&7
  fi
) </dev/null >/dev/null 4>&- 5>&- &
exec 8<&-

step 'to make a user namespace'
exec unshare --user --keep-caps bash --norc -c 'eval "$DESCEND"' descend "$node" "$base" "$@"
