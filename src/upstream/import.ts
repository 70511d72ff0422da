/**
 * Files → one commit of a mirror, through `git fast-import`: one pack, and one process whatever the number of files. The
 * commit is a pure function of the repository's name, the tree and the time, so that two hosts make the same one.
 */
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitSetting } from '../system/git.ts'
import { run } from '../system/process.ts'
import { programFilter } from '../system/stream.ts'
import { commitWords, streamTo, type Importer } from './import-stream.ts'
import { ask, FETCHED } from './repository-mirror.ts'

export interface Imported {
  /** Commit id. */
  readonly revision: string
  /** Git tree id. */
  readonly tree: string
  /** Epoch seconds. */
  readonly time: number
}

export interface ImportOptions {
  /** The repository's name, which the commit's message says. */
  readonly name: string
  readonly git: GitSetting
  /** More than this is refused, so that a disk cannot be filled; 8 GiB unless told. */
  readonly maxBytes?: number
  readonly signal: AbortSignal
}

const MAX_BYTES = 8 * 1024 ** 3

/**
 * @param fill adds every file and gives the commit's time
 * @throws UserError `repository-too-big`, `bad-path` (exit 3), and what `fill` throws: the mirror is then as it was
 */
export async function importFiles(
  options: ImportOptions,
  fill: (into: Importer) => Promise<number>,
): Promise<Imported> {
  const { git, name, signal } = options
  // Deltas would cost more time than their bytes are worth. A small import too is a pack: loose objects are many files.
  const settings = ['-c', 'core.compression=1', '-c', 'fastimport.unpackLimit=0']
  const argv = [
    ...git.argv,
    ...settings,
    'fast-import',
    '--quiet',
    '--force',
    '--done',
    '--depth=0',
    '--date-format=raw',
  ]
  const program = programFilter(argv as [string, ...string[]], {
    env: git.env,
    signal,
    purpose: `to take in ${name}`,
  })
  const stream = streamTo(program, options.maxBytes ?? MAX_BYTES, name)
  const time = await (async () => {
    try {
      const made = await fill(stream.importer)
      if (!Number.isSafeInteger(made) || made < 0) throw new Error(`not a time: ${made}`)
      await stream.commit(name, made)
      await stream.end()
      return made
    } catch (error) {
      program.destroy()
      if (!program.closed) await once(program, 'close')
      await removeUnfinished(git)
      throw error
    }
  })()
  const [revision = '', tree = ''] = (await ask(git, ['rev-parse', FETCHED, `${FETCHED}^{tree}`], signal)).split('\n')
  return { revision, tree, time }
}

/** What a program that was ended leaves behind; nobody else writes to a mirror meanwhile. */
async function removeUnfinished(git: GitSetting): Promise<void> {
  const asked = await run([...git.argv, 'rev-parse', '--git-path', 'objects/pack'], { env: git.env })
  const folder = asked.stdout.trimEnd()
  for (const name of await readdir(folder)) if (name.startsWith('tmp_')) await rm(join(folder, name), { force: true })
}

/** The commit that an import of this tree at this time makes: for a tree that the mirror has. */
export async function commitTree({ git, name, signal }: ImportOptions, tree: string, time: number): Promise<Imported> {
  const argv = [...git.argv, 'hash-object', '-t', 'commit', '-w', '--stdin'] as const
  const program = programFilter(argv, { env: git.env, signal, purpose: `to date ${name}` })
  const { people, message } = commitWords(name, time)
  program.end(`tree ${tree}\n${people}\n${message}`)
  let answer = ''
  for await (const chunk of program) answer += String(chunk)
  const revision = answer.trim()
  await ask(git, ['update-ref', FETCHED, revision], signal)
  return { revision, tree, time }
}
