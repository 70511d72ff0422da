/** Files → what `git fast-import` reads: a blob a file, then one commit of all of them. */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { UserError } from '../errors.ts'
import { demandNoFileAsFolder, demandPath } from './import-names.ts'
import { FETCHED } from './repository-mirror.ts'

export type FileMode = '100644' | '100755' | '120000'

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

/** What a file counts for at least, as on a disk: names alone can fill a memory. */
const BLOCK = 4096

/** How much is gathered before it goes to git: a file is often less than a kilobyte. */
const GATHERED = 256 * 1024

const PERSON = 'Gentoomuch <gentoomuch@localhost>'

/** Of a commit that says nothing but which repository it is of, and when: two hosts make the same one. */
export function commitWords(name: string, time: number): { people: string; message: string } {
  const who = `${PERSON} ${time} +0000`
  return { people: `author ${who}\ncommitter ${who}\n`, message: `${name}\n` }
}

export interface Sink {
  readonly importer: Importer
  commit(name: string, time: number): Promise<void>
  /** Waits until git has written all of it. */
  end(): Promise<void>
}

interface Entry {
  readonly mode: FileMode
  readonly mark: number
}

/** @param program `git fast-import` */
export function streamTo(program: Duplex, maxBytes: number, name: string): Sink {
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
      const { people, message } = commitWords(repository, time)
      const text = Buffer.from(message)
      await write(`commit ${FETCHED}\n${people}data ${text.length}\n`)
      await write(text)
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

function tooBig(name: string, maxBytes: number): UserError {
  const message = `${name} has more than ${Math.round(maxBytes / 1024 ** 2)} MiB of files, which no ebuild repository has.`
  return new UserError('repository-too-big', message, {
    hint: 'see whether the address is that of an ebuild repository',
  })
}
