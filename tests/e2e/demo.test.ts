/**
 * The whole way, as a newcomer goes it: on a new clone, as root and as an ordinary user, twice. What comes out is looked at
 * with the tools that anybody has: gpg, tar, chroot.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashFile } from '../../src/system/hash.ts'
import { run } from '../../src/system/process.ts'
import { asking } from './asking.ts'
import { cleaning } from './cleaning.ts'
import { damaged } from './damaged.ts'
import { configuration, starter } from './configuration.ts'
import { buildExample } from './example.ts'
import { finishing } from './finishing.ts'
import { forged as forgeries } from './incoming/forged.ts'
import { killed } from './incoming/killed.ts'
import { kinds } from './incoming/kinds.ts'
import { latest } from './incoming/latest.ts'
import { moves } from './incoming/moves.ts'
import { interruptions } from './interruptions.ts'
import { kills } from './kills.ts'
import { isRoot, Person, seconds } from './kit.ts'
import { layers } from './layers.ts'
import { rebuilds } from './rebuilds.ts'
import { turns } from './turns.ts'

const MACHINES = ['porch', 'workshop'] as const
/** Limits of the promise, in seconds, on two cores. */
const COLD = 15 * 60
const WARM = 10

const people: Person[] = []
const tarballs: Record<string, Record<string, string>> = {}

afterAll(async () => {
  for (const person of people) {
    await person.gentoomuch(['demo', '--remove', '--dir', person.demo], [0, 2])
    await person.leave()
  }
})

