# Sourced, with $root set, by `gentoomuch`, `test` and `npm run build`: brings node_modules/ and dist/ up to date.
#
# In dist, program/ is what starts: the whole program in few files. src/, miniature/ and tests/ are the modules one by one,
# for tests and measurements.
#
# dist is a symbolic link to a folder .dist-N, put in place by one rename when a compile has succeeded. So a failed or
# interrupted compile changes nothing, and a run that has been going for hours keeps the code it began with: it holds a
# shared lock on its folder, and only folders that nobody holds are removed.

die() {
  printf 'gentoomuch: %s\n' "$@" >&2
  exit 2
}

say() {
  printf 'gentoomuch: %s\n' "$*" >&2
}

need_node() {
  command -v node >/dev/null 2>&1 || die 'Node.js 20.19 or newer is needed and no "node" is on PATH.' \
    'Debian and Ubuntu: apt-get install nodejs npm; Gentoo: emerge net-libs/nodejs'
  version=$(node --version) || die 'node does not start: "node --version" failed.'
  major=${version#v}
  minor=${major#*.}
  major=${major%%.*}
  minor=${minor%%.*}
  if [ "$major" -lt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -lt 19 ]; }; then
    die "Node.js 20.19 or newer is needed; $(command -v node) is $version."
  fi
}

# Names, times and sizes of everything the compiled program is made of: any edit, either way in time, shows.
fingerprint() {
  (cd "$root" && find src miniature tests package.json package-lock.json tsconfig.json tsconfig.build.json packaging/bundle.mjs \
    -type f \( -name '*.ts' -o -name '*.json' -o -name bundle.mjs \) -printf '%p %T@ %s\n' 2>/dev/null | LC_ALL=C sort | cksum)
}

is_current() {
  [ -f "$root/dist/program/cli.js" ] && [ -f "$root/dist/.fingerprint" ] || return 1
  read -r built <"$root/dist/.fingerprint" && [ "$built" = "$(fingerprint)" ]
}

# Gives at once when nothing changed; otherwise builds, one process at a time.
make_current() {
  is_current && return 0
  [ -w "$root" ] || die "$root has not been built since its sources changed, and $(id -un) may not write there." \
    'Start gentoomuch once as the owner of that folder.'
  command -v flock >/dev/null 2>&1 || die 'The program flock (util-linux) is needed.'
  (
    exec 9<"$root"
    if ! flock --nonblock 9; then
      say 'waiting for another start that is compiling'
      flock 9
    fi
    is_current || as_owner || exit $?
  ) || exit $?
}

# Root in somebody's checkout must not leave files there that their owner cannot remove.
as_owner() {
  owner=$(stat -c %u "$root")
  if [ "$(id -u)" -ne 0 ] || [ "$owner" -eq 0 ]; then
    build
    return
  fi
  home=$(getent passwd "$owner" | cut -d: -f6)
  setpriv --reuid "$owner" --regid "$(stat -c %g "$root")" --clear-groups \
    env "HOME=${home:-/nonexistent}" "root=$root" sh -euc '. "$root/packaging/build.sh"; build'
}

build() (
  cd "$root"
  next=.dist-$$-$(date +%s)
  trap 'rm -rf "$next"' EXIT
  trap 'exit 130' INT TERM HUP
  before=$(fingerprint)
  install_parts
  say 'compiling'
  node_modules/.bin/tsc -p tsconfig.build.json --outDir "$next" >&2 || die 'The sources do not compile.'
  node packaging/bundle.mjs "$next/program" >&2 || die 'The program could not be bundled.'
  printf '%s\n' "$before" >"$next/.fingerprint"
  [ -L dist ] || rm -rf dist
  ln -s "$next" "$next.link" && mv -T "$next.link" dist || die "$root/dist could not be replaced."
  trap - EXIT
  remove_old
)

# npm writes node_modules/.package-lock.json last, and what it says is compared with what is wanted: an installation that
# was interrupted, or is of another revision, is made anew, and one that a developer made by hand is taken as it is.
# Not "npm ci": it refuses a lock file without entries for the platforms whose optional parts the registry in use lacks.
install_parts() {
  cmp -s package-lock.json node_modules/.gentoomuch-lock && return 0
  command -v npm >/dev/null 2>&1 || die 'The program npm is needed to install the parts listed in package-lock.json.'
  if ! node packaging/parts-fit.mjs; then
    say 'installing the parts listed in package-lock.json'
    rm -rf node_modules
    npm install --no-save --ignore-scripts --no-progress --loglevel error </dev/null >/dev/null ||
      die 'npm could not install the parts; start again to retry.'
    node packaging/parts-fit.mjs || die 'npm installed something else than package-lock.json lists.'
  fi
  cp package-lock.json node_modules/.gentoomuch-lock
}

remove_old() {
  for folder in .dist-*; do
    [ -e "$folder" ] || [ -L "$folder" ] || continue
    [ "$folder" -ef dist ] && [ ! -L "$folder" ] && continue
    if [ -L "$folder" ]; then
      rm -f "$folder"
    else
      flock --nonblock "$folder" rm -rf "$folder" || true
    fi
  done
}

# Sets $current, the real folder that dist names, held by a lock that lasts as long as the process that called.
hold_current() {
  for _ in 1 2 3; do
    current=$(readlink -f "$root/dist")
    { command exec 8<"$current"; } 2>/dev/null || continue
    flock --shared 8 2>/dev/null || true
    [ -f "$current/program/cli.js" ] && return 0
    make_current
  done
  die "$root/dist was removed while it was being started; start again."
}
