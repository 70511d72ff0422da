/**
 * Whether what is built from a configuration directory can be told later: it stands in git, and all of it is committed, in
 * submodules too.
 *
 * git runs with a folder of its own in place of the `.git` there: what that one's configuration would run (filters,
 * monitors, hooks) does not run because somebody asked for a check. Files behind a filter count as changed then.
 */
import { isRead } from '../config/layout.ts'
import { problem, type Problem } from '../config/problem.ts'
import { UserError } from '../errors.ts'
import { repositoryAt, StandIn, type Repository } from './git-stand-in.ts'

const SHOWN = 3

export async function gitState(path: string, signal: AbortSignal): Promise<Problem[]> {
  try {
    const repository = await repositoryAt(path, signal)
    // Somebody else's repository is none that git would tell about.
    if (repository === 'not ours') return []
    if (repository === undefined) return [problem('no-git', { file: '.' }, { path })]
    const files = await changedFiles(repository, path, (inside) => isRead(inside), signal)
    return files.length === 0 ? [] : [uncommitted(files, path)]
  } catch (error) {
    // Without git on this host there is nothing to say.
    if (error instanceof UserError && error.code === 'missing-program') return []
    throw error
  }
}

/**
 * Paths from the top of the repository.
 * @param path of a folder of the repository; nothing outside of it counts
 * @param isUsed whether it matters that git ignores this path of the folder
 */
async function changedFiles(
  repository: Repository,
  path: string,
  isUsed: (inside: string) => boolean,
  signal: AbortSignal,
): Promise<string[]> {
  const standIn = await StandIn.for(repository, path, signal)
  try {
    const status = ['status', '--porcelain', '-z', '--ignored=matching', '--ignore-submodules=dirty', '--', '.']
    const [changed, staged] = await Promise.all([standIn.git(status), standIn.git(['ls-files', '-s', '-z'])])
    const files = entriesOf(changed).flatMap(({ ignored, file }) => {
      if (!ignored) return [file]
      return isUsed(file.slice(repository.prefix.length)) ? [`${file} (ignored by git)`] : []
    })
    const submodules = await Promise.all(
      submodulesOf(staged).map((one) => changedInSubmodule(repository, path, one, isUsed, signal)),
    )
    return [...files, ...submodules.flat()]
  } finally {
    await standIn.remove()
  }
}

/** Of what is in it; whether it is the commit that is named, the repository around it knows. */
async function changedInSubmodule(
  { prefix }: Repository,
  path: string,
  inside: string,
  isUsed: (inside: string) => boolean,
  signal: AbortSignal,
): Promise<string[]> {
  const at = `${path}/${inside}`
  const repository = await repositoryAt(at, signal)
  // In one that has not been fetched the repository around it answers.
  if (repository === undefined || repository === 'not ours' || repository.prefix !== '') return []
  const files = await changedFiles(repository, at, (below) => isUsed(`${inside}/${below}`), signal)
  return files.map((file) => `${prefix}${inside}/${file}`)
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
function entriesOf(status: string): { readonly ignored: boolean; readonly file: string }[] {
  const entries = status.split('\0').filter((entry) => entry !== '')
  const files: { ignored: boolean; file: string }[] = []
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] ?? ''
    files.push({ ignored: entry.startsWith('!!'), file: entry.slice(3) })
    if (entry.startsWith('R') || entry.startsWith('C')) index++
  }
  return files
}

/** `MODE COMMIT STAGE<tab>PATH` (git-ls-files(1)); a submodule's mode is 160000. Paths from the folder that was asked for. */
function submodulesOf(staged: string): string[] {
  return staged.split('\0').flatMap((entry) => /^160000 \S+ \d\t(.*)$/s.exec(entry)?.[1] ?? [])
}
