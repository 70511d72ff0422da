/** Everything about the miniature that is a choice and not a file: all of it is part of what its outputs are kept by. */

/** 2026-01-01: the time of every file, commit and signed list, so that two miniatures call the same moment "now". */
export const EPOCH = 1_767_225_600
export const STAMP = '20260101T000000Z'
export const DAY = STAMP.slice(0, 8)

export const STAGE3 = `stage3-amd64-openrc-${STAMP}.tar.xz`
export const CONTENTS = `${STAGE3}.CONTENTS.gz`
export const LATEST = 'latest-stage3-amd64-openrc.txt'
/** The same for all flavours of the architecture. */
export const LATEST_OF_ALL = 'latest-stage3.txt'

/** Used where the host is not a Debian itself. */
export const SUITE = 'bookworm'

/** Portage as its makers publish it for Python. */
export const PORTAGE = {
  version: '3.0.83',
  sha256: 'deac3ae1e03aea1ff09a0e831fa8d06e89bfc49440394b66ed6223338d5f9c4e',
} as const

/** What Portage checks the Manifests of a whole repository with. */
export const GEMATO = {
  version: '20.15',
  sha256: 'ccd96c572dd05e3120505d9e11c4a6cae6e8d7bb6774ff9dd9d49ba5bb05f8fc',
} as const

/** What the seed needs of Debian to be a builder, and what @system is made of. */
export const PACKAGES = [
  // A merged /usr without usrmerge, which would bring all of Perl.
  'usr-is-merged',
  'gcc',
  'libc6-dev',
  'make',
  'patch',
  'python3',
  // Portage's build system; gone again once Portage is there.
  'meson',
  'ninja-build',
  // What Portage syncs and verifies with.
  'wget',
  'rsync',
  'gpg',
  'gpg-agent',
  'bzip2',
  'xz-utils',
  'zstd',
  'file',
  'gawk',
  'acl',
  'attr',
  'libcap2-bin',
  'login',
  'passwd',
  'mount',
  'locales',
  'tzdata',
] as const

/** Files of Debian packages that nobody reads in a container. */
export const UNWANTED = ['/usr/share/doc/*', '/usr/share/info/*', '/usr/share/locale/*', '/usr/share/man/*'] as const
