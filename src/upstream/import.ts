/**
 * Files → one commit of a mirror, through `git fast-import`: one pack, and one process whatever the number of files. The
 * commit is a pure function of the repository's name, the tree and the time, so that two hosts make the same one.
 */
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { EXIT, UserError } from '../errors.ts'
import type { GitSetting } from '../system/git.ts'
import { run } from '../system/process.ts'
import { programFilter } from '../system/stream.ts'
import { ask, FETCHED } from './repository-mirror.ts'

export type FileMode = '100644' | '100755' | '120000'

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

/** Takes files in, in any order. Paths are one character a byte. */
export interface Importer {
  /** @param chunks exactly `size` bytes; for a symbolic link, where it leads */
  add(
    path: string,
    mode: FileMode,
    size: number,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void>
  /** One more name for the content of a file that was added; false where there is no such file. */
  again(path: string, from: string): boolean
}

const MAX_BYTES = 8 * 1024 ** 3

/** What a file counts for at least, as on a disk: names alone can fill a memory. */
const BLOCK = 4096

/** How much is gathered before it goes to git: a file is often less than a kilobyte. */
const GATHERED = 256 * 1024

const PERSON = 'Gentoomuch <gentoomuch@localhost>'

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
  const who = `${PERSON} ${time} +0000`
  program.end(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\n${messageOf(name)}`)
  let answer = ''
  for await (const chunk of program) answer += String(chunk)
  const revision = answer.trim()
  await ask(git, ['update-ref', FETCHED, revision], signal)
  return { revision, tree, time }
}

function messageOf(name: string): string {
  return `${name}\n`
}

interface Sink {
  readonly importer: Importer
  commit(name: string, time: number): Promise<void>
  /** Waits until git has written all of it. */
  end(): Promise<void>
}

interface Entry {
  readonly mode: FileMode
  readonly mark: number
}

function streamTo(program: Duplex, maxBytes: number, name: string): Sink {
  const entries = new Map<string, Entry>()
  let gathered: Uint8Array[] = []
  let size = 0
  let bytes = 0
  let marks = 0
  let failure: unknown
  program.on('error', (error) => (failure = error))
  const closed = once(program, 'close').catch(() => undefined)
  // What git says by the way is nobody's, but must be read for the program to end.
  program.resume()

  const flush = async () => {
    if (failure !== undefined) throw failure
    const block = Buffer.concat(gathered)
    gathered = []
    size = 0
    if (!program.write(block)) await Promise.race([new Promise((resolve) => program.once('drain', resolve)), closed])
    if (failure !== undefined) throw failure
  }
  const write = async (chunk: Uint8Array | string) => {
    const block = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk
    gathered.push(block)
    size += block.length
    if (size >= GATHERED) await flush()
  }
  const count = (more: number) => {
    bytes += Math.max(more, BLOCK)
    if (bytes > maxBytes) throw tooBig(name, maxBytes)
  }
  const importer: Importer = {
    async add(path, mode, length, chunks) {
      demandPath(path, name)
      count(length + path.length)
      marks += 1
      await write(`blob\nmark :${marks}\ndata ${length}\n`)
      let given = 0
      for await (const chunk of chunks) {
        given += chunk.length
        await write(chunk)
      }
      if (given !== length) throw new Error(`${path} has ${given} bytes, ${length} were announced`)
      entries.set(path, { mode, mark: marks })
    },
    again(path, from) {
      demandPath(path, name)
      const entry = entries.get(from)
      if (entry === undefined || entry.mode === '120000') return false
      count(path.length)
      entries.set(path, entry)
      return true
    },
  }
  return {
    importer,
    async commit(repository, time) {
      demandNoFileAsFolder(entries, name)
      const message = Buffer.from(messageOf(repository))
      const who = `${PERSON} ${time} +0000`
      await write(`commit ${FETCHED}\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n`)
      await write(message)
      for (const path of [...entries.keys()].toSorted()) {
        const entry = entries.get(path)
        if (entry !== undefined) await write(`M ${entry.mode} :${entry.mark} ${quoted(path)}\n`)
      }
      await write('done\n')
      await flush()
    },
    async end() {
      program.end()
      await closed
      if (failure !== undefined) throw failure
    },
  }
}

/** A path as fast-import reads it, whatever bytes it is of. */
function quoted(path: string): string {
  return `"${path.replaceAll(/["\\\n]/g, (letter) => (letter === '\n' ? '\\n' : `\\${letter}`))}"`
}

/** Whether git takes a file of that name into a tree, and this program does. */
export function isTreeName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/^\.git$/i.test(name) && !/[/\0]/.test(name)
}

function demandPath(path: string, repository: string): void {
  if (path.split('/').every(isTreeName)) return
  throw badPath(repository, path)
}

export function badPath(repository: string, path: string): UserError {
  return new UserError(
    'bad-path',
    `${repository} has a file whose name no repository may have: ${visiblePath(path)}.`,
    {
      hint: 'take the repository from its real source',
      exit: EXIT.untrusted,
    },
  )
}

/** A path of one character a byte, for a sentence. */
export function visiblePath(path: string): string {
  return JSON.stringify(Buffer.from(path, 'latin1').toString())
}

/** `a` and `a/b` cannot both be files: a tree would hold whichever came last. */
function demandNoFileAsFolder(entries: ReadonlyMap<string, Entry>, repository: string): void {
  const seen = new Set<string>()
  for (const path of entries.keys())
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at)
      if (seen.has(folder)) break
      seen.add(folder)
      if (entries.has(folder)) throw badPath(repository, path)
    }
}

function tooBig(name: string, maxBytes: number): UserError {
  const message = `${name} has more than ${Math.round(maxBytes / 1024 ** 2)} MiB of files, which no ebuild repository has.`
  return new UserError('repository-too-big', message, {
    hint: 'see whether the address is that of an ebuild repository',
  })
}
