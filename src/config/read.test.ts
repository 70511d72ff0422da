import { execFileSync } from 'node:child_process'
import { existsSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import { Folder, GOOD } from './folder.testkit.ts'
import { inspectLock, readLock, updateLock, writeLock, type Lock } from './lock.ts'
import { ConfigError } from './problem.ts'
import { inspectConfig, readConfig } from './read.ts'

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

/** What the error says, line by line. */
async function refusal(): Promise<string[]> {
  const error = await readConfig(folder.path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
}

describe('readConfig', () => {
  test('reads a whole configuration', async () => {
    folder.write(GOOD)
    const config = await readConfig(folder.path)
    const home = config.stage4s.get('home')
    expect(home?.stage3.sets.map((set) => set.name)).toEqual(['tools'])
    expect(home?.stage3.locals.map(({ name, folder: at }) => [name, at])).toEqual([
      ['group/desk', 'portage.locals/group/desk'],
    ])
    expect([home?.folder, home?.stage3.folder]).toEqual(['stage4.defines/home', 'stage3.defines/desk'])
    expect([...config.stage3s.keys()].toSorted()).toEqual(['desk', 'gentoomuch/builder'])
    expect(config.env).toMatchObject({
      arch: 'amd64',
      uid: undefined,
      jobs: 3,
      engine: 'embedded',
      compression: 'zstd',
      signer: undefined,
    })
  })

  test('reads all that a machine may have', async () => {
    folder.write({
      ...GOOD,
      'env/uid': '1000',
      'env/gid': '100',
      'kernel.configs/server.kconf': 'CONFIG_64BIT=y\n',
      'user.removes/slim': '# none of it is needed\nusr/share/doc # big\n/usr/../opt//x\n',
      'user.patches/fix/dev-libs/b-1.2-r1/b.patch': '',
      'user.patches/fix/dev-libs/b-1.2-r1/a.patch': '',
      'user.patches/fix/dev-libs/c:2/a.diff': '',
      'stage4.defines/home/kconf': 'server',
      'stage4.defines/home/kernel': '=sys-kernel/vanilla-sources-6.12*',
      'stage4.defines/home/removes': 'slim',
      'stage4.defines/home/services': 'sshd default\nchronyd\n',
      'stage4.defines/home/locales': 'de_CH.UTF-8 UTF-8\n',
      'stage4.defines/home/timezone': 'Europe/Zurich',
      'stage4.defines/home/hostname': 'home',
      'stage4.defines/bare/stage3': 'desk',
      'stage4.defines/bare/profile': 'default',
    })
    const { env, stage4s, patches } = await readConfig(folder.path)
    expect(env).toMatchObject({ uid: 1000, gid: 100 })
    expect(stage4s.get('home')).toMatchObject({
      kconf: { file: 'kernel.configs/server.kconf', text: 'CONFIG_64BIT=y\n' },
      kernel: '=sys-kernel/vanilla-sources-6.12*',
      removes: [
        {
          name: 'slim',
          file: 'user.removes/slim',
          patterns: [
            { pattern: '/usr/share/doc', line: 2 },
            { pattern: '/opt/x', line: 3 },
          ],
        },
      ],
      services: [
        { name: 'sshd', runlevel: 'default', line: 1 },
        { name: 'chronyd', runlevel: undefined, line: 2 },
      ],
      locales: [{ name: 'de_CH.UTF-8', charset: 'UTF-8', line: 1 }],
      timezone: 'Europe/Zurich',
      hostname: 'home',
    })
    expect(stage4s.get('bare')).toMatchObject({ kconf: undefined, kernel: 'sys-kernel/gentoo-sources', removes: [] })
    expect(patches.get('fix')?.packages).toEqual([
      {
        package: 'dev-libs/b-1.2-r1',
        files: ['user.patches/fix/dev-libs/b-1.2-r1/a.patch', 'user.patches/fix/dev-libs/b-1.2-r1/b.patch'],
      },
      { package: 'dev-libs/c:2', files: ['user.patches/fix/dev-libs/c:2/a.diff'] },
    ])
  })

  test('a removal list that is named twice is read once', async () => {
    folder.write({ ...GOOD, 'user.removes/slim': '/usr/src/*\n', 'stage4.defines/home/removes': 'slim\nslim\n' })
    const { config, problems } = await inspectConfig(folder.path)
    expect(config.stage4s.get('home')?.removes.map(({ name }) => name)).toEqual(['slim'])
    expect(problems.map(({ code }) => code)).toEqual(['named-twice'])
  })

  test('a local piece that is named twice stands where it is named last', async () => {
    folder.write({
      ...GOOD,
      'portage.locals/other/package.use': 'a/a c',
      'stage3.defines/desk/portage.local': 'group/desk\nother\ngroup/desk\n',
    })
    const { config, problems } = await inspectConfig(folder.path)
    expect(config.stage3s.get('desk')?.locals.map(({ name }) => name)).toEqual(['other', 'group/desk'])
    expect(problems.map(({ code }) => code)).toEqual(['named-twice'])
  })

  test('reads the other spellings', async () => {
    const dashed = Object.entries(GOOD).map(([path, text]) => [path.replace(/^([a-z0-9]+)\.([a-z]+)/, '$1-$2'), text])
    folder.write(Object.fromEntries(dashed) as Record<string, string>)
    folder.write({ 'user-scripts/s': 'true', 'stage4-defines/home/scripts': 's' })
    const home = (await readConfig(folder.path)).stage4s.get('home')
    expect([home?.stage3.cpu.name, home?.stage3.locals.length, home?.scripts.length]).toEqual(['generic', 1, 1])
    expect(await folder.problems()).toEqual([])
  })

  test("the builder's two spellings are one name", async () => {
    folder.write({
      ...GOOD,
      'portage.locals/gentoomuch-builder/package.use': '',
      'stage3.defines/desk/portage.local': 'gentoomuch/builder',
      'stage4.defines/home/stage3': 'gentoomuch-builder',
    })
    const { stage3s, stage4s } = await readConfig(folder.path)
    expect(stage3s.get('desk')?.locals.map((piece) => piece.name)).toEqual(['gentoomuch-builder'])
    expect(stage4s.get('home')?.stage3.name).toBe('gentoomuch/builder')
  })

  test('sets bring what they include; packages may be named beside sets', async () => {
    folder.write({
      ...GOOD,
      'package.sets/deep/base': 'a/base',
      'package.sets/more': '@tools\n',
      'package.sets/top': 'a/top\n  @deep/base # x\n@more\n@somewhere\n',
      'stage3.defines/desk/packages': '@top\n# by hand\napp-misc/tmux @tools >=a/b-1:2[c]\n',
    })
    const desk = (await readConfig(folder.path)).stage3s.get('desk')
    expect(desk?.sets.map(({ name, file, text }) => [name, file, text])).toEqual([
      ['top', 'package.sets/top', 'a/top\n  @deep-base # x\n@more\n@somewhere\n'],
      ['tools', 'package.sets/tools', 'a/a'],
      ['desk-packages', 'stage3.defines/desk/packages', '\n\napp-misc/tmux\n>=a/b-1:2[c]\n'],
    ])
    expect(desk?.sets[0]?.includes).toEqual([
      { name: 'deep-base', line: 2 },
      { name: 'more', line: 3 },
      { name: 'somewhere', line: 4 },
    ])
    expect(desk?.included.map((set) => set.name)).toEqual(['deep-base', 'more'])
  })

  test('names every problem at once, with file, line and a suggestion', async () => {
    folder.write({
      ...GOOD,
      'env/jobs': 'many',
      'stage3.defines/desk/cpu': 'genreic',
      'stage3.defines/desk/packages': '\ntoosl\n',
      'stage4.defines/home/stage3': 'dsek',
      'stage4.defines/home/kernal': 'x',
      'stage4.defines/away/stage3': '',
    })
    expect(await refusal()).toEqual([
      'env/jobs:1: a whole number from 1 to 4096 was wanted; found "many".',
      'stage3.defines/desk/cpu:1: there is no CPU piece named genreic. Did you mean generic?',
      'stage3.defines/desk/packages:2: there is no package set named toosl. Did you mean tools?',
      'stage4.defines/away/profile: the name of a bootstrapped profile was wanted; the file is missing.',
      'stage4.defines/away/stage3: the name of a stage3 definition was wanted; the file is empty.',
      'stage4.defines/home/kernal: nothing reads a file of this name here. Did you mean kernel?',
      'stage4.defines/home/stage3:1: there is no stage3 definition named dsek. Did you mean desk?',
    ])
  })

  test('says what to do where there is no configuration', async () => {
    await expect(readConfig(join(folder.path, 'none'))).rejects.toMatchObject({ code: 'no-configuration' })
    folder.write({ file: '' })
    await expect(readConfig(join(folder.path, 'file'))).rejects.toMatchObject({ code: 'no-configuration' })
  })
})

describe('what cannot be reached', () => {
  test('is said of the directory, not of what would be in it', async () => {
    folder.link('circle', 'circle')
    const paths = [join(folder.path, 'circle'), join(folder.path, 'x'.repeat(300))]
    const refused = await Promise.all(
      paths.flatMap((path) => [inspectConfig(path), readLock(path)]).map((one) => one.catch((error: unknown) => error)),
    )
    expect(refused.map((error) => [(error as UserError).code, (error as UserError).message, error])).toEqual(
      [`${paths[0]}: its links go in a circle`, `${paths[1]}: its name is too long`].flatMap((said) =>
        [0, 1].map(() => [
          'unreachable-configuration',
          `The configuration directory cannot be read: ${said}.`,
          expect.any(UserError),
        ]),
      ),
    )
  })

  test('is told once: nothing follows from what could not be read', async () => {
    folder.write({
      ...GOOD,
      'package.sets/more': new Uint8Array([0xff]),
      'stage3.defines/desk/packages': 'more\nnosuchset\n',
      'stage4.defines/home/scripts': 'setup\n',
      'stage4.defines/home/removes': 'slim\n',
    })
    folder.link('user.scripts', '/etc')
    folder.link('stage4.defines/away', '/etc')
    folder.write({ 'user-removes': '' })
    expect(await folder.problems()).toEqual([
      'package.sets/more: UTF-8 text was wanted; the file holds other bytes.',
      'stage3.defines/desk/packages:2: there is no package set named nosuchset. A set is a file in package.sets; a package is written CATEGORY/NAME.',
      'stage4.defines/away: a file inside the configuration directory was wanted; it is a link to /etc. Copy the file in, so that git keeps it.',
      'user-removes: a folder was wanted; it is a file.',
      'user.scripts: a file inside the configuration directory was wanted; it is a link to /etc. Copy the file in, so that git keeps it.',
    ])
  })

  test('what is only odd hides no error', async () => {
    folder.write({ ...GOOD, 'cpu.defines/zen': '', 'stage3.defines/desk/cpu': 'zen' })
    expect(await folder.problems()).toEqual([
      'cpu.defines/zen: a folder for each definition was wanted; it is a file, which nothing reads.',
      'stage3.defines/desk/cpu:1: there is no CPU piece named zen.',
    ])
  })
})

describe('inspectConfig', () => {
  test('gives what can be understood beside the problems', async () => {
    folder.write({
      ...GOOD,
      'stage3.defines/desk/cpu': 'none',
      'stage4.defines/home/profile': '',
      'stage4.defines/lost/stage3': 'nowhere',
    })
    const { config, problems } = await inspectConfig(folder.path)
    expect(problems.length).toBe(4)
    expect(config.stage3s.get('desk')?.cpu).toEqual({ rank: 'cpu', name: '', folder: '', files: [] })
    expect([...config.stage4s].map(([name, machine]) => [name, machine.profile])).toEqual([['home', '']])
  })

  test('warnings and notes stop nothing', async () => {
    folder.write({ ...GOOD, 'package.sets/none': '', 'build.hooks/x': '' })
    expect((await inspectConfig(folder.path)).problems.map((one) => one.severity)).toEqual(['note', 'warning'])
    expect((await readConfig(folder.path)).sets.size).toBe(2)
  })
})

test("a configuration in the original program's layout works as it is", async () => {
  folder.write({
    'env/arch': 'amd64\n',
    'env/uid': '1000\n',
    'env/gid': '1000\n',
    'env/jobs': '8\n',
    'env/stage_key': '0123456789ABCDEF0123456789ABCDEF01234567\n',
    'build.hooks/README.md': 'Hooks.\n',
    'patch.profiles/default': 'fix\n',
    'kernel.defines/desk/config': 'desk\n',
    'kernel.defines/desk/sources': 'gentoo-sources-6.12.4\n',
    'kernel.configs/desk.kconf': 'CONFIG_64BIT=y\n',
    'cpu.defines/gentoomuch/default/make.conf': 'ARCH_FLAGS="-march=x86-64-v3"\n',
    'portage.global/make.conf': 'CFLAGS="${ARCH_FLAGS} -O2"\nCXXFLAGS="${CFLAGS}"\n',
    'portage.locals/gentoomuch/builder/package.use/packages': 'dev-vcs/git gpg\n',
    'portage.locals/gentoomuch/bootstrap/package.use': 'sys-kernel/gentoo-sources symlink\n',
    'package.sets/gentoomuch/builder': 'dev-vcs/git\napp-arch/pigz',
    'stage.defines/old/packages': '@gentoomuch/builder\n',
    'stage3.defines/README.md': 'Definitions.\n',
    'stage3.defines/gentoomuch/builder/cpu': 'gentoomuch/default\n',
    'stage3.defines/gentoomuch/builder/portage.local': 'gentoomuch/builder\n',
    'stage3.defines/gentoomuch/builder/packages': '@gentoomuch/builder sys-kernel/gentoo-sources\n',
    'stage3.defines/gentoomuch/builder/hooks': '\n',
    'stage3.defines/desk/cpu': 'gentoomuch/default',
    'stage3.defines/desk/portage.local': '\n',
    'stage3.defines/desk/packages': 'x11-wm/i3',
    'stage4.defines/desk/stage3': 'desk',
    'stage4.defines/desk/profile': 'default',
    'stage4.defines/desk/kconf': 'desk',
    'stage4.defines/desk/scripts': 'setup.sh\n',
    'stage4.defines/desk/removes': 'sources\n',
    'user.removes/README.md': 'Removals.\n',
    'user.removes/sources': 'usr/src/*\n',
    'user.scripts/README.md': 'Scripts.\n',
    'user.scripts/setup.sh': 'true\n',
    'user.patches/fix/dev-libs/b-1/fix.patch': '',
    profiles: 'default\n',
  })
  const { config, problems } = await inspectConfig(folder.path)
  expect(problems.map(({ severity, file }) => `${severity} ${file}`).toSorted()).toEqual([
    'note build.hooks',
    'note env/stage_key',
    'note kernel.defines',
    'note patch.profiles',
    'note stage.defines',
    'note stage3.defines/gentoomuch/builder/hooks',
  ])
  expect(config.env.signer?.key).toBe('0123456789ABCDEF0123456789ABCDEF01234567')
  const builder = config.stage3s.get('gentoomuch/builder')
  expect(builder?.sets.map(({ name, text }) => [name, text])).toEqual([
    ['gentoomuch-builder', 'dev-vcs/git\napp-arch/pigz'],
    ['gentoomuch-builder-packages', 'sys-kernel/gentoo-sources\n'],
  ])
  expect(config.stage4s.get('desk')).toMatchObject({
    kconf: { file: 'kernel.configs/desk.kconf' },
    removes: [{ patterns: [{ pattern: '/usr/src/*' }] }],
  })
})

describe('the lock', () => {
  const EMPTY: Lock = { version: 1, profiles: {}, repositories: {} }

  test('is sorted and comes back as it was written', async () => {
    const lock = {
      version: 1 as const,
      profiles: {
        b: { stage3: 's.tar.xz', sha512: '1'.repeat(128), signedBy: 'A'.repeat(40) },
        a: { stage3: 's.tar.xz', sha512: '2'.repeat(128), signedBy: 'A'.repeat(40), signedAt: 5 },
      },
      repositories: { gentoo: { revision: 'a'.repeat(40), tree: 'b'.repeat(40), time: 1 } },
    }
    await writeLock(folder.path, lock)
    expect(await readLock(folder.path)).toEqual(lock)
    expect(Object.keys((await readLock(folder.path)).profiles)).toEqual(['a', 'b'])
  })
  test('what came into it while somebody worked stays', async () => {
    const entry = { revision: 'a'.repeat(40), tree: 'b'.repeat(40), time: 1 }
    const read = await readLock(folder.path)
    // Somebody pulls; then the work that began before is done.
    await writeLock(folder.path, { ...read, repositories: { pulled: entry } })
    const after = await updateLock(folder.path, (now) => ({
      ...now,
      repositories: { ...now.repositories, synced: entry },
    }))
    expect(Object.keys(after.repositories)).toEqual(['pulled', 'synced'])
    expect(await readLock(folder.path)).toEqual(after)
  })

  test('one that was being written when the program was killed goes, when it is old enough', async () => {
    const left = join(folder.path, '.gentoomuch.lock.0.tmp')
    writeFileSync(left, '')
    await writeLock(folder.path, EMPTY)
    expect(existsSync(left)).toBe(true)
    utimesSync(left, 1, 1)
    await writeLock(folder.path, EMPTY)
    expect(existsSync(left)).toBe(false)
  })

  test('is refused, not guessed, when it cannot be understood', async () => {
    writeFileSync(join(folder.path, 'gentoomuch.lock'), '{"version": 7}')
    await expect(readLock(folder.path)).rejects.toMatchObject({
      code: 'bad-lock',
      message: `${folder.path}/gentoomuch.lock: what bootstrap and sync wrote was wanted; found what cannot be understood (version, profiles, repositories).`,
      hint: 'Restore it from git, or remove it, bootstrap and sync again.',
    })
  })

  // Each of these would become a part of a path or of a command line.
  test.each([
    ['profiles', 'p', 'sha512', '../..'],
    ['profiles', 'p', 'sha512', 'A'.repeat(128)],
    ['profiles', 'p', 'stage3', '../../evil.tar.xz'],
    ['profiles', 'p', 'stage3', '..'],
    ['profiles', 'p', 'stage3', ''],
    ['profiles', 'p', 'signedBy', 'NOBODY'],
    ['profiles', '../p', 'stage3', 's.tar.xz'],
    ['profiles', 'toString', 'stage3', 's.tar.xz'],
    ['repositories', 'gentoo', 'revision', 'HEAD'],
    ['repositories', 'gentoo', 'revision', '--output=/etc/passwd'],
    ['repositories', 'gentoo', 'tree', 'a'.repeat(39)],
    ['repositories', 'gentoo', 'from', '../x.tar.xz'],
    ['repositories', '../gentoo', 'time', 1],
    ['repositories', 'gentoo', 'time', -1],
  ])('%s %s: %s %j is not taken', async (kind, name, key, value) => {
    const good = {
      profiles: { stage3: 's.tar.xz', sha512: '1'.repeat(128), signedBy: 'A'.repeat(40) },
      repositories: { revision: 'a'.repeat(40), tree: 'b'.repeat(40), time: 1 },
    }
    const entry = { ...good[kind as keyof typeof good], [key]: value }
    const lock = { version: 1, profiles: {}, repositories: {}, [kind]: { [name]: entry } }
    writeFileSync(join(folder.path, 'gentoomuch.lock'), JSON.stringify(lock))
    await expect(readLock(folder.path)).rejects.toMatchObject({ code: 'bad-lock' })
  })

  test('is empty where there is none', async () => {
    expect(await inspectLock(folder.path)).toEqual({ lock: EMPTY })
    expect(await inspectLock(join(folder.path, 'gone'))).toEqual({ lock: EMPTY })
  })

  test.each([
    ['bad-lock', () => writeFileSync(join(folder.path, 'gentoomuch.lock'), '{]')],
    ['outside-directory', () => folder.link('gentoomuch.lock', '/etc/hosts')],
    ['link-to-nothing', () => folder.link('gentoomuch.lock', 'gone')],
    ['link-circle', () => folder.link('gentoomuch.lock', 'gentoomuch.lock')],
    ['not-a-file', () => folder.folder('gentoomuch.lock')],
    ['not-a-file', () => execFileSync('bash', ['-c', 'mkfifo "$0"', join(folder.path, 'gentoomuch.lock')])],
  ])('%s is a problem of it, and it counts as empty', async (code, make) => {
    make()
    expect(await inspectLock(folder.path)).toEqual({
      lock: EMPTY,
      problem: expect.objectContaining({ code, file: 'gentoomuch.lock' }) as unknown,
    })
    await expect(readLock(folder.path)).rejects.toMatchObject({ code: 'bad-lock' })
  })

  test('is read through a link inside the directory', async () => {
    folder.write({ 'locks/one': '{"version": 1, "profiles": {}, "repositories": {}}' })
    folder.link('gentoomuch.lock', 'locks/one')
    expect(await inspectLock(folder.path)).toEqual({ lock: EMPTY })
  })
})
