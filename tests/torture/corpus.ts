/** Files as people write them, to be spoilt: generated ones, those that make people stumble, the starter's, one of each kind. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import fc from 'fast-check'
import { configuration } from '../oracle/configurations.ts'
import { TRAPS } from '../oracle/traps.ts'

export interface SeedFile {
  /** Where such a file stands: inside `/etc/portage` or in the configuration directory. */
  readonly path: string
  readonly bytes: Buffer
}

/** Kinds of files that no generator has. */
const OF_EACH_KIND: Readonly<Record<string, string>> = {
  'make.conf':
    'COMMON_FLAGS="-O2 -pipe -march=znver3" # this host\nCFLAGS="${COMMON_FLAGS}"\nsource env/more\nexport MAKEOPTS=-j8\n' +
    'USE="${USE} -doc nls"\nUSE="${USE} ${USE}"\nFOO="$FOO $FOO"\nVIDEO_CARDS="amdgpu -*"\nGENTOO_MIRRORS=\'https://one/ https://two/\'\n',
  'repos.conf':
    '[DEFAULT]\nmain-repo = gentoo\nroot = /var/db\n; all\n\n[gentoo]\nlocation = %(root)s/repos/gentoo\nsync-type = git\n' +
    'sync-uri : https://example.org/gentoo.git\n  and more\nsync-100 = 100%%\n\n[mine]\nlocation = %(LOCATION)s\nsync-type=\n',
  'sets.conf':
    '[many]\nmultiset = yes\ndirectory = ${repository:gentoo}/sets/\nname_pattern = x-$name-${name}\n[one]\nname = uno\n',
  nodes:
    '# terminals\n-m 600 /dev/console c 5 1\n/dev/null c 1 3\n--mode=660 /dev/sda b 8 0\n/run/pipe p\n/dev/x c 0x10 017\n',
  services: 'sshd\nsshd default\ncronie boot # jobs\nnet.eth0 default\ngetty@tty1.service\n',
  locales: '# all\nde_CH.UTF-8 UTF-8\nen_US ISO-8859-1\nC.UTF8 UTF-8\nsr_RS@latin UTF-8\n',
  timezone: 'America/Argentina/Buenos_Aires\nEurope/Zurich\n',
  removals:
    '/usr/share/doc/*\nvar/log/*.log\n/etc/[a-z]*/\\*.bak\n/tmp/**\n/usr/{lib,lib64}/x\n/home/../opt\n/.[!.]*\n',
  set: '# a set\n@system\n@other/one\napp-editors/vim\n>=dev-lang/python-3.11:3.11\nsys-apps/portage[doc,-build?]\n~a/b-1.2_rc3-r4\n=a/b-1*\n',
  'profiles/license_groups': 'FREE @FSF MIT\nFSF GPL-2 GPL-3\nFSF LGPL-3 # more\n\nEULA Oracle\n',
  'profiles/categories': 'app-admin\napp-editors\n# no more\nvirtual\n',
  'metadata/md5-cache/app-misc/foo-1.2-r3':
    'DEFINED_PHASES=compile\nDESCRIPTION=A foo\nEAPI=8\nIUSE=+ssl -doc test\nKEYWORDS=amd64 ~x86 -*\nSLOT=0/3.2\nSRC_URI=https://example.org\n',
  ebuilds:
    'app-misc/foo/foo-1.2-r3.ebuild\nsets/one\ndev-lang/python/python-3.11.4_p1.ebuild\nmetadata/md5-cache/a/b-1\nx/y/z\n',
  'package.use':
    'app-editors/vim -X python # why\n>=media-libs/mesa-23:0/1 VIDEO_CARDS: -* amdgpu radeonsi\n*/* PYTHON_TARGETS: python3_12\n' +
    'sys-kernel/*-kernel::gentoo initramfs\n~dev-libs/foo-1.2_beta3-r1 +ssl\n=dev-libs/bar-2* -*\n',
  'package.mask': '>=dev-lang/go-1.22\n-net-misc/old\nx11-*/*\n=*/*-*9999*\n!!sys-apps/bad\n',
  'package.env': 'dev-lang/rust big.conf small\n',
  'profile/packages': '*sys-apps/baselayout\n-*sys-apps/old\n-*\nsys-apps/other\n',
  'profile/package.provided': 'sys-kernel/gentoo-sources-6.6.1\n',
  'profile/use.force': 'elibc_glibc\n-multilib\n',
}

/** @param seed which of the generated ones */
export function corpus(seed: number): readonly SeedFile[] {
  const generated = fc.sample(configuration, { numRuns: 80, seed }).flat()
  const small = [...generated, ...Object.values(TRAPS).flat(), OF_EACH_KIND].flatMap((files) =>
    Object.entries(files).map(([path, text]): SeedFile => ({ path, bytes: Buffer.from(text) })),
  )
  const each = new Map([...small, ...filesBelow(STARTER)].map((file) => [`${file.path}\n${String(file.bytes)}`, file]))
  return [...each.values()]
}

export const STARTER = join(import.meta.dirname, '../../src/workbench/starter')

export function filesBelow(folder: string): SeedFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .toSorted()
    .map((path) => ({ path: relative(folder, path), bytes: readFileSync(path) }))
}
