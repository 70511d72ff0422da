/** Each message of reading, with its exact text, as a configuration gives it. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Folder, GOOD } from './folder.testkit.ts'
import type { Files } from '../system/files.testkit.ts'
import { refusal } from './links.ts'
import { inspectLock } from './lock.ts'
import { READING_MESSAGES } from './messages/reading.ts'
import { describeProblem } from './problem.ts'
import { inspectConfig } from './read.ts'

type Code = keyof typeof READING_MESSAGES

interface Row {
  readonly files?: Files
  readonly make?: (folder: Folder) => void
  readonly says: readonly string[]
}

const AT = 'stage4.defines/home'

const ROWS: { readonly [code in Code]: Row } = {
  'outside-directory': {
    make: (folder) => folder.link('portage.global/bashrc', '/etc/hosts'),
    says: [
      'portage.global/bashrc: a file inside the configuration directory was wanted; it is a link to /etc/hosts. Copy the file in, so that git keeps it.',
    ],
  },
  'link-to-nothing': {
    make: (folder) => folder.link('env/jobs', 'nowhere'),
    says: ['env/jobs: a link that leads somewhere was wanted; there is nothing at nowhere.'],
  },
  'link-circle': {
    make: (folder) => folder.link('portage.global/bashrc', 'bashrc'),
    says: ['portage.global/bashrc: a link that leads somewhere was wanted; its links go in a circle.'],
  },
  'folder-circle': {
    make: (folder) => folder.link('portage.global/patches', '.'),
    says: ['portage.global/patches: a link to a folder that it stands in itself goes in a circle.'],
  },
  'not-a-file': {
    files: { 'env/arch/x': '', 'stage4.defines/home/nodes/x': '' },
    make: (folder) => execFileSync('bash', ['-c', 'mkfifo "$0"', join(folder.path, 'env/engine')]),
    says: [
      'env/arch: a file was wanted; it is a folder.',
      'env/engine: a file was wanted; it is a device or pipe.',
      'stage4.defines/home/nodes: a file was wanted; it is a folder.',
    ],
  },
  'not-a-folder': {
    files: { 'user.files': 'x' },
    says: ['user.files: a folder was wanted; it is a file.'],
  },
  'may-not-read': {
    // Root may read everything, so the system's answer is given.
    says: ['env/jobs: this user may not read it.'],
  },
  'cannot-read': {
    make: (folder) => folder.link('env/jobs', 'x'.repeat(300)),
    says: ['env/jobs: it cannot be read (ENAMETOOLONG).'],
  },
  'not-utf8': {
    files: {
      'stage4.defines/home/hostname': new Uint8Array([0xff, 0xfe]),
      'portage.global/make.conf': new Uint8Array([0x55, 0xe9]),
      'portage.global/package.use/a': new Uint8Array([0x80]),
      'portage.global/patches/a/b/c.patch': new Uint8Array([0x80]),
      'portage.global/savedconfig/a/b': new Uint8Array([0x80]),
    },
    says: [
      'portage.global/make.conf: UTF-8 text was wanted; the file holds other bytes.',
      'portage.global/package.use/a: UTF-8 text was wanted; the file holds other bytes.',
      'stage4.defines/home/hostname: UTF-8 text was wanted; the file holds other bytes.',
    ],
  },
  'name-not-utf8': {
    make: ({ path }) => {
      const latin1 = Buffer.concat([Buffer.from(`${path}/package.sets/caf`), Buffer.from([0xe9])])
      writeFileSync(latin1, 'a/b\n')
    },
    says: [
      'package.sets/caf\uFFFD: a name in UTF-8 was wanted; this one holds other bytes. Rename it; it cannot be read under this name.',
    ],
  },
  'name-control': {
    files: {
      'cpu.defines/a\tb/make.conf': '',
      'portage.global/bashrc/a\ntouch pwned': '',
      'user.scripts/a\u0085b': '',
      'user.files/web/a\tb': '',
      'not ours\n': '',
    },
    says: [
      'cpu.defines/a\\tb: a name without control characters was wanted; found "a\\tb".',
      'portage.global/bashrc/a\\ntouch pwned: a name without control characters was wanted; found "a\\ntouch pwned".',
      'user.scripts/a\\u0085b: a name without control characters was wanted; found "a\\u0085b".',
    ],
  },
  'name-at': {
    files: {
      'portage.locals/a@b/make.conf': '',
      'stage3.defines/c@d/cpu': 'generic',
      'user.files/e@f/x': '',
      'user.patches/g@h/a/b-1/c.patch': '',
      'kernel.configs/i@j.kconf': '',
      'user.removes/k@l': '',
    },
    says: [
      'kernel.configs/i@j.kconf: a name without @ was wanted; found "i@j".',
      'portage.locals/a@b: a name without @ was wanted; found "a@b".',
      'stage3.defines/c@d: a name without @ was wanted; found "c@d".',
      'user.files/e@f: a name without @ was wanted; found "e@f".',
      'user.patches/g@h: a name without @ was wanted; found "g@h".',
      'user.removes/k@l: a name without @ was wanted; found "k@l".',
    ],
  },
  'name-dash': {
    files: { 'stage4.defines/-rf/stage3': 'desk', 'stage4.defines/-rf/profile': 'default', 'user.scripts/-c': '' },
    says: [
      'stage4.defines/-rf: a name that does not begin with - was wanted; found "-rf".',
      'user.scripts/-c: a name that does not begin with - was wanted; found "-c".',
    ],
  },
  'name-path': {
    files: { 'stage4.defines/home/profile': '../../etc', 'env/profile': '/etc' },
    says: [
      'env/profile:1: a name that stays inside its folder was wanted; found "/etc".',
      'stage4.defines/home/profile:1: a name that stays inside its folder was wanted; found "../../etc".',
    ],
  },
  'bad-set-name': {
    files: { 'package.sets/my tools': 'a/b' },
    says: [
      "package.sets/my tools: a set's name (letters, digits, and _ . + - after the first) was wanted; found my tools.",
    ],
  },
  'unknown-name': {
    files: {
      'stage3.defines/desk/cpu': 'genreic',
      'stage3.defines/desk/packages': 'tools\n@toosl nosuchset\n',
      'stage3.defines/desk/portage.local': '\ngroup/deks',
      'stage3.defines/desk/scripts': 'x',
      [`${AT}/scripts`]: 'x',
      [`${AT}/removes`]: 'x',
      [`${AT}/files`]: 'x',
      [`${AT}/kconf`]: 'serve',
      'kernel.configs/server.kconf': '',
      'stage4.defines/away/stage3': 'dsek',
      'stage4.defines/away/profile': 'default',
    },
    says: [
      'stage3.defines/desk/cpu:1: there is no CPU piece named genreic. Did you mean generic?',
      'stage3.defines/desk/packages:2: there is no package set named nosuchset. A set is a file in package.sets; a package is written CATEGORY/NAME.',
      'stage3.defines/desk/packages:2: there is no package set named toosl. Did you mean tools?',
      'stage3.defines/desk/portage.local:2: there is no local piece named group/deks. Did you mean group/desk?',
      'stage3.defines/desk/scripts:1: there is no script in user.scripts named x.',
      'stage4.defines/away/stage3:1: there is no stage3 definition named dsek. Did you mean desk?',
      'stage4.defines/home/files:1: there is no folder in user.files named x.',
      'stage4.defines/home/kconf:1: there is no kernel configuration named serve. Did you mean server?',
      'stage4.defines/home/removes:1: there is no list in user.removes named x.',
      'stage4.defines/home/scripts:1: there is no script in user.scripts named x.',
    ],
  },
  'named-twice': {
    files: {
      'user.scripts/again': '',
      [`${AT}/scripts`]: 'again\nagain\n',
      [`${AT}/services`]: 'sshd\nsshd default\nsshd\n',
      'stage3.defines/desk/portage.local': 'group/desk\n# again\ngroup/desk\n',
    },
    says: [
      'stage3.defines/desk/portage.local:3: group/desk is named in line 1 already.',
      'stage4.defines/home/services:3: sshd is named in line 1 already.',
    ],
  },
  'both-spellings': {
    files: {
      'stage3-defines/x/cpu': 'generic',
      'user-scripts/x': '',
      'stage3.defines/gentoomuch-builder/cpu': 'generic',
    },
    says: [
      'stage3-defines: one spelling was wanted; there are both stage3.defines and stage3-defines. Move all into one of them.',
      'stage3.defines/gentoomuch-builder: one spelling was wanted; there are both gentoomuch/builder and gentoomuch-builder. Move all into one of them.',
    ],
  },
  'unknown-entry': {
    files: {
      'stage4.define/x/stage3': '',
      'portage.extra/make.conf': '',
      'docs/x': '',
      Makefile: '',
      LICENSE: '',
      'flake.nix': '',
      '.github/x': '',
      'README.md': '',
    },
    says: [
      'portage.extra: nothing reads portage.extra here.',
      'stage4.define: nothing reads stage4.define here. Did you mean stage4.defines?',
    ],
  },
  'unknown-file': {
    files: {
      'env/job': '4',
      'env/trusted.keys/stage4/x': '',
      'stage3.defines/desk/portage.locals': '',
      [`${AT}/whatever`]: '',
      [`${AT}/README.md`]: '',
    },
    says: [
      'env/job: nothing reads a file of this name here. Did you mean jobs?',
      'env/trusted.keys/stage4: nothing reads a file of this name here. Did you mean stage3?',
      'stage3.defines/desk/portage.locals: nothing reads a file of this name here. Did you mean portage.local?',
      'stage4.defines/home/whatever: nothing reads a file of this name here. Known are stage3, profile, kconf, kernel, scripts, removes, files, services, locales, timezone, hostname, nodes.',
    ],
  },
  'stray-file': {
    files: {
      'cpu.defines/notes': '',
      'portage.locals/group/notes': '',
      'stage4.defines/notes': '',
      'user.files/notes': '',
      'user.patches/x.patch': '',
    },
    says: [
      'cpu.defines/notes',
      'portage.locals/group/notes',
      'stage4.defines/notes',
      'user.files/notes',
      'user.patches/x.patch',
    ].map((file) => `${file}: a folder for each definition was wanted; it is a file, which nothing reads.`),
  },
  'original-only': {
    files: { 'kernel.defines/x/config': '', 'stage-defines/y/packages': '', 'stage3.defines/desk/hooks': '' },
    says: [
      'kernel.defines: only the original program knew kernel.defines; nothing reads it here. A machine names its kernel in the files kconf and kernel.',
      'stage-defines: only the original program knew stage-defines; nothing reads it here. Definitions are in stage3.defines.',
      'stage3.defines/desk/hooks: only the original program knew hooks; nothing reads it here.',
    ],
  },
  'original-key': {
    files: { 'env/stage_key': 'ABCD' },
    says: [
      'env/stage_key: this is the original program\'s name of "sign.key"; it is read in its place. Rename it to sign.key.',
    ],
  },
  'file-missing': {
    files: { 'stage4.defines/away/hostname': 'away', 'stage3.defines/bare/packages': 'tools' },
    says: [
      "stage3.defines/bare/cpu: the name of a CPU's piece was wanted; the file is missing.",
      'stage4.defines/away/profile: the name of a bootstrapped profile was wanted; the file is missing.',
      'stage4.defines/away/stage3: the name of a stage3 definition was wanted; the file is missing.',
    ],
  },
  'file-empty': {
    files: { 'stage4.defines/home/profile': '# none yet\n', 'env/repositories/gentoo': '' },
    says: [
      'env/repositories/gentoo: an address or a path was wanted; the file is empty.',
      'stage4.defines/home/profile: the name of a bootstrapped profile was wanted; the file is empty.',
    ],
  },
  'one-line': {
    files: { 'stage4.defines/home/stage3': 'desk\n\n# and\ndesk\n', 'env/jobs': '1\n2\n3\n' },
    says: [
      'env/jobs:2: the value of jobs on one line was wanted; there are 3 lines.',
      'stage4.defines/home/stage3:4: the name of a stage3 definition on one line was wanted; there are 2 lines.',
    ],
  },
  'bad-arch': {
    files: { 'env/arch': 'x86 64' },
    says: ['env/arch:1: Gentoo\'s name of an architecture, such as amd64 or arm64, was wanted; found "x86 64".'],
  },
  'bad-number': {
    files: { 'env/jobs': '0', 'env/uid': 'me', 'env/gid': '# mine\n4294967295' },
    says: [
      'env/gid:2: a whole number from 0 to 4294967294 was wanted; found "4294967295".',
      'env/jobs:1: a whole number from 1 to 4096 was wanted; found "0".',
      'env/uid:1: a whole number from 0 to 4294967294 was wanted; found "me".',
    ],
  },
  'bad-engine': {
    files: { 'env/engine': 'lxc' },
    says: ['env/engine:1: embedded, docker or podman was wanted; found "lxc".'],
  },
  'bad-mirror': {
    files: { 'env/mirrors': '/srv/distfiles\nhttps://example.org/gentoo\ndistfiles\n' },
    says: ['env/mirrors:3: an address (https://…) or an absolute path was wanted; found "distfiles".'],
  },
  'bad-notify': {
    files: { 'env/notify': '# when it is over\nmail\n' },
    says: ['env/notify:2: none, bell or desktop was wanted; found "mail".'],
  },
  'bad-key-server': {
    files: { 'env/key.server': 'keys.example.org\n' },
    says: [
      'env/key.server:1: the address of a key server (hkps://…, hkp://… or https://…) was wanted; found "keys.example.org".',
    ],
  },
  'piece-empty': {
    make: (folder) => folder.folder('cpu.defines/zen/four'),
    says: ['cpu.defines/zen/four: files of /etc/portage were wanted; the folder holds none.'],
  },
  'piece-unknown-file': {
    files: {
      'portage.global/pacakge.use': '',
      'portage.global/use.mask': '',
      'portage.global/profile/use.mask': '',
      'portage.global/eix-sync.conf': '',
      'cpu.defines/zen/make.cnf': '',
    },
    says: [
      'cpu.defines/zen/make.cnf: Portage reads no make.cnf at this place of /etc/portage. Did you mean make.conf?',
      'portage.global/pacakge.use: Portage reads no pacakge.use at this place of /etc/portage. Did you mean package.use?',
      'portage.global/use.mask: Portage reads no use.mask at this place of /etc/portage. Move it to profile/use.mask.',
    ],
  },
  'set-empty': {
    files: { 'package.sets/none': '# later\n\n' },
    says: ['package.sets/none: atoms, one a line, were wanted; the set none holds none.'],
  },
  'set-twice': {
    files: { 'package.sets/gentoomuch-builder': 'a/a', 'package.sets/gentoomuch/builder': 'a/b' },
    says: [
      'package.sets/gentoomuch-builder: package.sets/gentoomuch/builder gives the set gentoomuch-builder already. Rename one of them.',
    ],
  },
  'set-circle': {
    files: {
      'package.sets/me': 'a/a\n@me\n',
      'package.sets/one': '@deep/two\n@me\n',
      'package.sets/deep/two': '# x\n@three\n',
      'package.sets/three': 'a/a\n@one\n@system\n@unknown\n',
    },
    says: [
      'package.sets/me:2: the set me includes itself: me → me.',
      'package.sets/one:1: the set deep-two includes itself: deep-two → three → one → deep-two.',
    ],
  },
  'set-in-every-root': {
    files: { 'stage3.defines/desk/packages': '@system tools\n@world\n' },
    says: [
      'stage3.defines/desk/packages:1: @system need not be named; its packages are in every root.',
      'stage3.defines/desk/packages:2: @world need not be named; its packages are in every root.',
    ],
  },
  'bad-hostname': {
    files: { [`${AT}/hostname`]: 'my_host' },
    says: [`${AT}/hostname:1: a host name (letters, digits, dots, dashes) was wanted; found my_host.`],
  },
  'bad-kernel': {
    files: { [`${AT}/kernel`]: 'gentoo-sources' },
    says: [`${AT}/kernel:1: a package such as sys-kernel/gentoo-sources was wanted; found "gentoo-sources".`],
  },
  'bad-service': {
    files: {
      [`${AT}/services`]:
        'sshd\nnet.eth0 default\ngetty@tty1.service\n-sshd\n-sshd boot\n!sshd\nsshd default now\n--now\na/b\n!sshd boot\n',
    },
    says: ['7: sshd default now', '8: --now', '9: a/b', '10: !sshd boot']
      .map((said) => {
        const [line = '', found = ''] = said.split(': ')
        return `${AT}/services:${line}: a service and, if wanted, its runlevel, as in "sshd default", was wanted; found "${found}". In front of one that is not to start stands -, and ! where systemd is to mask it.`
      })
      .toSorted(),
  },
  'bad-locale': {
    files: {
      [`${AT}/locales`]:
        'de_CH.UTF-8 UTF-8\nen_US ISO-8859-1\nsr_RS@latin UTF-8\nC.UTF-8 UTF-8\nde_CH.UTF-8\n../x UTF-8\n',
    },
    says: [`${AT}/locales:6: a line of locale.gen, as in "de_CH.UTF-8 UTF-8", was wanted; found "../x UTF-8".`],
  },
  'bad-timezone': {
    files: {
      [`${AT}/timezone`]: '/usr/share/zoneinfo/UTC',
      'stage4.defines/b/timezone': 'Europe/../../x',
      'stage4.defines/c/timezone': 'America/Argentina/Buenos_Aires',
      'stage4.defines/d/timezone': 'Etc/GMT+1',
    },
    says: [
      'stage4.defines/b/timezone:1: a time zone such as Europe/Zurich was wanted; found "Europe/../../x".',
      'stage4.defines/home/timezone:1: a time zone such as Europe/Zurich was wanted; found "/usr/share/zoneinfo/UTC".',
    ],
  },
  'file-below-file': {
    files: { 'user.files/one/etc': '', 'user.files/two/etc/passwd': '', [`${AT}/files`]: 'one\ntwo\n' },
    says: ['user.files/two/etc/passwd: a folder was wanted at etc; user.files/one/etc is a file or a link.'],
  },
  'file-not-kept': {
    files: { 'user.files/one/run/x': '', 'user.files/one.owners': '/tmp/ root:root 1777', [`${AT}/files`]: 'one' },
    says: [
      'user.files/one.owners:1: a place that belongs to the root was wanted; what is below /tmp does not, and would be lost. The machine mounts it anew at every start; tmpfiles.d can make files there.',
      'user.files/one/run/x: a place that belongs to the root was wanted; what is below /run does not, and would be lost. The machine mounts it anew at every start; tmpfiles.d can make files there.',
    ],
  },
  'bad-owner': {
    files: { 'user.files/one.owners': 'etc/key root 640\n\n../key a:b\n', [`${AT}/files`]: 'one' },
    says: ['1: x "etc/key root 640"', '3: x "../key a:b"'].map((said) =>
      said.replace(
        /^(\d): x (.*)$/,
        'user.files/one.owners:$1: PATH USER:GROUP MODE, as in "etc/app.key root:app 640", was wanted; found $2. A folder ends in /; users and groups are names, or numbers up to 65535; the mode may be left out.',
      ),
    ),
  },
  'owner-of-nothing': {
    files: {
      'user.files/one/etc/keys/a': '',
      'user.files/one.owners': 'etc/keys root:root 700\netc/key/a root:root 600\n',
      [`${AT}/files`]: 'one',
    },
    says: [
      'user.files/one.owners:1: a file of user.files/one was wanted; etc/keys is none. Did you mean etc/keys/a?',
      'user.files/one.owners:2: a file of user.files/one was wanted; etc/key/a is none. Did you mean etc/keys/a?',
    ],
  },
  'empties-the-root': {
    files: { 'user.removes/all': '# careful\n/usr/src/*\n/*\nlib*\n', [`${AT}/removes`]: 'all' },
    says: [
      'user.removes/all:3: a pattern that leaves a system was wanted; "/*" removes the whole root. Name what is below it.',
      'user.removes/all:4: a pattern that leaves a system was wanted; "lib*" removes /lib, /lib32, /lib64, /libx32. Name what is below it.',
    ],
  },
  'bad-removal': {
    files: { 'user.removes/some': '/usr/{src,games}\n/opt/\\{x\\}\n', [`${AT}/removes`]: 'some' },
    says: [
      'user.removes/some:1: a path with *, ? or […] was wanted; "/usr/{src,games}" has braces, which are not expanded. Write each alternative on a line of its own, or \\{ for the character itself.',
    ],
  },
  'patch-place': {
    files: { 'user.patches/fix/a.patch': '', 'user.patches/fix/dev-libs/b-1/c/d.patch': '' },
    says: [
      'user.patches/fix/a.patch: PATCH/CATEGORY/PACKAGE-VERSION/FILE.patch was wanted below user.patches; found fix/a.patch.',
      'user.patches/fix/dev-libs/b-1/c/d.patch: PATCH/CATEGORY/PACKAGE-VERSION/FILE.patch was wanted below user.patches; found fix/dev-libs/b-1/c/d.patch.',
    ],
  },
  'not-a-patch': {
    files: { 'user.patches/fix/dev-libs/b-1/notes.txt': '', 'user.patches/fix/dev-libs/b-1/c.diff': '' },
    says: [
      'user.patches/fix/dev-libs/b-1/notes.txt: a file that ends in .patch or .diff was wanted; Portage applies no other.',
    ],
  },
  'patch-empty': {
    make: ({ path }) => void mkdirSync(join(path, 'user.patches/fix/dev-libs'), { recursive: true }),
    says: ['user.patches/fix: patches were wanted; the folder holds none.'],
  },
  'bad-lock': {
    // No part of what inspectConfig reads.
    says: [
      'gentoomuch.lock: what bootstrap and sync wrote was wanted; found what cannot be understood (the whole file). Restore it from git, or remove it, bootstrap and sync again.',
    ],
  },
  'not-a-kernel-config': {
    files: { 'kernel.configs/server.config': '' },
    says: ['kernel.configs/server.config: a file NAME.kconf was wanted; nothing reads it.'],
  },
}

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

test('a good configuration has no problem at all', async () => {
  folder.write(GOOD)
  expect(await folder.problems()).toEqual([])
})

test.each(Object.entries(ROWS).filter(([code]) => code !== 'may-not-read' && code !== 'bad-lock'))(
  '%s',
  async (code, { files, make, says }) => {
    // What a row puts in the place of a folder takes that place.
    const blocked = (path: string) =>
      Object.keys(files ?? {}).some((own) => own !== path && (path.startsWith(`${own}/`) || own.startsWith(`${path}/`)))
    const taken = (path: string) => make !== undefined && ['env/jobs', 'env/arch'].includes(path)
    folder.write(Object.fromEntries(Object.entries(GOOD).filter(([path]) => !blocked(path) && !taken(path))))
    folder.write(files ?? {})
    make?.(folder)
    const { problems } = await inspectConfig(folder.path)
    const said = problems.filter((one) => one.code === code)
    expect(said.map(describeProblem).toSorted()).toEqual(says)
    const { severity } = READING_MESSAGES[code as Code]
    expect(new Set(said.map((one) => one.severity))).toEqual(new Set([severity]))
  },
)

test('may-not-read', () => {
  for (const code of ['EACCES', 'EPERM'])
    expect([describeProblem(refusal('env/jobs', Object.assign(new Error(code), { code })))]).toEqual(
      ROWS['may-not-read'].says,
    )
})

test('bad-lock', async () => {
  folder.write({ 'gentoomuch.lock': 'x' })
  const { problem } = await inspectLock(folder.path)
  expect(problem && [describeProblem(problem)]).toEqual(ROWS['bad-lock'].says)
})

test('every message has its row', () => {
  expect(Object.keys(ROWS)).toEqual(Object.keys(READING_MESSAGES))
})
