/** The finish step on a small root, in a real container: what it sets, what it refuses, what it says. */
import { beforeAll, describe, expect, test } from 'vitest'
import { emptiesTheRoot } from '../../src/config/empties-the-root.ts'
import type { TreeRef } from '../../src/engine/engine.ts'
import { tried } from '../../src/execute/finish/tried.ts'
import { Finishing } from './finishing.ts'

const on = new Finishing()

const removals = (...patterns: string[]) =>
  patterns.map((pattern, n) => ({ pattern, file: 'user.removes/slim', line: n + 1 }))

test('without anything to do the root stays as it is', async () => {
  expect(await on.finished(on.bare, {})).toMatchObject({ tree: on.bare, summary: 'nothing to add' })
})

describe('time zone', () => {
  const zone = (name: string) => ({ timezone: { name, file: 'stage4.defines/x/timezone' } })
  let root: TreeRef
  beforeAll(async () => {
    root = await on.rootWith(
      'mkdir -p /usr/share/zoneinfo/Europe; printf TZif2x > /usr/share/zoneinfo/Europe/Zurich; echo x > /usr/share/zoneinfo/zone.tab; echo UTC > /etc/timezone',
    )
  })

  test('is a relative link, and no /etc/timezone says another', async () => {
    const { tree } = await on.finished(root, zone('Europe/Zurich'))
    expect(await on.say(tree, 'readlink /etc/localtime; cat /etc/localtime; ls /etc')).toBe(
      '../usr/share/zoneinfo/Europe/Zurich\nTZif2xlocaltime\npasswd\nshadow',
    )
  })
  test("the user's own files stand", async () => {
    const own = { path: 'etc/timezone', bytes: 'mine\n', mode: 0o644 }
    const { tree } = await on.finished(root, { ...zone('Europe/Zurich'), files: [own] })
    expect(await on.say(tree, 'cat /etc/timezone')).toBe('mine')
  })
  test('that the root has not is an error with a suggestion', async () => {
    expect(await on.failed(root, zone('Europe/Zurch'))).toMatchObject({
      code: 'no-such-timezone',
      message:
        'stage4.defines/x/timezone: a time zone of the root was wanted; it has no /usr/share/zoneinfo/Europe/Zurch.',
      hint: 'Did you mean Europe/Zurich?',
    })
    expect((await on.failed(root, zone('zone.tab'))).code).toBe('no-such-timezone')
    expect((await on.failed(on.bare, zone('UTC'))).hint).toBe('zones come with sys-libs/timezone-data')
  })
})

describe('locales', () => {
  const locales = ['de_CH.UTF-8 UTF-8', 'fr_CH ISO-8859-1'].map((line) => ({
    text: line,
    file: 'stage4.defines/x/locales',
  }))
  const making = (body: string) =>
    on.rootWith(`printf '#!/bin/bash\\n%s\\n' ${JSON.stringify(body)} > /bin/locale-gen; chmod 755 /bin/locale-gen`)

  test('stand in locale.gen in their order, and locale-gen reads it', async () => {
    const { tree, summary } = await on.finished(await making('cat /etc/locale.gen > /made'), { locales })
    expect(await on.say(tree, 'cat /etc/locale.gen /made')).toBe(
      'de_CH.UTF-8 UTF-8\nfr_CH ISO-8859-1\nde_CH.UTF-8 UTF-8\nfr_CH ISO-8859-1',
    )
    expect(summary).toBe('1 file, 2 locales')
  })
  test('that cannot be made are an error', async () => {
    expect(await on.failed(await making('echo bad locale >&2; exit 1'), { locales })).toMatchObject({
      code: 'locales-failed',
      message: 'stage4.defines/x/locales: locale-gen ended with status 1.',
      lastLines: ['bad locale'],
    })
    expect(await on.failed(on.bare, { locales })).toMatchObject({
      code: 'no-locale-gen',
      message: 'stage4.defines/x/locales: locales are made by locale-gen; the root has none.',
      hint: 'it comes with sys-libs/glibc (sys-apps/locale-gen); roots of musl need no locales',
    })
  })
})

