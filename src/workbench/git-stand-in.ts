/** A git folder that knows what a repository's own knows, and runs nothing that the repository brings. */
import { copyFile, lstat, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isMissing } from '../system/files.ts'
import { run, type Ran } from '../system/process.ts'

export interface Repository {
  readonly gitDir: string
  readonly top: string
  /** What all worktrees of it share. */
  readonly common: string
  /** From the top to the folder that was asked for: empty, or with a slash at its end. */
  readonly prefix: string
}

/** Undefined where there is none. */
export async function repositoryAt(path: string, signal: AbortSignal): Promise<Repository | 'not ours' | undefined> {
  const wanted = ['--absolute-git-dir', '--show-toplevel', '--git-common-dir', '--show-prefix']
  const { status, stdout, stderr } = await git(['-C', path, 'rev-parse', ...wanted], signal)
  if (stderr.includes('dubious ownership')) return 'not ours'
  if (status !== 0) return undefined
  const [gitDir = '', top = '', common = '', prefix = ''] = stdout.split('\n')
  return { gitDir, top, common: resolve(path, common), prefix }
}

/** In a folder of its own; `remove` ends it. */
export class StandIn {
  private readonly words: readonly string[]
  private readonly own: string
  private readonly signal: AbortSignal

  private constructor(own: string, words: readonly string[], signal: AbortSignal) {
    this.own = own
    this.words = words
    this.signal = signal
  }

  /** @param path of a folder of the repository: the one that its git works in */
  static async for(repository: Repository, path: string, signal: AbortSignal): Promise<StandIn> {
    const own = await mkdtemp(join(tmpdir(), 'gm-state-'))
    const standIn = new StandIn(own, [`--git-dir=${own}`, `--work-tree=${repository.top}`, '-C', path], signal)
    try {
      await fill(own, repository, path, signal)
      return standIn
    } catch (error) {
      await standIn.remove()
      throw error
    }
  }

  /** What git says on its standard output. */
  async git(words: readonly string[]): Promise<string> {
    return (await git([...this.words, ...words], this.signal)).stdout
  }

  remove(): Promise<void> {
    return rm(this.own, { recursive: true, force: true })
  }
}

/** What git compares with and how: the commit, the index, what is ignored, what the file system can. */
async function fill(own: string, { gitDir, common }: Repository, path: string, signal: AbortSignal): Promise<void> {
  await mkdir(join(own, 'objects', 'info'), { recursive: true })
  await Promise.all([mkdir(join(own, 'refs')), mkdir(join(own, 'info'))])
  const [head, format, settings] = await Promise.all([
    git(['-C', path, 'rev-parse', '--verify', '--quiet', 'HEAD'], signal),
    git(['-C', path, 'rev-parse', '--show-object-format'], signal),
    git(['-C', path, 'config', '--type=bool', '--get-regexp', '^core\\.(filemode|symlinks|ignorecase)$'], signal),
  ])
  await writeFile(join(own, 'config'), configOf(format.stdout.trim(), settings.stdout))
  await writeFile(join(own, 'HEAD'), head.status === 0 ? head.stdout : 'ref: refs/heads/none\n')
  await writeFile(join(own, 'objects', 'info', 'alternates'), `${join(common, 'objects')}\n`)
  await copyIfFile(join(gitDir, 'index'), join(own, 'index'))
  await copyIfFile(join(common, 'info', 'exclude'), join(own, 'info', 'exclude'))
}

/** @param settings lines `core.NAME true`, as git itself has understood them */
function configOf(format: string, settings: string): string {
  const core = [...settings.matchAll(/^core\.([a-z]+) (true|false)$/gm)].map(
    ([, name, value]) => `\t${name} = ${value}\n`,
  )
  const isSha256 = format === 'sha256'
  return [
    `[core]\n\trepositoryformatversion = ${isSha256 ? 1 : 0}\n\tbare = false\n`,
    ...core,
    ...(isSha256 ? ['[extensions]\n\tobjectFormat = sha256\n'] : []),
  ].join('')
}

/**
 * With its time, in whole seconds: git looks into files that are as young as the index, for their size and time may be those
 * that it knows though they were changed since (git's technical/racy-git).
 */
async function copyIfFile(from: string, to: string): Promise<void> {
  try {
    const info = await lstat(from)
    if (!info.isFile()) return
    await copyFile(from, to)
    const seconds = Math.floor(info.mtimeMs / 1000)
    await utimes(to, seconds, seconds)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

function git(words: readonly string[], signal: AbortSignal): Promise<Ran> {
  const env = { GIT_OPTIONAL_LOCKS: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  const quiet = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']
  return run(['git', ...quiet, ...words], { env, accept: [0, 1, 128], signal })
}
