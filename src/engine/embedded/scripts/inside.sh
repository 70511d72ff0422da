# Process 1 of the container: puts its file system together, starts the command and waits for it. When it ends the
# kernel ends everything else inside.
# inside BASE own|host IO WORDS… -- LAUNCH-ARGUMENTS…
set -eu
base=$1 network=$2 io=$3
shift 3
root=$base/root
step() { printf 'step %s\n' "$1" >&3; }
umask 022
ulimit -c 0

# /proc is still the host's: this is our process id there.
read -r self _ </proc/self/stat
printf 'pid %s\n' "$self" >&3

eval "$RESOLVE"

place() { # SOURCE TARGET
  resolve "$2"
  if [[ -d $1 ]]; then
    [[ -d $REPLY ]] || mkdir -p -- "$REPLY"
  elif [[ ! -e $REPLY ]]; then
    mkdir -p -- "${REPLY%/*}"
    : >"$REPLY"
  fi
  mount --rbind "$1" "$REPLY"
}

empty() { # TARGET OPTIONS
  resolve "$1"
  [[ -d $REPLY ]] || mkdir -p -- "$REPLY"
  mount -t tmpfs -o "$2" tmpfs "$REPLY"
}

layers() { # OPTIONS TARGET
  # Layers are named relative to their folder: mount options end at 4 KiB. Images lie beside it, in `../images`.
  (cd "$base/trees" && mount -t overlay -o "userxattr,$1" overlay "$2")
}

devices() {
  empty /dev mode=0755,nosuid
  local dev=$root/dev name
  for name in null zero full random urandom tty; do
    : >"$dev/$name"
    mount --bind "/dev/$name" "$dev/$name"
  done
  mkdir "$dev/pts" "$dev/shm"
  if [[ $io == terminal ]]; then
    mount --rbind "$base/pts" "$dev/pts"
  else
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,nosuid,noexec devpts "$dev/pts"
  fi
  mount -t tmpfs -o mode=1777,nosuid,nodev shm "$dev/shm"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  ln -s fd/0 "$dev/stdin"
  ln -s fd/1 "$dev/stdout"
  ln -s fd/2 "$dev/stderr"
}

processes() {
  resolve /proc
  local proc=$REPLY name
  [[ -d $proc ]] || mkdir -p "$proc"
  mount -t proc -o nosuid,nodev,noexec proc "$proc"
  mount --rbind "$proc/sys" "$proc/sys"
  mount -o remount,bind,ro,nosuid,nodev,noexec "$proc/sys"
  for name in sysrq-trigger kcore keys timer_list; do
    [[ ! -e $proc/$name ]] || mount --bind /dev/null "$proc/$name"
  done
}

system() {
  resolve /sys
  [[ -d $REPLY ]] || mkdir -p "$REPLY"
  # sysfs belongs to a network namespace: with the host's it cannot be mounted.
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$REPLY" 2>/dev/null ||
    mount -t tmpfs -o ro,mode=0755 tmpfs "$REPLY"
}

# Each command has a line of its own: within `&&`, `||` and `if`, bash leaves `set -e` aside, in functions as well.
while [[ $1 != -- ]]; do
  case $1 in
    plain) # NAME
      step 'to mount the root'
      mount --rbind "$base/$2" "$root"
      shift 2
      ;;
    layered) # LOWERS
      step 'to mount the layers of the root'
      layers "lowerdir=$2,upperdir=$base/own/upper,workdir=$base/own/work" "$root"
      shift 2
      ;;
    standard)
      step 'to mount /dev, /proc, /sys, /run and /tmp'
      devices
      processes
      system
      empty /run mode=0755,nosuid,nodev
      empty /tmp mode=1777,nosuid,nodev
      shift
      ;;
    bind) # NAME TARGET
      step "to mount $3"
      place "$base/$2" "$3"
      shift 3
      ;;
    tree) # LOWERS TARGET
      step "to mount a tree on $3"
      resolve "$3"
      [[ -d $REPLY ]] || mkdir -p -- "$REPLY"
      if [[ $2 == *:* ]]; then
        layers "ro,lowerdir=$2" "$REPLY"
      else
        mount --bind "$base/trees/$2" "$REPLY"
      fi
      shift 3
      ;;
    tmpfs) # TARGET
      step "to mount a tmpfs on $2"
      empty "$2" mode=0755
      shift 2
      ;;
  esac
done
shift

step 'to name the host'
hostname gentoomuch
if [[ $network == own ]] && type -P ip >/dev/null; then
  step 'to bring up the loopback interface'
  ip link set lo up
fi

# It starts in the host's programs, waits for us to leave the host's mounts, removes those and becomes the command.
step 'to enter the root'
exec 6<>"$base/here" 7<>"$base/go"
exec 8<"$base/here"
chroot "$base/programs" "$BASH" --norc -c 'eval "$LAUNCH"' launch "$self" "$io" "$@" <&0 8<&- &
launched=$!
# With it the last writer goes: if it fails, there is an end to read.
exec 6>&-
exec </dev/null >/dev/null 4>&- 5>&-
trap '' INT QUIT HUP TERM TSTP TTIN TTOU
cd "$root"
read -r _ <&8
pivot_root . .
cd /
printf 'go\n' >&7
exec 7>&- 8<&-
status=0
wait "$launched" || status=$?
exit "$status"
