/**
 * Whether what is built from a configuration directory can be told later: it stands in git, and all of it is committed.
 *
 * git runs with a folder of its own in place of the `.git` there: what that one's configuration would run (filters,
 * monitors, hooks) does not run because somebody asked for a check. Files behind a filter count as changed then.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { problem, type Problem } from '../config/problem.ts'
import { UserError } from '../errors.ts'
import { isMissing } from '../system/files.ts'
import { run, type Ran } from '../system/process.ts'

const SHOWN = 3

export async function gitState(path: string, signal: AbortSignal): Promise<Problem[]> {
  try {
    const asked = await git(
      ['-C', path, 'rev-parse', '--absolute-git-dir', '--show-toplevel', '--git-common-dir'],
      signal,
    )
    // Somebody else's repository is none that git would tell about.
    if (asked.stderr.includes('dubious ownership')) return []
    if (asked.status !== 0) return [problem('no-git', { file: '.' }, { path })]
    const [gitDir = '', top = '', common = ''] = asked.stdout.split('\n')
    const files = await changedFiles({ gitDir, top, objects: join(absolute(common, path), 'objects') }, path, signal)
    return files.length === 0 ? [] : [uncommitted(files, path)]
  } catch (error) {
    // Without git on this host there is nothing to say.
    if (error instanceof UserError && error.code === 'missing-program') return []
    throw error
  }
}

interface Repository {
  readonly gitDir: string
  readonly top: string
  readonly objects: string
}

async function changedFiles(
  { gitDir, top, objects }: Repository,
  path: string,
  signal: AbortSignal,
): Promise<string[]> {
  const own = await mkdtemp(join(tmpdir(), 'gm-state-'))
  try {
    await mkdir(join(own, 'objects', 'info'), { recursive: true })
    await mkdir(join(own, 'refs'))
    const [head, format] = await Promise.all([
      git(['-C', path, 'rev-parse', '--verify', '--quiet', 'HEAD'], signal),
      git(['-C', path, 'rev-parse', '--show-object-format'], signal),
    ])
    const sha256 = format.stdout.trim() === 'sha256'
    await writeFile(
      join(own, 'config'),
      `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tbare = false\n${sha256 ? '[extensions]\n\tobjectFormat = sha256\n' : ''}`,
    )
    await writeFile(join(own, 'HEAD'), head.status === 0 ? head.stdout : 'ref: refs/heads/none\n')
    await writeFile(join(own, 'objects', 'info', 'alternates'), `${objects}\n`)
    await copyFile(join(gitDir, 'index'), join(own, 'index')).catch((error: unknown) => {
      if (!isMissing(error)) throw error
    })
    const places = [`--git-dir=${own}`, `--work-tree=${top}`]
    const { stdout } = await git(
      [...places, '-C', path, 'status', '--porcelain', '-z', '--ignore-submodules=all', '--', '.'],
      signal,
    )
    return changedIn(stdout)
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

function git(words: readonly string[], signal: AbortSignal): Promise<Ran> {
  const env = { GIT_OPTIONAL_LOCKS: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  const quiet = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']
  return run(['git', ...quiet, ...words], { env, accept: [0, 1, 128], signal })
}

function uncommitted(files: readonly string[], path: string): Problem {
  const named = files.slice(0, SHOWN).join(', ')
  return problem(
    'uncommitted',
    { file: '.' },
    {
      count: files.length === 1 ? 'one change' : `${files.length} changes`,
      files: files.length > SHOWN ? `${named} and ${files.length - SHOWN} more` : named,
      path,
    },
  )
}

/** `XY PATH`, of a rename followed by the old path as an entry of its own (git-status(1), porcelain v1 with -z). */
function changedIn(status: string): string[] {
  const entries = status.split('\0').filter((entry) => entry !== '')
  const files: string[] = []
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] ?? ''
    files.push(entry.slice(3))
    if (entry.startsWith('R') || entry.startsWith('C')) index++
  }
  return files
}

function absolute(path: string, from: string): string {
  return path.startsWith('/') ? path : join(from, path)
}
