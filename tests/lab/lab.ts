/**
 * Machines of tiny packages for tests and benches, beside those of a demo: a repository `lab` of their own, so that the
 * demo's builder and machines stay as they are, and a piece that brings it in.
 */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gitSetting } from '../../src/system/git.ts'
import { run } from '../../src/system/process.ts'
import { configurationFiles, machineName } from './machines.ts'
import { fillers, repositoryFiles } from './overlay.ts'

export interface LabPlace {
  /** Absolute path of the demo's configuration. */
  readonly config: string
  /** Where the repository comes to stand: an absolute path, nothing there yet. */
  readonly overlay: string
  /** The bootstrapped profile that machines are built on; `demo` unless told. */
  readonly profile?: string
}

export interface LabOptions {
  /** Packages of the lab that each machine gets; 25 with the miniature's @system make a root of 40. */
  readonly packages?: number
  /** Machines `lab-1` … `lab-N`, which share nine tenths of their packages. */
  readonly machines?: number
  /** How many packages of each are its own, where not a tenth. */
  readonly own?: number
  /** With the small @system of `lab:small`, which is assembled sooner. */
  readonly small?: boolean
}

/** path → text; undefined for what is to go. */
export type Changes = Readonly<Record<string, string | { readonly link: string } | undefined>>

/** Long before the miniature's own time: so the time of a root is the same whatever the lab's repository is at. */
const EPOCH = Date.UTC(2025, 0, 1) / 1000

export class Lab {
  readonly config: string
  readonly overlay: string
  readonly profile: string
  readonly machines: readonly string[]

  private constructor(place: LabPlace, machines: number) {
    this.config = place.config
    this.overlay = place.overlay
    this.profile = place.profile ?? 'demo'
    this.machines = Array.from({ length: machines }, (_, index) => machineName(index))
  }

  /** Writes everything; `sync lab` is the caller's. Files belong to whom the configuration belongs to. */
  static async write(place: LabPlace, options: LabOptions = {}): Promise<Lab> {
    const { packages = 25, machines = 1, small = false } = options
    const lab = new Lab(place, machines)
    const names = fillers(packages, machines, options.own)
    await lab.commit('The lab begins', repositoryFiles(names))
    await lab.configure(configurationFiles(names, { overlay: lab.overlay, profile: lab.profile, small }))
    return lab
  }

  /** A commit of the repository with these files changed; gives its id. Equal contents on equal parents are equal commits. */
  async commit(message: string, changes: Changes): Promise<string> {
    await put(this.overlay, changes)
    await this.git('init', '--quiet', '--initial-branch=master')
    await this.git('add', '--all', '--force', '.')
    await this.git('commit', '--quiet', '--allow-empty', '--message', message)
    const id = await this.git('rev-parse', 'HEAD')
    await this.own(this.overlay)
    return id
  }

  /** Files of the configuration. */
  async configure(changes: Changes): Promise<void> {
    await put(this.config, changes)
    await this.own(this.config)
  }

  private async git(...args: readonly string[]): Promise<string> {
    const { argv, env } = gitSetting(join(this.overlay, '.git'))
    const who = { NAME: 'Lab', EMAIL: 'lab@lab.invalid', DATE: `@${EPOCH} +0000` }
    const people = Object.entries(who).flatMap(([name, value]) =>
      ['AUTHOR', 'COMMITTER'].map((role) => [`GIT_${role}_${name}`, value]),
    )
    const options = ['--work-tree', this.overlay, '-c', 'commit.gpgSign=false']
    const ran = await run([...argv, ...options, ...args], {
      cwd: this.overlay,
      env: { ...env, ...Object.fromEntries(people) },
    })
    return ran.stdout.trim()
  }

  /** A test may be root, and works in the name of the person whose configuration it is. */
  private async own(path: string): Promise<void> {
    if (process.getuid?.() === 0) await run(['chown', '-R', '-h', '--reference', join(this.config, 'env'), path])
  }
}

async function put(folder: string, changes: Changes): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [path, text] of Object.entries(changes)) {
    const file = join(folder, path)
    await rm(file, { recursive: true, force: true })
    if (text === undefined) continue
    await mkdir(dirname(file), { recursive: true })
    await (typeof text === 'string' ? writeFile(file, text) : symlink(text.link, file))
  }
}
