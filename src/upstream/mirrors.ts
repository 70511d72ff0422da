/**
 * Mirrors in turn. A root is an http or https address, a file:// address, or an absolute path of this host: a mirror on a
 * disk. One that fails is told and the next one asked. A mirror is never believed: signatures are checked elsewhere.
 */
import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT, Interrupted, UserError } from '../errors.ts'
import { isMissing } from '../system/files.ts'
import { HttpError, masked } from '../system/http-error.ts'
import type { Patience } from '../system/http-patience.ts'
import { download, fetchBytes, sizeAt } from '../system/http.ts'
import { copyWhole, removePart } from '../system/part.ts'

export interface FromMirrors {
  readonly signal: AbortSignal
  /** Told of each root that failed before the next one is asked. */
  readonly onMirror?: ((failed: FailedMirror) => void) | undefined
  readonly patience?: Partial<Patience> | undefined
}

export interface FileFromMirrors extends FromMirrors {
  /** The exact size, if known: a root with another one has failed. */
  readonly bytes?: number | undefined
  readonly maxBytes?: number | undefined
  /**
   * The caller verifies the content, so that what came from one root may be continued from another that has the same size
   * and Last-Modified. Without it every root begins again.
   */
  readonly sameElsewhere?: boolean
  readonly onBytes?: ((done: number, total: number | undefined) => void) | undefined
}

export interface FailedMirror {
  /** As it is safe to show. */
  readonly root: string
  readonly error: RootError
}

/** What is wrong with one root, in words that may follow its name. */
export interface RootError {
  readonly reason: string
  /** It answered, and has no such file. */
  readonly absent: boolean
}

export class MirrorsFailed extends UserError {
  /** Every root answered that it has no such file. */
  readonly absent: boolean

  constructor(path: string, failed: readonly FailedMirror[]) {
    const list = failed.map(({ root, error }) => `\n  ${root}: ${error.reason}`).join('')
    const message = failed.length === 0 ? `No mirror is known to fetch ${path} from.` : `No mirror gave ${path}:${list}`
    super('mirrors-failed', message, { exit: EXIT.buildFailed })
    this.absent = failed.length > 0 && failed.every(({ error }) => error.absent)
  }
}

/**
 * Fetches `path` of the first root that has it to the file `to`, whole.
 * @param path below the roots, in plain characters: it is encoded here
 * @throws MirrorsFailed `mirrors-failed` with each root and its reason; Interrupted
 */
export async function fetchFrom(
  roots: readonly string[],
  path: string,
  to: string,
  options: FileFromMirrors,
): Promise<{ readonly root: string }> {
  const { signal, bytes, maxBytes } = options
  const local = async (file: string) => {
    await demandFile(file, options)
    await copyWhole(file, to)
    await removePart(to)
  }
  const remote = (url: string, patience: FromMirrors['patience']) =>
    download({ ...options, url, to, bytes, maxBytes, signal, patience })
  return await firstOf(roots, path, options, { local, remote })
}

/** The same for a small file, in memory. */
export async function textFrom(
  roots: readonly string[],
  path: string,
  options: FromMirrors & { readonly maxBytes: number },
): Promise<{ readonly root: string; readonly bytes: Buffer }> {
  const local = async (file: string) => {
    await demandFile(file, options)
    return await readFile(file)
  }
  const { root, got } = await firstOf(roots, path, options, {
    local,
    remote: (url, patience) => fetchBytes(url, { ...options, patience }),
  })
  return { root, bytes: got }
}

/** Whether one of the roots says how long a file is, which is not fetched; one that fails counts as having none. */
export async function someHas(
  roots: readonly string[],
  path: string,
  { signal, patience }: FromMirrors,
): Promise<boolean> {
  const ways: Ways<number | undefined> = { local: sizeOf, remote: (url) => sizeAt(url, { signal, patience }) }
  for (const root of roots) {
    try {
      if ((await fromRoot(root, path, ways, patience)) !== undefined) return true
    } catch (error) {
      rootError(error)
    }
  }
  return false
}

/** Whether a word is an http or https address: not a path, not a name. */
export function isAddress(word: string): boolean {
  return /^https?:\/\//i.test(word)
}

/** The path that an absolute path or a file:// address names; undefined for all else. */
export function pathOf(word: string): string | undefined {
  if (isAbsolute(word)) return word
  if (!/^file:\/\//i.test(word)) return undefined
  try {
    return fileURLToPath(word)
  } catch {
    return undefined
  }
}

interface Ways<T> {
  readonly local: (file: string) => Promise<T>
  readonly remote: (url: string, patience: FromMirrors['patience']) => Promise<T>
}

async function firstOf<T>(roots: readonly string[], path: string, options: FromMirrors, ways: Ways<T>) {
  const { signal, onMirror } = options
  const failed: FailedMirror[] = []
  for (const [index, root] of roots.entries()) {
    if (signal.aborted) throw new Interrupted()
    // Where there is another mirror, asking it is better than waiting for this one.
    const patience = index === roots.length - 1 ? options.patience : { ...options.patience, waits: [] }
    try {
      return { root, got: await fromRoot(root, path, ways, patience) }
    } catch (error) {
      const failure = { root: masked(root), error: rootError(error) }
      failed.push(failure)
      onMirror?.(failure)
    }
  }
  throw new MirrorsFailed(path, failed)
}

async function fromRoot<T>(
  root: string,
  path: string,
  { local, remote }: Ways<T>,
  patience: FromMirrors['patience'],
): Promise<T> {
  const folder = pathOf(root)
  if (folder !== undefined) return await local(join(folder, path))
  if (!isAddress(root)) throw new LocalError('is neither an http, https or file address nor an absolute path')
  return await remote(`${root.replace(/\/+$/, '')}/${path.split('/').map(encodeURIComponent).join('/')}`, patience)
}

/** What is the fault of a root; a full disk, say, or an interruption is not, and is thrown on. */
function rootError(error: unknown): RootError {
  if (error instanceof LocalError) return { reason: error.message, absent: error.absent }
  if (error instanceof HttpError) return { reason: error.reason, absent: error.status === 404 || error.status === 410 }
  throw error
}

class LocalError extends Error {
  readonly absent: boolean

  constructor(message: string, absent = false) {
    super(message)
    this.absent = absent
  }
}

async function demandFile(file: string, { bytes, maxBytes = Infinity }: Pick<FileFromMirrors, 'bytes' | 'maxBytes'>) {
  const size = await sizeOf(file)
  if (bytes !== undefined && size !== bytes) throw new LocalError(`${bytes} bytes were wanted, the file has ${size}`)
  if (size > maxBytes) throw new LocalError(`it is longer than ${maxBytes} bytes, the most that was expected`)
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file)
    if (!found.isFile()) throw new LocalError(`${file} is not a file`)
    await access(file, constants.R_OK)
    return found.size
  } catch (error) {
    if (error instanceof LocalError) throw error
    throw isMissing(error) ? new LocalError('has no such file', true) : new LocalError(`${file} cannot be read`)
  }
}
