/** The environment of every container in which Portage runs: small, fixed, the same on all engines and hosts. */

/**
 * Time in src_* phases. One constant instead of the snapshot's time: a binary package stays right when the repositories
 * move on and nothing that makes it changed, and it is the same file as a cold build would make. Times in finished roots
 * (pkg_* phases, file times) are the snapshot's.
 */
export const SOURCE_EPOCH = 1_577_836_800

/** Added to the user's FEATURES, the same for all engines, since FEATURES is stored in every package. */
const FEATURES = [
  // Results are collected by us, from a folder with plain names and no index.
  '-binpkg-multi-instance', '-pkgdir-index-trusted', '-binpkg-signing', '-binpkg-request-signature', '-buildpkg', '-buildpkg-live',
  // The container has no network and its own process tree already; a second wall inside needs rights it has not, and costs
  // a third more processor time where packages are small (docs/speed.md). What else Portage has on cost nothing to be seen.
  '-network-sandbox', '-pid-sandbox', '-ipc-sandbox', '-mount-sandbox', '-cgroup',
  // Caches of the host would let in what is in no key.
  '-ccache', '-distcc', '-distcc-pump', '-getbinpkg', '-webrsync-gpg',
  // Order decides counters and account rows.
  '-parallel-install', 'ebuild-locks',
  // The throw-away tree needs no fsync, its packages do and get it from the store.
  '-merge-sync', '-merge-wait', '-news', '-strict-keepdir', '-fail-clean', '-keepwork', '-keeptemp',
] // prettier-ignore

export const PLACES = {
  packages: '/var/cache/binpkgs',
  distfiles: '/var/cache/distfiles',
  logs: '/var/log/gentoomuch',
  programs: '/run/gentoomuch',
  target: '/target',
} as const

export function containerEnvironment(): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin',
    HOME: '/root',
    USER: 'root',
    LOGNAME: 'root',
    SHELL: '/bin/bash',
    TERM: 'dumb',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  }
}

/**
 * @param jobs of the whole run, for MAKEOPTS; it is in no key, for it changes how fast and not what. Every make may use all
 *   of them while the host's load allows it, so that neither one large package nor many small ones leave a core idle.
 */
export function portageEnvironment(jobs: number): Record<string, string> {
  return {
    ...containerEnvironment(),
    SOURCE_DATE_EPOCH: String(SOURCE_EPOCH),
    NOCOLOR: 'true',
    NO_COLOR: '1',
    CLEAN_DELAY: '0',
    EMERGE_WARNING_DELAY: '0',
    EMERGE_DEFAULT_OPTS: '',
    FEATURES: FEATURES.join(' '),
    BINPKG_FORMAT: 'gpkg',
    BINPKG_COMPRESS: 'zstd',
    PKGDIR: PLACES.packages,
    DISTDIR: PLACES.distfiles,
    PORTAGE_TMPDIR: '/var/tmp',
    PORTAGE_LOGDIR: PLACES.logs,
    PORTAGE_ELOG_SYSTEM: 'echo',
    PORTAGE_ELOG_CLASSES: 'warn error',
    MAKEOPTS: `-j${jobs} -l${jobs}`,
  }
}
