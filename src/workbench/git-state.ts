/** Whether what is built from a configuration directory can be told later: it stands in git, and all of it is committed. */
import { problem, type Problem } from '../config/problem.ts'
import { UserError } from '../errors.ts'
import { run } from '../system/process.ts'

const SHOWN = 3

export async function gitState(path: string, signal: AbortSignal): Promise<Problem[]> {
  try {
    const { status, stdout } = await run(
      // What the folder's own git configuration would run, does not run.
      [
        'git',
        '-C',
        path,
        '-c',
        'core.fsmonitor=false',
        '-c',
        'core.hooksPath=/dev/null',
        'status',
        '--porcelain',
        '-z',
        '--',
        '.',
      ],
      {
        env: { GIT_OPTIONAL_LOCKS: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
        accept: [0, 128],
        signal,
      },
    )
    if (status !== 0) return [problem('no-git', { file: '.' }, { path })]
    const files = changedIn(stdout)
    if (files.length === 0) return []
    const named = files.slice(0, SHOWN).join(', ')
    return [
      problem(
        'uncommitted',
        { file: '.' },
        {
          count: files.length === 1 ? 'one change' : `${files.length} changes`,
          files: files.length > SHOWN ? `${named} and ${files.length - SHOWN} more` : named,
          path,
        },
      ),
    ]
  } catch (error) {
    // Without git on this host there is nothing to say.
    if (error instanceof UserError && error.code === 'missing-program') return []
    throw error
  }
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
