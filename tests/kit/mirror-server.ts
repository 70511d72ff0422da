/** A mirror on the loopback for tests: a folder over HTTP, honest until told which paths it is to be wrong about, and how. */
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is wrong with one path. */
export interface Fault {
  /** Offsets in the file where the connection is cut, one after the other, each once. */
  readonly cuts?: readonly number[]
  readonly bytesPerSecond?: number
  /** Added to the Content-Length that is true. */
  readonly lengthIsOffBy?: number
  /** No Content-Length: the end of the connection is the end of the file. */
  readonly withoutLength?: boolean
  /** An address, or a path of this server. */
  readonly redirect?: string
  readonly status?: number
  /** Instead of what the file holds; `status` applies to it. */
  readonly content?: string | Uint8Array
  /** Answers every Range with the whole file. */
  readonly ignoresRange?: boolean
  /** Answers a Range although the file is another one by now. */
  readonly ignoresIfRange?: boolean
  /** Neither ETag nor Last-Modified. */
  readonly withoutValidators?: boolean
  /** Runs before the request with this number, from 1, is answered: to change the file meanwhile. */
  readonly before?: (request: number) => Promise<void> | void
}

export interface Seen {
  readonly method: string
  /** Decoded, without query. */
  readonly path: string
  /** With its question mark, as it was sent. */
  readonly query: string
  readonly range: string | undefined
  readonly ifRange: string | undefined
  readonly userAgent: string | undefined
}

export interface MirrorServer {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly url: string
  /** Every request so far, oldest first. */
  readonly requests: readonly Seen[]
  /** Requests for one path, which begins with a slash. */
  seen(path: string): readonly Seen[]
  /** From now on this path is wrong in this way; honest again without `fault`. */
  fault(path: string, fault?: Fault): void
  close: () => Promise<void>
}

/** @param folder whose files are served, as they are at each request */
export async function serveFolder(folder: string): Promise<MirrorServer> {
  const requests: Seen[] = []
  const faults = new Map<string, { fault: Fault; cuts: number[]; count: number }>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, search: query } = new URL(request.url ?? '/', 'http://localhost')
    const path = decodeURIComponent(pathname)
    requests.push(seenOf(request, { path, query }))
    const wrong = faults.get(path) ?? { fault: {}, cuts: [], count: 0 }
    wrong.count += 1
    await wrong.fault.before?.(wrong.count)
    await respond(request, response, join(folder, path), wrong.fault, wrong.cuts)
  }
  const { url, close } = await listen((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  return {
    url,
    requests,
    seen: (path) => requests.filter((request) => request.path === path),
    fault(path, fault) {
      if (fault === undefined) faults.delete(path)
      else faults.set(path, { fault, cuts: [...(fault.cuts ?? [])], count: 0 })
    },
    close,
  }
}

/** Starts a server on the loopback, on a port of its own. */
export async function listen(
  listener: RequestListener,
): Promise<{ server: Server; url: string; close: () => Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { server, url: `http://127.0.0.1:${port}`, close }
}

function seenOf({ method = 'GET', headers }: IncomingMessage, asked: { path: string; query: string }): Seen {
  const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)
  return {
    method,
    ...asked,
    range: headers.range,
    ifRange: one(headers['if-range']),
    userAgent: headers['user-agent'],
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  fault: Fault,
  cuts: number[],
): Promise<void> {
  if (fault.redirect !== undefined) return void response.writeHead(302, { location: fault.redirect }).end()
  const served = await contentOf(file, fault)
  const status = fault.status ?? (served === undefined ? 404 : 200)
  if (served === undefined || status !== 200) {
    return void response.writeHead(status, { 'content-type': 'text/html' }).end(`<h1>${status}</h1>`)
  }
  const { content, etag, modified } = served
  const validators = fault.withoutValidators ? {} : { etag, 'last-modified': modified }
  const from = fault.ignoresRange ? undefined : rangeOf(request, served, fault.ignoresIfRange === true)
  if (from !== undefined && from >= content.length) {
    return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
  }
  const rest = content.subarray(from ?? 0)
  const length = rest.length + (fault.lengthIsOffBy ?? 0)
  response.strictContentLength = false
  response.shouldKeepAlive = fault.withoutLength !== true && fault.lengthIsOffBy === undefined
  if (fault.withoutLength) response.useChunkedEncodingByDefault = false
  response.writeHead(from === undefined ? 200 : 206, {
    ...validators,
    'accept-ranges': 'bytes',
    ...(fault.withoutLength ? {} : { 'content-length': length }),
    ...(from === undefined ? {} : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
  })
  if (request.method === 'HEAD') return void response.end()
  response.flushHeaders()
  await send(response, rest, from ?? 0, fault, cuts)
}

interface Served {
  readonly content: Buffer
  readonly etag: string
  readonly modified: string
}

/** ETag and Last-Modified as nginx makes them: of time and size. */
async function contentOf(file: string, fault: Fault): Promise<Served | undefined> {
  if (fault.content !== undefined) {
    return { content: Buffer.from(fault.content), etag: '"fault"', modified: new Date(0).toUTCString() }
  }
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) return undefined
  const etag = `"${Math.floor(found.mtimeMs).toString(16)}-${found.size.toString(16)}"`
  return { content: await readFile(file), etag, modified: found.mtime.toUTCString() }
}

/** Where the answer begins, or undefined for the whole file. Only `bytes=N-` is asked for by anything here. */
function rangeOf({ headers }: IncomingMessage, { etag, modified }: Served, always: boolean): number | undefined {
  const from = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]
  const unless = headers['if-range']
  if (from === undefined) return undefined
  return unless === undefined || unless === etag || unless === modified || always ? Number(from) : undefined
}

async function send(response: ServerResponse, rest: Buffer, from: number, fault: Fault, cuts: number[]): Promise<void> {
  const [cut] = cuts
  const end = cut !== undefined && cut < from + rest.length ? Math.max(0, cut - from) : undefined
  if (end !== undefined) cuts.shift()
  const body = rest.subarray(0, end)
  const step = fault.bytesPerSecond === undefined ? body.length : Math.max(1, Math.floor(fault.bytesPerSecond / 10))
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    await write(response, body.subarray(at, at + step))
    if (fault.bytesPerSecond !== undefined) await sleep(100)
  }
  // `end` of the response would wait for bytes that a wrong Content-Length promised.
  if (end === undefined && fault.lengthIsOffBy === undefined && !fault.withoutLength) return void response.end()
  response.socket?.end()
}

function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => response.write(bytes, () => resolve()))
}
