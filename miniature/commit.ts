/** Commits to the miniature's ebuild repository, signed and at times that are the same on every run. */
import { join } from 'node:path'
import { exists } from '../src/system/files.ts'
import { gitSetting } from '../src/system/git.ts'
import { run } from '../src/system/process.ts'
import { withHome } from './keys.ts'

export interface Commit {
  readonly repository: string
  /** The GNUPGHOME of the key that signs. */
  readonly signingHome: string
  readonly message: string
  /** Epoch seconds; one minute after the last commit unless told. */
  readonly time?: number
  readonly signal: AbortSignal
}

/** The user id of the repository's key. */
const MAIL = 'repository@miniature.invalid'

/** Commits everything in the working tree; gives the commit's id. */
export async function commit({ repository, signingHome, message, time, signal }: Commit): Promise<string> {
  return withHome(signingHome, signal, async (home) => {
    const setting = gitSetting(join(repository, '.git'))
    const git = async (...args: readonly string[]) => {
      const settings = ['user.name=Miniature', `user.email=${MAIL}`, `user.signingKey=${MAIL}`, 'gpg.format=openpgp']
      const options = ['--work-tree', repository, ...settings.flatMap((word) => ['-c', word])]
      const env = { ...setting.env, GNUPGHOME: home.path, ...dates }
      return (await run([...setting.argv, ...options, ...args], { cwd: repository, env, signal })).stdout.trim()
    }
    let dates: Record<string, string> = {}
    if (!(await exists(join(repository, '.git')))) await git('init', '--quiet', '--initial-branch=master')
    const when = time ?? Number(await git('log', '-1', '--format=%ct')) + 60
    dates = { GIT_AUTHOR_DATE: `@${when} +0000`, GIT_COMMITTER_DATE: `@${when} +0000` }
    await git('add', '--all', '--force', '.')
    await git('commit', '--quiet', '--allow-empty', '--gpg-sign', '--message', message)
    return git('rev-parse', 'HEAD')
  })
}
