/** A repository in git: fetched into the mirror one commit deep. */
import { copyFile, stat, utimes } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { exists } from '../system/files.ts'
import type { GitSetting } from '../system/git.ts'
import { masked } from '../system/http-error.ts'
import { run } from '../system/process.ts'
import { pathOf } from './mirrors.ts'
import { ask, FETCHED, withIncoming } from './repository-mirror.ts'
import { isGitRepository, type RepositorySource } from './repository-source.ts'

/** What git takes for where to fetch from. */
export function gitAddress(uri: string): string {
  return /^[a-z+]+:/i.test(uri) || isScp(uri) ? uri : resolve(uri)
}

/** git's short form of an ssh address, `host:path`. */
function isScp(uri: string): boolean {
  return /^[^/]+:/.test(uri)
}

/** A small fetch too is a pack: loose objects are many files. */
const PACKED = ['-c', 'fetch.unpackLimit=1'] as const
const PLAINLY = ['--quiet', '--no-tags', '--force', '--no-recurse-submodules', '--no-write-fetch-head'] as const

/**
 * Fetches `HEAD` or a commit id: one commit deep where the other side can; a plain web server, which cannot, gives all of
 * the history.
 * @throws UserError `repository-fetch`, `no-git-repository`
 */
export async function fetchGit(
  git: GitSetting,
  source: RepositorySource,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    try {
      await fetchInto(git, source, what, ['--depth=1'], signal)
    } catch (error) {
      if (!(error instanceof UserError) || !/shallow/.test(error.message)) throw error
      await fetchInto(git, source, what, [], signal)
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'command-failed') throw error
    const path = pathOf(source.uri)
    if (path !== undefined && (await exists(path)) && !(await isGitRepository(path))) throw noGitRepository(source)
    const wanted = what === 'HEAD' ? '' : ` at revision ${what}`
    const message = `The repository ${source.name} could not be fetched from ${masked(source.uri)}${wanted}.`
    throw new UserError('repository-fetch', message, {
      hint:
        what === 'HEAD'
          ? 'see whether the address is right and can be reached'
          : 'gentoomuch sync moves to the newest revision',
      cause: maskedFailure(error),
      exit: 1,
    })
  }
}

function noGitRepository({ name, uri }: RepositorySource): UserError {
  const message = `The repository ${name} is to come from git, and ${masked(uri)} is no git repository.`
  return new UserError('no-git-repository', message, {
    hint: `name one in env/repositories/${name}; without sync-type in the [${name}] section of repos.conf a plain folder will do`,
  })
}

/** git's last words may hold the address with its password. */
export function maskedFailure({ code, message, exit }: UserError): UserError {
  return new UserError(code, message.split('\n').map(masked).join('\n'), { exit })
}

/** One `git fetch` into `FETCHED`. */
export async function fetchInto(
  git: GitSetting,
  { uri }: RepositorySource,
  what: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await ask(git, [...PACKED, 'fetch', ...PLAINLY, ...options, '--', gitAddress(uri), `${what}:${FETCHED}`], signal)
}

/**
 * Whether a local repository's working tree differs from a commit that the mirror has, files that nobody added included.
 * Nothing of that repository's configuration is used: it could name programs. False where there is no working tree.
 */
export async function isDirty(
  git: GitSetting,
  gitDir: string,
  { uri }: RepositorySource,
  revision: string,
  signal: AbortSignal,
): Promise<boolean> {
  const path = pathOf(uri)
  if (path === undefined || !(await exists(join(path, '.git')))) return false
  const asked = await run(['git', '-C', path, 'rev-parse', '--path-format=absolute', '--git-path', 'index'], {
    env: { ...git.env, GIT_CEILING_DIRECTORIES: join(path, '..') },
    accept: [0, 128],
    signal,
  })
  const theirs = asked.stdout.trimEnd()
  if (asked.status !== 0 || !(await exists(theirs))) return false
  return await withIncoming(gitDir, async (folder) => {
    const index = join(folder, 'index')
    await copyFile(theirs, index)
    // Files not older than the index are compared by content; rounded down, more of them are.
    const written = Math.floor((await stat(theirs)).mtimeMs / 1000)
    await utimes(index, written, written)
    const env = { ...git.env, GIT_INDEX_FILE: index, GIT_WORK_TREE: path }
    const ours = async (args: readonly string[]) =>
      await run([...git.argv, ...args], { cwd: path, env, accept: [0, 1, 128], signal, purpose: 'to look for changes' })
    await ours(['update-index', '-q', '--refresh'])
    const tracked = await ours(['diff-index', '--quiet', revision, '--'])
    // A split index cannot be read from here; then there is nothing to say.
    if (tracked.status !== 0) return tracked.status === 1
    const untracked = await ours(['ls-files', '--others', '--exclude-standard', '--directory', '--no-empty-directory'])
    return untracked.stdout !== ''
  })
}