describe('tmpfiles', () => {
  const program = (...lines: string[]) =>
    on.rootWith(
      `printf '%s\\n' '#!/bin/bash' ${lines.map((line) => `'${line}'`).join(' ')} > /bin/systemd-tmpfiles; chmod 755 /bin/systemd-tmpfiles`,
    )
  const making = (status: number) =>
    program('printf "%s\\n" "$@" > /asked', `[[ ${status} == 0 ]] || echo no such user; exit ${status}`)
  /** Without anything to do but to remove what is not there. */
  const inACopy = { removals: removals('/gone') }

  test('are made where the root can, even when nothing else is to do', async () => {
    const { tree } = await on.finished(await making(0), {})
    expect(await on.say(tree, 'cat /asked')).toMatch(/^--create\n--exclude-prefix=\/dev\n/)
    expect(on.notes).toEqual([])
  })
  test('that cannot be made are told, once', async () => {
    await on.finished(await making(73), {})
    expect(on.notes).toEqual(['warning: systemd-tmpfiles ended with status 73: no such user'])
    expect(on.log).toEqual(['no such user'])
  })
  test('of which none has to be made leave the root as it is, which a copy would be as well', async () => {
    const root = await program('mkdir -p /home /tmp/new /run/new; echo well >&2')
    expect(await on.finished(root, {})).toEqual({ tree: root, summary: 'nothing to add' })
    expect([on.notes, on.log]).toEqual([[], ['well']])
    expect((await on.finished(root, inACopy)).tree.digest).toBe(root.digest)
  })
  test('of which none could be made leave it as well, with the same words', async () => {
    const root = await program('echo no such user; exit 127')
    expect((await on.finished(root, {})).tree).toEqual(root)
    expect((await on.finished(root, inACopy)).tree.digest).toBe(root.digest)
    const told = 'warning: systemd-tmpfiles ended with status 127: no such user'
    expect(on.notes.filter((note) => note.startsWith('warning'))).toEqual([told, told])
  })
  test('that make something are what they are in a copy', async () => {
    const root = await program('chmod 700 /home')
    const { tree } = await on.finished(root, {})
    expect(tree.digest).not.toBe(root.digest)
    expect(tree.digest).toBe((await on.finished(root, inACopy)).tree.digest)
  })
  test('whatever is made is seen', async () => {
    const root = await on.rootWith('printf a > /etc/one; printf a > /etc/two; ln -s one /etc/link')
    const seen: [script: string, result: unknown][] = []
    for (const script of [
      'echo > /home/new',
      'mkdir /new',
      'rm /etc/two',
      'ln /etc/two /etc/three',
      'ln -sfn two /etc/link',
      'chown 5:5 /home',
      // As long and as old as before.
      'cp -p /etc/one /tmp/old; printf b > /etc/one; touch -r /tmp/old /etc/one',
    ])
      seen.push([script, await tried(root, ['bash', '-c', script], on.tools())])
    expect(seen).toEqual(seen.map(([script]) => [script, 'changes']))
    expect(await tried(root, ['bash', '-c', 'echo well; exit 3'], on.tools())).toMatchObject({
      status: 3,
      lines: ['well'],
    })
    expect(await tried(root, ['no-such'], on.tools())).toBe('no program')
  })
  test('that make nothing in a root without folders for what is mounted: it gets them, as in a copy', async () => {
    const whole = await program('true')
    const container = await on.engine.open({
      tree: whole,
      mounts: [],
      folders: ['/out'],
      tmpfs: [],
      env: {},
      network: false,
    })
    const script = 'cp -a /bin /etc /lib* /usr /out 2> /out/.said; rm /out/.said; mkdir /out/proc /out/dev'
    await container.run(['/bin/bash', '-c', `PATH=/bin; ${script}`], {}, new AbortController().signal)
    const root = await container.keepTree('/out')
    await container.close()
    const { tree } = await on.finished(root, {})
    expect(tree.digest).toBe((await on.finished(root, inACopy)).tree.digest)
    await on.engine.remove(root, [])
  })
})

describe('removals', () => {
  let root: TreeRef
  beforeAll(async () => {
    // /bin is a link, as in a merged /usr.
    root = await on.rootWith(
      [
        'mkdir -p /usr/bin /usr/src/linux/a /usr/share/doc/p /usr/share/man /opt/target /srv/x',
        'cp -a /bin/. /usr/bin/; rm -r /bin; /usr/bin/ln -s usr/bin /bin',
        'touch /usr/src/linux/a/b /usr/src/.keep /usr/share/doc/p/README "/srv/x/a b" "/srv/x/\\$(touch gone)" /srv/x/star\\* /srv/x/starboard /srv/x/Ümlaut /srv/x/Zx /srv/x/.hidden /opt/target/kept',
        'ln -s /opt/target /opt/link; ln -s ../srv /usr/climb; ln -s /proc /srv/proc; ln -s nowhere /srv/dangling',
      ].join('\n'),
    )
  })
  let before: string[]
  const left = async (tree: TreeRef) => (await on.say(tree, 'find /usr/src /usr/share /opt /srv | sort')).split('\n')
  const gone = async (...patterns: string[]) => {
    before ??= await left(root)
    const { tree, summary } = await on.finished(root, { removals: removals(...patterns) })
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
    expect(on.notes).toEqual([])
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
    expect(on.notes).toEqual([
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
    const failure = await on.failed(root, { removals: removals('/usr/src/*', pattern) })
    expect(failure).toMatchObject({ code: 'removal-refused', message: `user.removes/slim:2: "${pattern}" ${message}` })
    expect(await on.sayKept('ls /usr/src')).toBe('linux')
  })
  test('what the configuration refuses is refused again', async () => {
    const names = 'bin etc lib lib32 lib64 libx32 sbin usr var dev proc run sys'.split(' ')
    for (const name of names) expect(emptiesTheRoot(`/${name}`)).toBeDefined()
    const all = await on.rootWith('mkdir -p /lib /lib32 /lib64 /libx32 /sbin /usr /var')
    const { hint } = await on.failed(all, { removals: removals(...names.map((name) => `/${name}`)) })
    expect(hint).toBe(`name what is below it; ${names.length - 1} more like this are in the log`)
    expect((await on.failed(all, { removals: removals('/*') })).hint).toMatch(/; \d{2} more like this/)
  })
  test('a script may need what is removed after it', async () => {
    const script = { name: 'needs', text: 'cat /opt/target/kept > /etc/copy && echo done >> /etc/copy' }
    const { tree } = await on.finished(root, { scripts: [script], removals: removals('/opt/target') })
    expect(await on.say(tree, 'cat /etc/copy; ls /opt')).toBe('done\nlink')
  })
})
