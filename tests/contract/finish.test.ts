/** The finish step on a small root, in a real container: what it sets, what it refuses, what it says. */
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, TreeRef } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import { asFailure } from '../../src/execute/failure.ts'
import { finish, type FinishInput } from '../../src/execute/finish.ts'
import type { Tools } from '../../src/execute/handler.ts'
import { valueOf, type TreeValue } from '../../src/execute/values.ts'
import type { Json } from '../../src/plan/json.ts'
import { emptiesTheRoot } from '../../src/config/empties-the-root.ts'
import { smallTree } from './small-tree.ts'

const never = new AbortController().signal
const NOTHING: FinishInput = { files: [], locales: [], services: [], scripts: [], removals: [] }

let scratch: string
let engine: Engine
let bare: TreeRef
let notes: string[] = []
const trees: TreeRef[] = []

beforeAll(async () => {
  scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-finish-'))
  await chmod(scratch, 0o755)
  engine = await openEngine('embedded', { data: join(scratch, 'data') })
  bare = keep(await engine.importTree(createReadStream(await smallTree(scratch))))
})

afterEach(async () => {
  notes = []
  for (const left of await engine.preserved()) await engine.discard(left)
})

afterAll(async () => {
  for (const tree of trees) await engine.remove(tree, [])
  await engine.sweep()
  await rm(scratch, { recursive: true })
})

function keep(tree: TreeRef): TreeRef {
  trees.push(tree)
  return tree
}

const open = (tree: TreeRef) =>
  engine.open({ tree, root: 'copied', mounts: [], folders: [], tmpfs: [], env: { PATH: '/bin' }, network: false })

/** What a bash script says in a copy of the tree. */
async function say(tree: TreeRef, script: string): Promise<string> {
  const container = await engine.open({
    tree,
    mounts: [],
    folders: [],
    tmpfs: [],
    env: { PATH: '/bin' },
    network: false,
  })
  const stdout = new PassThrough()
  const words = text(stdout)
  await container.run(['bash', '-c', script], { stdout, stderr: stdout }, never)
  stdout.end()
  await container.close()
  return (await words).trim()
}

/** The bare tree with what a script adds. */
async function rootWith(script: string): Promise<TreeRef> {
  const container = await open(bare)
  const { status } = await container.run(['bash', '-eu'], { stdin: Readable.from([script]) }, never)
  if (status !== 0) throw new Error(`the script of the test ended with status ${status}`)
  const tree = keep(await container.keepTree('/'))
  await container.close()
  return tree
}

function tools(): Tools {
  let folders = 0
  const unused = () => {
    throw new Error('finish needs no such thing')
  }
  return {
    engine,
    jobs: 1,
    signal: never,
    mirrors: [],
    signer: undefined,
    logs: scratch,
    shellIn: (name) => `shell ${name}`,
    progress: () => {},
    packageDone: () => {},
    line: () => {},
    note: (level, said) => notes.push(`${level}: ${said}`),
    preserved: () => {},
    folder: async () => {
      const folder = join(scratch, `folder-${process.hrtime.bigint()}-${folders++}`)
      await mkdir(folder)
      return folder
    },
    get layout() {
      return unused()
    },
    get packages() {
      return unused()
    },
  }
}

async function finished(root: TreeRef, input: Partial<FinishInput>): Promise<{ tree: TreeRef; summary?: string }> {
  const output = await finish.run(
    {
      key: 'k',
      step: {
        id: 'finish:x',
        kind: 'finish',
        label: '',
        input: { ...NOTHING, ...input } as unknown as Json,
        parents: {},
      },
      parents: { root: { digest: root.digest, value: { tree: root } as unknown as Json } },
    },
    tools(),
  )
  const { tree } = valueOf<TreeValue>(output)
  return { tree: keep(tree), ...(output.summary === undefined ? {} : { summary: output.summary }) }
}