describe.each(isRoot ? (['root', 'user'] as const) : (['user'] as const))('a newcomer (%s)', (name) => {
  let person: Person
  let roots: string

  beforeAll(async () => {
    person = await Person.newcomer(name)
    people.push(person)
    roots = join(person.home, 'roots')
  })

  test('one command makes signed stage4s; a second one has nothing to do', async () => {
    const cold = performance.now()
    const first = await person.gentoomuch(['demo', '--yes', '--dir', person.demo])
    const coldTook = seconds(cold)
    const warm = performance.now()
    await person.gentoomuch(['demo', '--yes', '--dir', person.demo])
    const warmTook = seconds(warm)
    console.log(`demo as ${name}: cold ${coldTook.toFixed(0)} s, warm ${warmTook.toFixed(1)} s`)
    expect(coldTook).toBeLessThan(COLD)
    expect(warmTook).toBeLessThan(WARM)
    for (const machine of MACHINES)
      expect(first.stdout).toContain(
        (await run(['readlink', '-f', (await person.published(machine)).folder])).stdout.trim(),
      )
    const events = await person.events('pipeline')
    expect(events.filter((event) => event.type === 'step-done').map((event) => event.how)).not.toContain('ran')
  })

  test('a library that two machines share was compiled once', async () => {
    const logs = join(person.demo, 'data', 'logs')
    const { stdout } = await run(['grep', '-rhoE', '"compiling (dev-libs/libgreet|app-misc/greet)-[0-9.]+ ', logs])
    const lines = stdout.trim().split('\n')
    expect(lines.filter((line) => line.includes('libgreet'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('app-misc/greet'))).toHaveLength(1)
  })

  describe('what people ask', () => asking(() => person))

  test.each(MACHINES)('%s: gpg accepts it, the digests are right, the package list is /var/db/pkg', async (machine) => {
    const { folder, tarball } = await person.published(machine)
    const keys = join(person.demo, 'keys')
    const verified = await person.shell(['gpg', '--homedir', keys, '--verify', `${tarball}.asc`, tarball])
    expect(verified.stderr).toContain('Good signature')
    const digests = await person.shell(['gpg', '--homedir', keys, '--decrypt', `${tarball}.DIGESTS`])
    expect(digests.stdout).toContain(await hashFile(tarball, 'sha512'))
    await person.shell(['bash', '-c', 'cd "$1" && sha256sum -c -- *.sha256', 'bash', folder])
    await run(['gpgconf', '--homedir', keys, '--kill', 'all'])
    const listed = (await readFile(`${tarball}.packages`, 'utf8')).trim().split('\n')
    const inside = await run(['tar', '-tf', tarball])
    const packages = [
      ...new Set(
        inside.stdout.split('\n').flatMap((path) => /^\.\/var\/db\/pkg\/([^/]+\/[^/]+)\/$/.exec(path)?.[1] ?? []),
      ),
    ]
    expect(listed).toEqual(packages.toSorted())
    expect(listed).toContain('dev-libs/libgreet-1.0')
    ;(tarballs[machine] ??= {})[name] = await hashFile(tarball, 'sha512')
  })

  test('freshroot looks into the finished root, without root rights', async () => {
    const said = await person.inFinished('workshop', ['greet', 'you'])
    expect(said.stdout).toMatch(/you/)
    const status = await person.inFinished('porch', ['sh', '-c', 'exit 7'], [7])
    expect(status.status).toBe(7)
  })

  test('freshroot gives a shell at a terminal', async () => {
    const shell = [join(person.checkout, 'gentoomuch'), 'freshroot', '-q', '--finished', 'porch', ...person.flags]
    // script(1) makes the terminal, and takes its command as one string.
    const script = 'printf -v line "%q " "$@"; echo "tty; echo \\$((40 + 2)); exit 7" | script -qec "$line" /dev/null'
    const { stdout } = await person.shell(['bash', '-c', script, 'bash', ...shell], [7])
    expect(stdout).toMatch(/^\/dev\/(pts\/\d+|console)\r?$/m)
    expect(stdout).toMatch(/^42\r?$/m)
  })

  test('services, locales, time zone, tmpfiles and removals are in the finished root', async () => {
    const { tarball } = await person.published('workshop')
    const { stdout } = await run(['tar', '--numeric-owner', '-tvf', tarball])
    const listed = (path: string) =>
      stdout.split('\n').flatMap((line) => new RegExp(`^(\\S+ \\S+) .* \\./${path}$`).exec(line)?.[1] ?? [])
    expect(listed('etc/runlevels/default/greetd -> /etc/init.d/greetd')).toHaveLength(1)
    expect(listed('etc/localtime -> \\.\\./usr/share/zoneinfo/Europe/Zurich')).toHaveLength(1)
    expect(listed('var/cache/greetd/')).toEqual(listed('var/log/greetd/').map((own) => own.replace('r-x---', 'r-xr-x')))
    expect(listed('usr/share/i18n/')).toEqual([])
    expect(stdout).not.toMatch(/zoneinfo\/.*\.tab$/m)
    expect(listed('usr/share/zoneinfo/Europe/Zurich')).toHaveLength(1)
    const date = 'date --date=2026-07-01T12:00Z "+%B %H %Z"'
    const script = `unset TZ; LC_ALL=de_DE.UTF-8 ${date}; LC_ALL=fr_FR.UTF-8 ${date}`
    const said = await person.inFinished('workshop', ['bash', '-c', script])
    expect(said.stdout.trim()).toBe('Juli 14 CEST\njuillet 14 CEST')
  })

  describe('what machines share', () => layers(() => person))

  describe('what is done to a root besides packages', () => finishing(() => person))

  test.runIf(isRoot)('plain tar unpacks it with everything right, and chroot runs what was compiled', async () => {
    const { tarball } = await person.published('workshop')
    const root = join(roots, 'workshop')
    await mkdir(root, { recursive: true })
    await run(['tar', '--xattrs', '--xattrs-include=*.*', '-C', root, '-xpf', tarball])
    const greeting = await run(['chroot', root, '/usr/bin/greet', 'you'])
    expect(greeting.stdout).toMatch(/you/)
    // What the machine's script, files and host name left.
    expect(await readFile(join(root, 'etc/greeting'), 'utf8')).toMatch(/everyone/)
    expect(await readFile(join(root, 'etc/hostname'), 'utf8')).toBe('workshop\n')
    expect(await readFile(join(root, 'etc/motd'), 'utf8')).toBe('This machine was built by Gentoomuch.\n')
    const { stdout: nodes } = await run(['stat', '-c', '%n %F %a %t:%T %u:%g', 'dev/console', 'dev/null'], {
      cwd: root,
    })
    expect(nodes).toBe('dev/console character special file 600 5:1 0:0\ndev/null character special file 666 1:3 0:0\n')
    // Portage in the finished root knows its packages, with the machine's own configuration.
    expect(await readFile(join(root, 'etc/portage/package.use/0030-local-colourful'), 'utf8')).toBe(
      'dev-libs/libgreet color\n',
    )
    expect(await readFile(join(root, 'var/lib/portage/world_sets'), 'utf8')).toBe('@greeting\n@household\n')
    await checkOddFiles(root)
    await rm(root, { recursive: true, force: true })
  })

  test.runIf(name === 'root')('the example of docs/configuration.md: checked, explained, built', async () => {
    await buildExample(person)
  })
})

/** Owners, setuid bit, capability, hard link, ACL and odd names of the miniature's test package. */
async function checkOddFiles(root: string): Promise<void> {
  const contents = await readFile(join(root, 'var/db/pkg/sys-apps/oddfiles-1.0/CONTENTS'), 'utf8')
  const files = contents.split('\n').flatMap((line) => /^obj (.+) [0-9a-f]{32} \d+$/.exec(line)?.[1] ?? [])
  const { stdout } = await run(['stat', '-c', '%a %u:%g %h', ...files.map((file) => join(root, file))])
  const modes = stdout.trim().split('\n')
  expect(modes.length).toBe(files.length)
  expect(modes.some((line) => /^4\d{3} 0:0/.test(line))).toBe(true)
  expect(modes.some((line) => line.endsWith(' 2'))).toBe(true)
  const caps = await run(['getcap', '-r', join(root, 'usr')])
  expect(caps.stdout).toMatch(/cap_net_(raw|bind_service)/)
  expect(files.some((file) => file.includes(' '))).toBe(true)
}

test.runIf(isRoot)("both people's tarballs are equal", () => {
  for (const machine of MACHINES) expect(tarballs[machine]?.['user']).toBe(tarballs[machine]?.['root'])
})

describe('the configuration', () => configuration(() => people[0] ?? expect.unreachable('nobody came')))

describe('init', () => starter(() => people.at(-1) ?? expect.unreachable('nobody came')))

describe('what goes wrong is said', () => {
  const first = () => people[0] ?? expect.unreachable('nobody came')

  test('a program that does not compile: package, phase, last lines, log, and a shell where it failed', async () => {
    const person = first()
    const config = join(person.demo, 'config')
    await writeFile(join(config, 'package.sets', 'broken'), 'app-misc/brokenbuild\n')
    for (const [file, text] of [
      ['stage3.defines/broken/cpu', 'generic'],
      ['stage3.defines/broken/packages', 'broken'],
      ['stage4.defines/broken/stage3', 'broken'],
      ['stage4.defines/broken/profile', 'demo'],
    ] as const) {
      await mkdir(join(config, file, '..'), { recursive: true })
      await writeFile(join(config, file), `${text}\n`)
    }
    try {
      const failed = await person.gentoomuch(['stage', 'build', 'broken', ...person.flags], [1])
      expect(failed.stderr).toContain('app-misc/brokenbuild-1.0 failed in its compile phase')
      expect(failed.stderr).toMatch(/error:/)
      expect(failed.stderr).toMatch(/log +\/.*app-misc:brokenbuild-1\.0:.*\.log/)
      const container =
        /freshroot --failed ([0-9a-f]+)/.exec(failed.stderr)?.[1] ?? expect.unreachable('no shell was named')
      const shell = await person.gentoomuch([
        'freshroot',
        '--failed',
        container,
        ...person.flags,
        '-q',
        '--',
        'ls',
        '/var/tmp/portage/app-misc',
      ])
      expect(shell.stdout).toContain('brokenbuild-1.0')
    } finally {
      for (const path of ['package.sets/broken', 'stage3.defines/broken', 'stage4.defines/broken'])
        await rm(join(config, path), { recursive: true })
    }
  })

  test.each([
    [['stage', 'build', 'porhc'], 2, 'There is no stage4 definition named porhc; there are porch, workshop.'],
    [['freshroot', 'porhc', '--', 'true'], 2, 'There is no stage4 definition named porhc; there are porch, workshop.'],
    [['profile', 'set', 'dmeo'], 2, 'There is no profile named dmeo.'],
    [['pipelin'], 2, "unknown command 'pipelin'"],
    [['freshroot', '--failed', 'nosuch', '--', 'true'], 2, 'No failed container nosuch is kept here'],
    [['freshroot', 'porch'], 2, 'A shell wants a terminal, and there is none.'],
    [['freshroot', 'porch', 'touch', '/x'], 2, 'freshroot takes one stage4; found also touch /x.'],
    [['doctor', '--dry-run'], 2, "unknown option '--dry-run'"],
    [['bootstrap'], 2, 'bootstrap wants a name for the profile.'],
    [['bootstrap', 'p'], 2, 'bootstrap wants a stage3.'],
    [['bootstrap', '../p', 'x'], 2, "A profile's name holds letters, digits"],
    [['bootstrap', 'p', '-'], 2, 'A stage3 from standard input needs its signature.'],
    [['bootstrap', 'p', 'stage3.tar.xz', '--latest', 'openrc'], 2, 'and the latest openrc too'],
    [['profile', 'rm', 'demo'], 2, 'would have no profile without demo'],
    [['profile', 'update', 'dmeo'], 2, 'There is no profile named dmeo.'],
    [['sync', 'gento'], 2, 'No repos.conf names a repository gento; there are gentoo.'],
    [['sync', '--to', 'yesterday'], 2, 'yesterday'],
    [['sync', '--list', '--to', '2026-01-01'], 2, 'cannot be used with'],
    [['clean'], 2, 'Nobody is here to be asked whether things may go.'],
    [['clean', '--yes', '--older', '3m'], 2, 'An age such as 12h, 30d or 2w was wanted; found "3m".'],
    [['clean', '--yes', '--keep', '0'], 2, 'A number from 1 to 9999 was wanted for --keep'],
    [['news', '2026-13-99-nothing'], 2, 'No news item or advisory 2026-13-99-nothing concerns a machine.'],
  ])('%j', async (args, status, message) => {
    const person = first()
    const dashes = args.includes('--') ? args.indexOf('--') : args.length
    const call = [...args.slice(0, dashes), ...person.flags, ...args.slice(dashes)]
    const { stderr } = await person.gentoomuch(call, [status])
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test.each([
    [['help', 'stage', 'build'], 0, 'Usage: gentoomuch stage build [options] <stage4>'],
    [['help', 'stage', 'build', 'porch'], 0, 'Usage: gentoomuch stage build [options] <stage4>'],
    [['help', 'stage'], 0, 'Usage: gentoomuch stage [options] [command]'],
    [['help', 'stage', 'bild'], 2, "unknown command 'bild'"],
    [['help', 'nonsense'], 2, "unknown command 'nonsense'"],
    [['sync', '--data', ''], 2, 'A path was wanted for --data; found an empty word.'],
  ])('%j', async (args, status, message) => {
    const { stdout, stderr } = await first().gentoomuch(args, [status])
    expect(stdout + stderr).toContain(message)
  })

  test('a service that the root has not: its line, and what could be meant', async () => {
    const person = first()
    const services = join(person.demo, 'config/stage4.defines/workshop/services')
    const before = await readFile(services)
    await writeFile(services, 'hostname boot\ngreted\n')
    try {
      const failed = await person.gentoomuch(['stage', 'build', 'workshop', ...person.flags], [1])
      expect(failed.stderr).toContain('stage4.defines/workshop/services:2: a service of the root was wanted')
      expect(failed.stderr).toContain('Did you mean greetd?')
      const steps = (await person.events('stage-build')).filter((event) => event.type === 'step-done')
      expect(steps.find((event) => event.id === 'root:demo/workshop')?.how).toBe('have')
    } finally {
      await writeFile(services, before)
      await person.gentoomuch(['stage', 'build', 'workshop', ...person.flags])
    }
  })

  test('a kernel is refused before any work starts', async () => {
    const person = first()
    const config = join(person.demo, 'config')
    const kconf = join(config, 'stage4.defines/porch/kconf')
    await writeFile(kconf, 'tiny\n')
    await mkdir(join(config, 'kernel.configs'), { recursive: true })
    await writeFile(join(config, 'kernel.configs/tiny.kconf'), 'CONFIG_64BIT=y\n')
    try {
      const { stderr } = await person.gentoomuch(['stage', 'build', 'porch', ...person.flags], [2])
      expect(stderr).toContain('Kernels are not built by this version yet; found stage4.defines/porch/kconf.')
    } finally {
      await rm(kconf)
      await rm(join(config, 'kernel.configs/tiny.kconf'))
    }
  })

  test('no signing key is said before any work starts', async () => {
    const person = first()
    const key = join(person.demo, 'config', 'env', 'sign.key')
    const before = await readFile(key)
    await rm(key)
    try {
      const { stderr } = await person.gentoomuch(['pipeline', ...person.flags], [2])
      expect(stderr).toContain('No signing key is set')
      expect(stderr).toContain('--unsigned')
      const built = await person.gentoomuch(['stage', 'build', 'porch', '--unsigned', '--json', ...person.flags])
      const { built: stages } = JSON.parse(built.stdout) as { built: { folder: string }[] }
      expect(stages[0]?.folder).toMatch(/-unsigned$/)
      expect(built.stderr).toBe('')
    } finally {
      await writeFile(key, before)
      await person.gentoomuch(['pipeline', ...person.flags])
    }
  })

  test('a stage3 whose bytes are not what was signed is refused, and nothing is left', async () => {
    const person = first()
    const lock = join(person.demo, 'config', 'gentoomuch.lock')
    const before = await readFile(lock, 'utf8')
    const releases = join(person.demo, 'miniature')
    const { stdout } = await run(['find', releases, '-name', 'stage3-*.tar.xz'])
    const stage3 = stdout.trim()
    const forged = join(person.home, 'forged')
    await person.shell([
      'bash',
      '-c',
      'mkdir "$2" && cp "$1" "$1".asc "$2" && printf x >> "$2/${1##*/}"',
      'bash',
      stage3,
      forged,
    ])
    const { stderr } = await person.gentoomuch(
      ['bootstrap', 'forged', join(forged, stage3.split('/').at(-1) ?? ''), ...person.flags],
      [3],
    )
    expect(stderr).toMatch(/signature/)
    expect(await readFile(lock, 'utf8')).toBe(before)
    expect((await person.gentoomuch(['profile', 'ls', ...person.flags])).stdout).not.toContain('forged')
  })
})

describe('what comes in', () => {
  const last = () => people.at(-1) ?? expect.unreachable('nobody came')
  const first = () => people[0] ?? expect.unreachable('nobody came')
  describe('a tree that moves', () => moves(first))
  describe('the latest stage3', () => latest(last))
  describe('forgeries', () => forgeries(first))
  describe('repositories', () => kinds(last))
  describe('killed', () => killed(last))
})

describe('killed where something is published', () => kills(() => people.at(-1) ?? expect.unreachable('nobody came')))

describe('interrupted', () => interruptions(() => people.at(-1) ?? expect.unreachable('nobody came')))

describe('two at a time', () => turns(() => people.at(-1) ?? expect.unreachable('nobody came')))

describe('damaged', () => damaged(() => people[0] ?? expect.unreachable('nobody came')))

describe('cleaned', () => cleaning(() => people.at(-1) ?? expect.unreachable('nobody came')))

describe('compiled again', () => rebuilds(() => people[0] ?? expect.unreachable('nobody came')))
