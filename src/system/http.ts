/**
 * Downloads that survive a bad line: a connection that was cut is taken up where it ended, in this call or a later one,
 * as long as it is still the same file. What was fetched is no more believed than the server: signatures are checked elsewhere.
 */
import { request } from './curl.ts'
import type { Limits } from './curl.ts'
import { ChangedError, failedError, sizeError, statusError, tooLongError } from './http-error.ts'
import type { Head } from './http-head.ts'
import { failureOf, PATIENCE, untilDone } from './http-patience.ts'
import type { Failure, Patience } from './http-patience.ts'
import { continues, originOf, restOf } from './http-resume.ts'
import { openPart } from './part.ts'
import type { Part } from './part.ts'

export interface Download {
  /** http or https. */
  readonly url: string
  /** Where the file appears, whole; until then `TO.part` and `TO.part.json` stand beside it. Its folder is there. */
  readonly to: string
  /** The exact size, if known: every other size is a failure. */
  readonly bytes?: number | undefined
  /** No more than this is ever written. */
  readonly maxBytes?: number | undefined
  /** The caller verifies the content, so that what came from another address may be continued here: see `restOf`. */
  readonly sameElsewhere?: boolean
  readonly signal: AbortSignal
  readonly onBytes?: ((done: number, total: number | undefined) => void) | undefined
  readonly patience?: Partial<Patience> | undefined
}

export interface FetchOptions {
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly patience?: Partial<Patience> | undefined
}

/**
 * @throws HttpError `http-status` when the server refuses, `http-failed` for all else that is wrong with line, server or size
 * @throws Interrupted when `signal` fires; what was fetched stays for the next time
 */
export async function download(wanted: Download): Promise<void> {
  const patience = { ...PATIENCE, ...wanted.patience }
  const part = await openPart(wanted.to)
  try {
    const attempt = () => fetchRest(wanted, part, patience)
    await untilDone(attempt, () => part.size, patience, wanted.signal)
    await part.finish()
  } finally {
    await part.close()
  }
}

/** A small file, in memory; fails as `download` does. */
export async function fetchBytes(url: string, { maxBytes, signal, patience }: FetchOptions): Promise<Buffer> {
  const limits = { ...PATIENCE, ...patience }
  let content: Buffer = Buffer.alloc(0)
  const attempt = async () => {
    const chunks: Uint8Array[] = []
    let size = 0
    const onHead = (head: Head) => demandWhole(url, head)
    const onChunk = (chunk: Uint8Array) => {
      size += chunk.length
      if (size > maxBytes) throw tooLongError(url, maxBytes)
      chunks.push(chunk)
    }
    const ended = await request({ url: checked(url), limits }, { onHead, onChunk }, signal)
    content = Buffer.concat(chunks)
    return failureOf(url, ended)
  }
  await untilDone(attempt, () => 0, limits, signal)
  return content
}

/** How long a file is by its server's word, without fetching it; undefined where the server does not say. */
export async function sizeAt(url: string, { signal, patience }: Omit<FetchOptions, 'maxBytes'>) {
  const nothing = { onHead: () => undefined, onChunk: () => undefined }
  const asked = { url: checked(url), limits: { ...PATIENCE, ...patience }, headOnly: true }
  const { exit, head } = await request(asked, nothing, signal)
  return exit === 0 && head?.status === 200 ? head.length : undefined
}

/** One request for what is missing of the part; undefined when nothing is missing any more. */
async function fetchRest(wanted: Download, part: Part, limits: Limits): Promise<Failure | undefined> {
  const { url, bytes } = wanted
  const rest = restOf(part, wanted)
  if (rest !== undefined && part.size === bytes) return undefined
  const onHead = async (head: Head) => {
    if (rest === undefined || head.status !== 206) {
      demandWhole(url, head)
      demandSize(wanted, head.length)
      await part.begin(originOf(wanted, head))
    } else if (continues(head, rest.from, part.origin, wanted)) {
      await part.continueFrom(originOf(wanted, head, part.origin))
    } else {
      throw new ChangedError(url)
    }
  }
  const onChunk = (chunk: Uint8Array) => add(chunk, part, wanted)
  try {
    const ended = await request({ url: checked(url), limits, rest }, { onHead, onChunk }, wanted.signal)
    if (rest !== undefined && ended.head?.status === RANGE_REFUSED) return isAll(ended.head, part, wanted)
    const failure = failureOf(url, ended)
    if (failure !== undefined || bytes === undefined || part.size === bytes) return failure
    // The server did not say how long the file is, and closed the connection.
    return { error: sizeError(url, bytes, part.size), passing: true, cut: true }
  } catch (error) {
    if (!(error instanceof ChangedError)) throw error
    await part.begin(undefined)
    return { error, passing: true, cut: false }
  }
}

/** The range begins behind the end of what the server has. */
const RANGE_REFUSED = 416

/** Nothing follows the part: then it is the whole file, which may be the wrong one. */
function isAll({ range }: Head, { origin, size }: Part, { url, bytes }: Download): undefined {
  if (range?.size !== size || (origin?.size ?? size) !== size) throw new ChangedError(url)
  if (bytes !== undefined && bytes !== size) throw sizeError(url, bytes, size)
}

async function add(chunk: Uint8Array, part: Part, { url, bytes, maxBytes, onBytes }: Download): Promise<void> {
  const after = part.size + chunk.length
  if (after > (bytes ?? maxBytes ?? Infinity)) {
    await part.begin(undefined)
    throw bytes === undefined ? tooLongError(url, maxBytes ?? 0) : sizeError(url, bytes, 'more')
  }
  await part.append(chunk)
  onBytes?.(after, bytes ?? part.origin?.size)
}

function demandWhole(url: string, head: Head): void {
  if (head.status !== 200) throw statusError(url, head.status)
}

/** @param found what the server says */
function demandSize({ url, bytes, maxBytes }: Download, found: number | undefined): void {
  if (found === undefined) return
  if (bytes !== undefined && found !== bytes) throw sizeError(url, bytes, found)
  if (bytes === undefined && maxBytes !== undefined && found > maxBytes) throw tooLongError(url, maxBytes)
}

/** No option of curl's, no file, no other scheme. */
function checked(url: string): string {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address?.protocol === 'http:' || address?.protocol === 'https:') return address.href
  throw failedError(url, 'that is no http or https address')
}