/** The failure of a finish step that must not come out right. */
async function failed(root: TreeRef, input: Partial<FinishInput>) {
  const failure = await finished(root, input).then(
    () => expect.unreachable('it came out right'),
    (error: unknown) => asFailure(error),
  )
  expect(failure.shell).toMatch(/^shell /)
  return failure
}

const removals = (...patterns: string[]) =>
  patterns.map((pattern, n) => ({ pattern, file: 'user.removes/slim', line: n + 1 }))

test('without anything to do the root stays as it is', async () => {
  expect(await finished(bare, {})).toMatchObject({ tree: bare, summary: 'nothing to add' })
})

describe('time zone', () => {
  const zone = (name: string) => ({ timezone: { name, file: 'stage4.defines/x/timezone' } })
  let root: TreeRef
  beforeAll(async () => {
    root = await rootWith(
      'mkdir -p /usr/share/zoneinfo/Europe; printf TZif2x > /usr/share/zoneinfo/Europe/Zurich; echo x > /usr/share/zoneinfo/zone.tab; echo UTC > /etc/timezone',
    )
  })

  test('is a relative link, and no /etc/timezone says another', async () => {
    const { tree } = await finished(root, zone('Europe/Zurich'))
    expect(await say(tree, 'readlink /etc/localtime; cat /etc/localtime; ls /etc')).toBe(
      '../usr/share/zoneinfo/Europe/Zurich\nTZif2xlocaltime\npasswd\nshadow',
    )
  })
  test("the user's own files stand", async () => {
    const own = { path: 'etc/timezone', bytes: 'mine\n', mode: 0o644 }
    const { tree } = await finished(root, { ...zone('Europe/Zurich'), files: [own] })
    expect(await say(tree, 'cat /etc/timezone')).toBe('mine')
  })
  test('that the root has not is an error with a suggestion', async () => {
    expect(await failed(root, zone('Europe/Zurch'))).toMatchObject({
      code: 'no-such-timezone',
      message:
        'stage4.defines/x/timezone: a time zone of the root was wanted; it has no /usr/share/zoneinfo/Europe/Zurch.',
      hint: 'Did you mean Europe/Zurich?',
    })
    expect((await failed(root, zone('zone.tab'))).code).toBe('no-such-timezone')
    expect((await failed(bare, zone('UTC'))).hint).toBe('zones come with sys-libs/timezone-data')
  })
})

describe('locales', () => {
  const locales = ['de_CH.UTF-8 UTF-8', 'fr_CH ISO-8859-1'].map((line) => ({
    text: line,
    file: 'stage4.defines/x/locales',
  }))
  const making = (body: string) =>
    rootWith(`printf '#!/bin/bash\\n%s\\n' ${JSON.stringify(body)} > /bin/locale-gen; chmod 755 /bin/locale-gen`)

  test('stand in locale.gen in their order, and locale-gen reads it', async () => {
    const { tree, summary } = await finished(await making('cat /etc/locale.gen > /made'), { locales })
    expect(await say(tree, 'cat /etc/locale.gen /made')).toBe(
      'de_CH.UTF-8 UTF-8\nfr_CH ISO-8859-1\nde_CH.UTF-8 UTF-8\nfr_CH ISO-8859-1',
    )
    expect(summary).toBe('1 file, 2 locales')
  })
  test('that cannot be made are an error', async () => {
    expect(await failed(await making('echo bad locale >&2; exit 1'), { locales })).toMatchObject({
      code: 'locales-failed',
      message: 'stage4.defines/x/locales: locale-gen ended with status 1.',
      lastLines: ['bad locale'],
    })
    expect(await failed(bare, { locales })).toMatchObject({
      code: 'no-locale-gen',
      message: 'stage4.defines/x/locales: locales are made by locale-gen; the root has none.',
      hint: 'it comes with sys-libs/glibc (sys-apps/locale-gen); roots of musl need no locales',
    })
  })
})

