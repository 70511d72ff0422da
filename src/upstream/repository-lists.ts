/** Files of a pinned revision that planning reads: the profiles' make.defaults. */
import { gitSetting } from '../system/git.ts'
import { run } from '../system/process.ts'

/** Texts of every `make.defaults` below `profiles/` of a revision; they say which variables are lists (USE_EXPAND). */
export async function makeDefaultsOf(
  revision: string,
  options: { readonly gitDir: string; readonly signal: AbortSignal },
): Promise<string[]> {
  const git = gitSetting(options.gitDir)
  const call = { env: git.env, signal: options.signal, purpose: 'to read the profiles of a repository' }
  const listed = await run(
    [...git.argv, 'ls-tree', '-r', '-z', '--name-only', '--end-of-options', revision, 'profiles/'],
    call,
  )
  const paths = listed.stdout.split('\0').filter((path) => path.endsWith('/make.defaults'))
  const texts: string[] = []
  for (const path of paths) {
    const shown = await run([...git.argv, 'cat-file', 'blob', `${revision}:${path}`], call)
    if (/^\s*(export\s+)?USE_EXPAND/m.test(shown.stdout)) texts.push(shown.stdout)
  }
  return texts
}
