/**
 * One request by the host's `curl`. Not Node's own client: curl takes proxies from the environment as everybody knows it
 * (`http_proxy`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, SOCKS), and a machine that can fetch by hand can fetch here.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { Interrupted } from '../errors.ts'
import { readIfThere } from './files.ts'
import { hostEnvironment, missingProgram } from './process.ts'
import { lastHead } from './http-head.ts'
import type { Head } from './http-head.ts'

export interface Limits {
  readonly connectSeconds: number
  /** Slower than `stallBytes` a second for `stallSeconds` is a stall. */
  readonly stallBytes: number
  readonly stallSeconds: number
  readonly redirects: number
}

export interface Request {
  /** http or https. */
  readonly url: string
  readonly limits: Limits
  /** Only what follows `from`, if the file still is the one that `unchanged` (an ETag or Last-Modified) names. */
  readonly rest?: { readonly from: number; readonly unchanged: string } | undefined
  /** Asks for the head alone. */
  readonly headOnly?: boolean
}

export interface Receiver {
  /** Called once, before any content; what it throws ends the request. */
  readonly onHead: (head: Head) => Promise<void> | void
  readonly onChunk: (chunk: Uint8Array) => Promise<void> | void
}

export interface Ended {
  /** curl's exit status: 0 when the content is complete as far as the server said how long it is. */
  readonly exit: number
  /** What curl wrote on stderr. */
  readonly words: string
  /** Of the last answer, if there was one. */
  readonly head: Head | undefined
}

/** The way out, and whom TLS believes. curl knows `http_proxy` in small letters only: a CGI's `Proxy:` header sets the other. */
const WAY_OUT = [
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
  'CURL_CA_BUNDLE',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]

export function curlEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const env = hostEnvironment(from)
  for (const name of WAY_OUT) {
    const value = from[name]
    if (value !== undefined) env[name] = value
  }
  return env
}

/** @param headFile where curl writes the head; it does so, unbuffered, before the first byte of content is on stdout (since 7.44) */
export function curlArguments({ url, limits, rest, headOnly = false }: Request, headFile: string): string[] {
  return [
    // The user's .curlrc would change what is fetched and how; it only counts as the first option.
    '--disable',
    '--silent',
    '--show-error',
    '--fail',
    '--globoff',
    '--no-buffer',
    '--proto',
    '=http,https',
    '--proto-redir',
    '=http,https',
    '--location',
    '--max-redirs',
    String(limits.redirects),
    '--connect-timeout',
    String(limits.connectSeconds),
    '--speed-limit',
    String(limits.stallBytes),
    '--speed-time',
    String(limits.stallSeconds),
    '--suppress-connect-headers',
    '--dump-header',
    headFile,
    ...(headOnly ? ['--head', '--output', '/dev/null'] : []),
    ...(rest === undefined ? [] : ['--range', `${rest.from}-`, '--header', `If-Range: ${rest.unchanged}`]),
    '--url',
    url,
  ]
}

/**
 * Makes the request and hands its content on, with backpressure.
 * @throws UserError `missing-program` where there is no curl; Interrupted when `signal` fires; what the receiver throws
 */
export async function request(asked: Request, receiver: Receiver, signal: AbortSignal): Promise<Ended> {
  if (signal.aborted) throw new Interrupted()
  const folder = await mkdtemp(join(tmpdir(), 'gm-http-'))
  const headFile = join(folder, 'head')
  const readHead = async () => lastHead((await readIfThere(headFile)) ?? '')
  try {
    const curl = execa('curl', curlArguments(asked, headFile), {
      extendEnv: false,
      env: curlEnvironment(),
      stdin: 'ignore',
      buffer: { stdout: false },
      reject: false,
      cancelSignal: signal,
    })
    let head: Head | undefined
    try {
      for await (const chunk of curl.stdout as AsyncIterable<Buffer>) {
        if (head === undefined) {
          head = await readHead()
          if (head === undefined) throw new Error(`curl gave content of ${asked.url} without a head`)
          await receiver.onHead(head)
        }
        await receiver.onChunk(chunk)
      }
    } catch (error) {
      curl.kill()
      await curl
      throw signal.aborted ? new Interrupted() : error
    }
    const ended = await curl
    if (ended.isCanceled) throw new Interrupted()
    if (ended.code === 'ENOENT') throw missingProgram('curl', 'to download')
    const last = head ?? (await readHead())
    const exit = ended.exitCode ?? 128
    if (exit === 0 && head === undefined && last !== undefined) await receiver.onHead(last)
    return { exit, words: ended.stderr, head: last }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
