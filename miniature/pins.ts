/** Everything about the miniature that is a choice and not a file: all of it is part of what its outputs are kept by. */

/** 2026-01-01: the time of every file, commit and signed list, so that two miniatures call the same moment "now". */
export const EPOCH = 1_767_225_600
export const STAMP = '20260101T000000Z'
export const DAY = STAMP.slice(0, 8)

export const STAGE3 = `stage3-amd64-openrc-${STAMP}.tar.xz`
export const CONTENTS = `${STAGE3}.CONTENTS.gz`
export const LATEST = 'latest-stage3-amd64-openrc.txt'

/** Used where the host is not a Debian itself. */
export const SUITE = 'bookworm'

/** Portage as its makers publish it for Python. */
export const PORTAGE = {
  version: '3.0.83',
  sha256: 'deac3ae1e03aea1ff09a0e831fa8d06e89bfc49440394b66ed6223338d5f9c4e',
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
  'wget',
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