describe('services', () => {
  const service = (name: string, runlevel?: string) => ({ name, runlevel, file: 'stage4.defines/x/services', line: 3 })
  /** In their words and statuses as OpenRC's and systemd's own. */
  const RC_UPDATE = `printf '%s\\n' '#!/bin/bash' '[[ -e /etc/init.d/$2 ]] || { echo " * rc-update: service \\\`$2'"'"' does not exist"; exit 1; }' '[[ -d /etc/runlevels/$3 ]] || exit 1' 'ln -s /etc/init.d/$2 /etc/runlevels/$3/$2' > /bin/rc-update; chmod 755 /bin/rc-update; mkdir -p /etc/init.d /etc/runlevels/boot /etc/runlevels/default; touch /etc/init.d/sshd /etc/init.d/cronie`
  const SYSTEMCTL = `printf '%s\\n' '#!/bin/bash' 'case $1 in' 'enable) [[ $2 != nosuch ]] || exit 1; echo "$2" >> /enabled;;' 'is-enabled) [[ $2 == helper ]] && echo static || echo enabled;;' 'list-unit-files) echo "sshd.service disabled"; echo "nosuchd.service disabled";;' 'esac' > /bin/systemctl; chmod 755 /bin/systemctl; mkdir -p /sbin /lib/systemd; touch /lib/systemd/systemd`
  let openrc: TreeRef
  beforeAll(async () => void (openrc = await rootWith(RC_UPDATE)))

  test('OpenRC: in their runlevels, `default` where none is named', async () => {
    const { tree, summary } = await finished(openrc, { services: [service('sshd'), service('cronie', 'boot')] })
    expect(await say(tree, 'cd /etc/runlevels; ls default boot; readlink default/sshd')).toBe(
      'boot:\ncronie\n\ndefault:\nsshd\n/etc/init.d/sshd',
    )
    expect(summary).toBe('2 services')
  })
  test('one that the machine brings itself', async () => {
    const own = { path: 'etc/init.d/mine', bytes: '#!/sbin/openrc-run\n', mode: 0o755 }
    const { tree } = await finished(openrc, { files: [own], services: [service('mine')] })
    expect(await say(tree, 'ls /etc/runlevels/default')).toBe('mine')
  })
  test('one that is not there, a runlevel that is not there', async () => {
    expect(await failed(openrc, { services: [service('sshdd')] })).toMatchObject({
      code: 'no-such-service',
      message: 'stage4.defines/x/services:3: a service of the root was wanted; it has no sshdd.',
      hint: 'Did you mean sshd?',
      lastLines: [" * rc-update: service `sshdd' does not exist"],
    })
    expect(await failed(openrc, { services: [service('sshd', 'multi')] })).toMatchObject({
      code: 'no-such-runlevel',
      message: 'stage4.defines/x/services:3: a runlevel of the root was wanted; it has no multi, but boot, default.',
    })
    expect(await failed(openrc, { services: [service('sshd'), service('sshd')] })).toMatchObject({
      code: 'service-failed',
      message: 'stage4.defines/x/services:3: sshd could not be added.',
    })
  })
  test('neither tool', async () => {
    expect(await failed(bare, { services: [service('sshd')] })).toMatchObject({
      code: 'no-service-manager',
      message:
        "stage4.defines/x/services:3: services are added by OpenRC's rc-update or systemd's systemctl; the root has neither.",
      hint: 'add sys-apps/openrc or sys-apps/systemd to the packages',
    })
  })
  test('systemd: enabled; what stays without effect is told', async () => {
    const { tree } = await finished(await rootWith(SYSTEMCTL), {
      services: [service('sshd', 'boot'), service('helper')],
    })
    expect(await say(tree, 'cat /enabled')).toBe('sshd\nhelper')
    expect(notes).toEqual([
      "warning: stage4.defines/x/services:3: runlevels are OpenRC's; sshd is enabled as its unit says.",
      'warning: stage4.defines/x/services:3: the unit of helper says of nothing that it starts it.',
    ])
    expect(await failed(await rootWith(SYSTEMCTL), { services: [service('nosuch')] })).toMatchObject({
      code: 'no-such-service',
      hint: 'Did you mean nosuchd?',
    })
  })
  test('of both tools it is the one that the first process belongs to', async () => {
    const both = `${RC_UPDATE}; ${SYSTEMCTL}`
    const asOpenrc = await finished(await rootWith(both), { services: [service('sshd')] })
    expect(await say(asOpenrc.tree, 'ls /etc/runlevels/default /enabled')).toContain('sshd')
    const asSystemd = await finished(await rootWith(`${both}; ln -s /lib/systemd/systemd /sbin/init`), {
      services: [service('sshd')],
    })
    expect(await say(asSystemd.tree, 'cat /enabled')).toBe('sshd')
  })
})

