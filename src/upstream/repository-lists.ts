/** Files of a pinned revision that planning reads: the profiles' make.defaults. */
import { gitSetting } from '../system/git.ts'
import { run } from '../system/process.ts'
import { demandCommitId, isCommitId } from './repository-mirror.ts'

export interface RevisionOptions {
  /** The mirror. */
  readonly gitDir: string
  readonly signal: AbortSignal
}

/** Whether the mirror has the revision: nothing is fetched for the answer. No mirror has none, and what is no id is none. */
export async function hasRevision(revision: string, { gitDir, signal }: RevisionOptions): Promise<boolean> {
  if (!isCommitId(revision)) return false
  const git = gitSetting(gitDir)
  const asked = await run([...git.argv, 'cat-file', '-e', `${revision}^{commit}`], {
    env: git.env,
    signal,
    accept: [0, 1, 128],
    purpose: 'to look for a revision of a repository',
  })
  return asked.status === 0
}

/**
 * Texts of those `make.defaults` below `profiles/` of a revision that say which variables are USE_EXPAND groups, or belong
 * to profiles. Two processes for all of them: Gentoo has hundreds.
 */
export async function makeDefaultsOf(revision: string, { gitDir, signal }: RevisionOptions): Promise<string[]> {
  demandCommitId(revision)
  const git = gitSetting(gitDir)
  const call = { env: git.env, signal, purpose: 'to read the profiles of a repository' }
  const tree = [...git.argv, 'ls-tree', '-r', '-z', '--end-of-options', revision, 'profiles/'] as const
  const listed = await run([...tree], call)
  const ids = listed.stdout
    .split('\0')
    .flatMap((entry) => /^\d+ blob ([0-9a-f]+)\t.*\/make\.defaults$/.exec(entry)?.[1] ?? [])
  if (ids.length === 0) return []
  const input = [...new Set(ids)].map((id) => `${id}\n`).join('')
  const shown = await run([...git.argv, 'cat-file', '--batch'], { ...call, input })
  return shown.stdout
    .split(/^[0-9a-f]{40,64} blob \d+$/m)
    .filter((text) => /^\s*(export\s+)?(USE_EXPAND|PROFILE_ONLY_VARIABLES)/m.test(text))
}
