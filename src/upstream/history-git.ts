/**
 * Which commit of a repository in git was its head at a time. Looked up in a throw-away repository that gets commits only
 * (where the other side can leave out files), so that the mirror stays as small as it was.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { withGit, type GitSetting } from '../system/git.ts'
import { masked } from '../system/http-error.ts'
import { run } from '../system/process.ts'
import { gitAddress, maskedFailure } from './repository-git.ts'
import { ask, withIncoming } from './repository-mirror.ts'
import type { RepositorySource } from './repository-source.ts'

export interface HistoryEntry {
  readonly id: string
  /** Committer time, epoch seconds. */
  readonly time: number
  readonly signed: boolean
}

export interface HistoryOptions {
  /** The mirror: its disk is where the history lies for the moment. */
  readonly gitDir: string
  readonly signal: AbortSignal
}

/** Commits along the first parents, the newest first: what the branch was, not what was merged into it. */
export interface Line {
  /** Those not later than asked, a few hundred. */
  readonly until: readonly HistoryEntry[]
  /** The first commit there is, for errors. */
  readonly oldest: HistoryEntry | undefined
}

const HEAD = 'refs/history/head'

/** Commits that are looked through for a signed one. */
const MOST = 300

/** Clocks of committers, and weeks without a commit: how much before the time history is asked for first. */
const MARGIN = 14 * 86_400

/**
 * History is fetched as far back as it takes: to the first commit not later than asked, and, where signatures are demanded,
 * to one that is signed.
 * @param until epoch seconds
 */
export async function lineUntil(source: RepositorySource, until: number, options: HistoryOptions): Promise<Line> {
  return await withHistory(source, options, async (deepen, git) => {
    const look = () => entries(git, [`--min-age=${until}`, `--max-count=${MOST}`], options.signal)
    let found: readonly HistoryEntry[] = []
    for (const depth of ['--depth=1', `--shallow-since=@${Math.max(1, until - MARGIN)} +0000`, '--unshallow']) {
      await deepen(depth)
      found = await look()
      if (found.some(({ signed }) => signed || !source.verify)) return { until: found, oldest: undefined }
    }
    return { until: found, oldest: (await entries(git, ['--max-parents=0', '--max-count=1'], options.signal))[0] }
  })
}

/**
 * The ids of commits that begin so, among all that the branch came from.
 * @param prefix hex digits
 */
export async function idsOf(source: RepositorySource, prefix: string, options: HistoryOptions): Promise<string[]> {
  return await withHistory(source, options, async (deepen, git) => {
    await deepen('--depth=1')
    await deepen('--unshallow')
    const listed = await ask(git, ['rev-list', HEAD], options.signal)
    return listed.split('\n').filter((id) => id.startsWith(prefix))
  })
}

async function withHistory<T>(
  source: RepositorySource,
  { gitDir, signal }: HistoryOptions,
  work: (deepen: (depth: string) => Promise<void>, git: GitSetting) => Promise<T>,
): Promise<T> {
  return await withIncoming(gitDir, async (folder) => {
    const history = join(folder, 'history.git')
    await mkdir(history)
    return await withGit(history, async (git) => {
      await ask(git, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main'], signal)
      // A filter needs a remote with a name.
      await ask(git, ['config', 'remote.origin.url', gitAddress(source.uri)], signal)
      return await work((depth) => fetchHistory(git, source, depth, signal), git)
    })
  })
}

async function fetchHistory(
  git: GitSetting,
  { name, uri }: RepositorySource,
  depth: string,
  signal: AbortSignal,
): Promise<void> {
  if (depth === '--unshallow' && (await ask(git, ['rev-parse', '--is-shallow-repository'], signal)).trim() === 'false')
    return
  const fetch = ['fetch', '--quiet', '--no-tags', '--force', '--no-recurse-submodules', '--no-write-fetch-head']
  const into = ['origin', `HEAD:${HEAD}`]
  const fetchBy = (options: readonly string[]) => ask(git, [...fetch, ...options, ...into], signal)
  try {
    try {
      await fetchBy([depth, '--filter=tree:0'])
    } catch (error) {
      if (!(error instanceof UserError) || !/shallow/.test(error.message)) throw error
      // Nothing is that new; or a plain web server, which gives all of it at once.
      if (!/no commits selected/.test(error.message)) await fetchBy([])
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'command-failed') throw error
    throw new UserError('repository-fetch', `The history of ${name} could not be fetched from ${masked(uri)}.`, {
      hint: 'see whether the address is right and can be reached',
      cause: maskedFailure(error),
      exit: 1,
    })
  }
}

async function entries(git: GitSetting, options: readonly string[], signal: AbortSignal): Promise<HistoryEntry[]> {
  const argv = [...git.argv, 'rev-list', '--first-parent', '--header', ...options, HEAD] as const
  const listed = await run(argv, { env: git.env, signal, purpose: 'to read the history of a repository' })
  return listed.stdout.split('\0').flatMap((record) => {
    const header = record.slice(0, record.indexOf('\n\n') + 1).trimStart()
    const id = /^[0-9a-f]{40}$/m.exec(header)?.[0]
    const time = /^committer .*> (\d+) [+-]\d{4}$/m.exec(header)?.[1]
    return id === undefined || time === undefined ? [] : [{ id, time: Number(time), signed: /^gpgsig /m.test(header) }]
  })
}
