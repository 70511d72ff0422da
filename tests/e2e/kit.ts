/** What the end-to-end tests stand on: real people (root, an ordinary user) with a clone of their own, calling the launcher. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { spawn, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../src/system/project.ts'
import { run, type Ran } from '../../src/system/process.ts'

/** How a machine reaches package registries: what its administrator set, and nothing that changes what is built. */
const WAY_OUT = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'PIP_CERT',
]

export const isRoot = process.getuid?.() === 0

/** Whatever a folder is called, all of it works. */
const ODD_NAME = `a "demo" of $one's`

export class Person {
  readonly name: string
  /** A new folder that is all this person's: clone, caches, demo. */
  readonly home: string
  readonly demo: string
  /** The data directory that is meant: the demo's. */
  readonly data: string
  private readonly asUser: boolean

  private constructor(name: string, home: string, asUser: boolean, demo: string, data = join(demo, 'data')) {
    this.name = name
    this.home = home
    this.demo = demo
    this.data = data
    this.asUser = asUser
  }

  /** Somebody new, with a fresh clone of this working tree. */
  static async newcomer(name: 'root' | 'user'): Promise<Person> {
    const home = await mkdtemp(join(process.env['GENTOOMUCH_E2E_DIR'] ?? tmpdir(), `gentoomuch-e2e-${name}-`))
    const person = new Person(name, home, isRoot && name === 'user', join(home, ODD_NAME))
    if (person.asUser) {
      await run(['bash', join(projectRoot(), 'tests/as-user.sh'), 'true'])
      await run(['chown', 'gentoomuch-test', home])
    }
    await person.clone()
    return person
  }

  /** Somebody whose home stands already, with `gentoomuch` (this checkout, or a link to it) and a `demo` in it; both stay. */
  static returning(home: string): Person {
    return new Person('somebody', home, false, join(home, 'demo'))
  }

  /** The same person with another data directory. */
  with(data: string): Person {
    return new Person(this.name, this.home, this.asUser, this.demo, data)
  }

  get checkout(): string {
    return join(this.home, 'gentoomuch')
  }

  /** The flags that point a command at the demo. */
  get flags(): string[] {
    return ['--config', join(this.demo, 'config'), '--data', this.data]
  }

  async gentoomuch(args: readonly string[], accept: readonly number[] = [0]): Promise<Ran> {
    const ran = await this.shell([join(this.checkout, 'gentoomuch'), ...args], accept)
    // What node finds odd is a fault of ours, and none of a user's words.
    if (/^\(node:\d+\)/m.test(ran.stderr)) throw new Error(ran.stderr)
    return ran
  }

  /** A command in a throw-away copy of a machine's finished root. */
  inFinished(machine: string, argv: readonly string[], accept: readonly number[] = [0]): Promise<Ran> {
    return this.gentoomuch(['freshroot', '--finished', machine, ...this.flags, '-q', '--', ...argv], accept)
  }

  shell(argv: readonly [string, ...string[]], accept: readonly number[] = [0]): Promise<Ran> {
    return run(this.argv(argv), { env: this.env(), accept, cwd: this.home })
  }

  /** Starts a command in a process group of its own, for signals. The launcher becomes node: its id is the program's. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const [file, ...rest] = this.argv([join(this.checkout, 'gentoomuch'), ...args], env)
    return spawn(file, rest, {
      cwd: this.home,
      env: { ...process.env, ...this.env(), ...env },
      stdio: ['ignore', 'ignore', 'ignore'],
      detached: true,
    })
  }

  /** Events of the newest run of a command. */
  async events(command: string): Promise<{ type: string; id?: string; text?: string; line?: string; how?: string }[]> {
    const logs = await this.newestRun(command)
    if (logs === undefined) throw new Error(`no run of ${command} in ${this.data}`)
    const text = await readFile(join(logs, 'events.jsonl'), 'utf8')
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string })
  }

  /** The log folder of the newest run of a command, as logs name it (`stage-build`, `pipeline-dry-run`). */
  async newestRun(command: string): Promise<string | undefined> {
    const logs = join(this.data, 'logs')
    const named = new RegExp(`^\\d{8}T\\d{6}Z-${command}(-\\d+)?$`)
    const name = (await readdir(logs))
      .filter((one) => named.test(one))
      .toSorted()
      .at(-1)
    return name === undefined ? undefined : join(logs, name)
  }

  /** The newest published folder of a machine, with its tarball. */
  async published(machine: string): Promise<{ folder: string; tarball: string }> {
    const folder = join(this.data, 'stages', machine, 'latest')
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tar.zst'))
    if (tarball === undefined) throw new Error(`no tarball in ${folder}`)
    return { folder, tarball: join(folder, tarball) }
  }

  async leave(): Promise<void> {
    if (process.env['GENTOOMUCH_E2E_KEEP'] !== undefined) return
    await rm(this.home, { recursive: true, force: true })
  }

  private env(): Record<string, string> {
    const way = Object.fromEntries(
      WAY_OUT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    )
    return { ...way, HOME: this.home, XDG_CACHE_HOME: join(this.home, 'cache') }
  }

  private argv(
    argv: readonly [string, ...string[]],
    env: Readonly<Record<string, string>> = {},
  ): [string, ...string[]] {
    if (!this.asUser) return [...argv]
    const settings = Object.entries({ ...this.env(), ...env }).map(([name, value]) => `${name}=${value}`)
    return ['bash', join(projectRoot(), 'tests/as-user.sh'), ...settings, ...argv]
  }

  /** Tracked files and new ones that git does not ignore, as they are now; what a clone would have once they are committed. */
  private async clone(): Promise<void> {
    await mkdir(this.checkout)
    const listed = await run([
      'git',
      '-C',
      projectRoot(),
      '-c',
      'safe.directory=*',
      'ls-files',
      '-z',
      '--cached',
      '--others',
      '--exclude-standard',
    ])
    const names = [...new Set(listed.stdout.split('\0'))].filter((name) => name !== '')
    await run(
      ['tar', '-C', projectRoot(), '--null', '--ignore-failed-read', '-cf', join(this.home, 'clone.tar'), '-T', '-'],
      { input: names.join('\0'), accept: [0, 1] },
    )
    await run(['tar', '-C', this.checkout, '--no-same-owner', '-xf', join(this.home, 'clone.tar')])
    await rm(join(this.home, 'clone.tar'))
    if (this.asUser) await run(['chown', '-R', 'gentoomuch-test', this.home])
  }
}

export function seconds(since: number): number {
  return (performance.now() - since) / 1000
}