describe('tmpfiles', () => {
  const making = (status: number) =>
    rootWith(
      `printf '%s\\n' '#!/bin/bash' 'printf "%s\\n" "$@" > /asked; echo no such user; exit ${status}' > /bin/systemd-tmpfiles; chmod 755 /bin/systemd-tmpfiles`,
    )
  test('are made where the root can, even when nothing else is to do', async () => {
    const { tree } = await finished(await making(0), {})
    expect(await say(tree, 'cat /asked')).toMatch(/^--create\n--exclude-prefix=\/dev\n/)
    expect(notes).toEqual([])
  })
  test('that cannot be made are told', async () => {
    await finished(await making(73), {})
    expect(notes).toEqual(['warning: systemd-tmpfiles ended with status 73: no such user'])
  })
})

describe('removals', () => {
  let root: TreeRef
  beforeAll(async () => {
    // /bin is a link, as in a merged /usr.
    root = await rootWith(
      [
        'mkdir -p /usr/bin /usr/src/linux/a /usr/share/doc/p /usr/share/man /opt/target /srv/x',
        'cp -a /bin/. /usr/bin/; rm -r /bin; /usr/bin/ln -s usr/bin /bin',
        'touch /usr/src/linux/a/b /usr/src/.keep /usr/share/doc/p/README "/srv/x/a b" "/srv/x/\\$(touch gone)" /srv/x/star\\* /srv/x/starboard /srv/x/Ümlaut /srv/x/Zx /srv/x/.hidden /opt/target/kept',
        'ln -s /opt/target /opt/link; ln -s ../srv /usr/climb; ln -s /proc /srv/proc; ln -s nowhere /srv/dangling',
      ].join('\n'),
    )
  })
  let before: string[]
  const left = async (tree: TreeRef) => (await say(tree, 'find /usr/src /usr/share /opt /srv | sort')).split('\n')
  const gone = async (...patterns: string[]) => {
    before ??= await left(root)
    const { tree, summary } = await finished(root, { removals: removals(...patterns) })
    const after = await left(tree)
    return { gone: before.filter((path) => !after.includes(path)), summary }
  }

  test('a folder with all in it, what a pattern matches, hidden files only where a dot is written', async () => {
    expect(await gone('/usr/src/*', '/usr/share/d?c', '/srv/x/.*')).toEqual({
      gone: [
        '/srv/x/.hidden',
        '/usr/share/doc',
        '/usr/share/doc/p',
        '/usr/share/doc/p/README',
        '/usr/src/linux',
        '/usr/src/linux/a',
        '/usr/src/linux/a/b',
      ],
      summary: '3 removed paths',
    })
    expect(notes).toEqual([])
  })
  test('names are names: blanks, stars, dollars, letters of any language', async () => {
    expect((await gone('/srv/x/a b', '/srv/x/star\\*', '/srv/x/$(touch gone)', '/srv/x/[[:upper:]]x')).gone).toEqual([
      '/srv/x/$(touch gone)',
      '/srv/x/Zx',
      '/srv/x/a b',
      '/srv/x/star*',
    ])
    expect((await gone('/srv/x/Ü*', '/srv/x/star*', '/srv/x/[!S-s]*')).gone).toEqual([
      '/srv/x/$(touch gone)',
      '/srv/x/star*',
      '/srv/x/starboard',
      '/srv/x/Ümlaut',
    ])
  })
  test('a link goes and what it leads to stays; links above are followed', async () => {
    expect((await gone('/opt/link', '/srv/dangling', '/usr/climb/x/a*')).gone).toEqual([
      '/opt/link',
      '/srv/dangling',
      '/srv/x/a b',
    ])
    expect((await gone('/opt/l*/*')).gone).toEqual(['/opt/target/kept'])
  })
  test("what matches nothing is told, and what is not the root's", async () => {
    expect((await gone('/usr/share/infos', '/opt/*/nothing/*', '/tmp/*', '/srv/proc/*', '/dev/null')).gone).toEqual([])
    const only = 'matches only what is mounted while the root is finished, which is not in it.'
    expect(notes).toEqual([
      'info: user.removes/slim:1: "/usr/share/infos" matches nothing in the root.',
      'info: user.removes/slim:2: "/opt/*/nothing/*" matches nothing in the root.',
      'info: user.removes/slim:3: "/tmp/*" matches nothing in the root.',
      `info: user.removes/slim:4: "/srv/proc/*" ${only}`,
      `info: user.removes/slim:5: "/dev/null" ${only}`,
    ])
  })

  test.each([
    ['/', 'would remove the whole root, without which no root runs. Nothing was removed.'],
    ['/.', 'would remove /., without which no root runs. Nothing was removed.'],
    ['/us[!x]', 'would remove /usr, without which no root runs. Nothing was removed.'],
    ['/bin', 'would remove /bin, without which no root runs. Nothing was removed.'],
    ['/usr/b*', 'would remove /usr/bin, without which no root runs. Nothing was removed.'],
    ['/usr/climb/../usr', 'would remove /usr, without which no root runs. Nothing was removed.'],
    ['/bin/*', 'would remove all of /usr/bin, without which no root runs. Nothing was removed.'],
    ['/tm?', 'would remove /tmp, where file systems are mounted. Nothing was removed.'],
  ])('%s is refused, and nothing goes', async (pattern, message) => {
    const failure = await failed(root, { removals: removals('/usr/src/*', pattern) })
    expect(failure).toMatchObject({ code: 'removal-refused', message: `user.removes/slim:2: "${pattern}" ${message}` })
    const [name = ''] = await engine.preserved()
    const container = await engine.reopen(name)
    const stdout = new PassThrough()
    const words = text(stdout)
    await container.run(['ls', '/usr/src'], { stdout }, never)
    stdout.end()
    expect(await words).toBe('linux\n')
  })
  test('what the configuration refuses is refused again', async () => {
    const names = 'bin etc lib lib32 lib64 libx32 sbin usr var dev proc run sys'.split(' ')
    for (const name of names) expect(emptiesTheRoot(`/${name}`)).toBeDefined()
    const all = await rootWith('mkdir -p /lib /lib32 /lib64 /libx32 /sbin /usr /var')
    const { hint } = await failed(all, { removals: removals(...names.map((name) => `/${name}`)) })
    expect(hint).toBe(`name what is below it; ${names.length - 1} more like this are in the log`)
    expect((await failed(all, { removals: removals('/*') })).hint).toMatch(/; \d{2} more like this/)
  })
  test('a script may need what is removed after it', async () => {
    const script = { name: 'needs', text: 'cat /opt/target/kept > /etc/copy && echo done >> /etc/copy' }
    const { tree } = await finished(root, { scripts: [script], removals: removals('/opt/target') })
    expect(await say(tree, 'cat /etc/copy; ls /opt')).toBe('done\nlink')
  })
})
