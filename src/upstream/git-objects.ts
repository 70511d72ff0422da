/** Many objects of a git repository, each through one process of git whatever their number. */
import { EXIT, UserError } from '../errors.ts'
import type { GitSetting } from '../system/git.ts'
import { programFilter, programSource } from '../system/stream.ts'

export interface TreeEntry {
  readonly id: string
  /** One character a byte: git's paths need not be UTF-8. */
  readonly path: string
}

const FILE_MODES = new Set(['100644', '100755', '120000'])

/** Every file and symbolic link of a revision, in git's order: hands each to `take`. */
export async function listTree(
  git: GitSetting,
  revision: string,
  take: (entry: TreeEntry) => void,
  signal: AbortSignal,
): Promise<void> {
  const argv = [...git.argv, 'ls-tree', '-r', '-z', '--end-of-options', revision] as const
  let rest = ''
  for await (const chunk of programSource(argv, { env: git.env, signal, purpose: 'to list an ebuild repository' })) {
    const records = (rest + (chunk as Buffer).toString('latin1')).split('\0')
    rest = records.pop() ?? ''
    for (const record of records) {
      const tab = record.indexOf('\t')
      const [mode = '', , id = ''] = record.slice(0, tab).split(' ')
      if (FILE_MODES.has(mode)) take({ id, path: record.slice(tab + 1) })
    }
  }
}

/**
 * What is in files, in the order of their ids: hands each to `take`, whose bytes are its own only until it returns.
 * @param ids of blobs
 * @throws UserError `mirror-damaged` for one that is not there
 */
export async function readBlobs(
  git: GitSetting,
  ids: readonly string[],
  take: (content: Buffer, index: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if (ids.length === 0) return
  const argv = [...git.argv, 'cat-file', '--batch', '--buffer'] as const
  const answers = programFilter(argv, { env: git.env, signal, purpose: 'to read an ebuild repository' })
  answers.end(`${ids.join('\n')}\n`)
  let rest: Buffer = Buffer.alloc(0)
  let index = 0
  for await (const chunk of answers) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    let at = 0
    for (;;) {
      const found = answerAt(rest, at)
      if (found === undefined) break
      take(rest.subarray(found.from, found.to), index)
      index += 1
      at = found.to + 1
    }
    rest = rest.subarray(at)
  }
  if (index !== ids.length) throw new Error(`git cat-file answered ${index} of ${ids.length} questions`)
}

/** `ID blob SIZE`, a line end, SIZE bytes, a line end; undefined where not all of it is there yet. */
function answerAt(bytes: Buffer, at: number): { readonly from: number; readonly to: number } | undefined {
  const end = bytes.indexOf(0x0a, at)
  if (end < 0) return undefined
  const header = bytes.toString('latin1', at, end)
  const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(header) ?? []
  if (size === undefined)
    throw new UserError('mirror-damaged', `The mirror of an ebuild repository is damaged; git says: ${header}.`, {
      hint: "remove the repository's folder in store/git of the data directory; it is fetched again when it is needed",
      exit: EXIT.buildFailed,
    })
  const to = end + 1 + Number(size)
  return to < bytes.length ? { from: end + 1, to } : undefined
}
