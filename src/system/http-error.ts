/** Downloads that failed, in words that are safe to show: no user name or password of an address is among them. */
import { STATUS_CODES } from 'node:http'
import { EXIT, UserError } from '../errors.ts'
import { visible } from '../visible.ts'

export class HttpError extends UserError {
  /** The address, without credentials. */
  readonly address: string
  /** Why, as a part of a sentence: "answered with status 404 (Not Found)". */
  readonly reason: string
  /** The server's, where it answered with one that is no success. */
  readonly status: number | undefined

  constructor(code: 'http-status' | 'http-failed', url: string, reason: string, status?: number) {
    const address = masked(url)
    const message =
      code === 'http-status'
        ? `${address} ${reason}.`
        : `${address} could not be fetched: ${reason.replace(/\.$/, '')}.`
    super(code, message, { exit: EXIT.buildFailed })
    this.address = address
    this.reason = reason
    this.status = status
  }
}

export function statusError(url: string, status: number): HttpError {
  const words = STATUS_CODES[status]
  return new HttpError('http-status', url, `answered with status ${status}${words ? ` (${words})` : ''}`, status)
}

export function failedError(url: string, reason: string): HttpError {
  return new HttpError('http-failed', url, masked(reason))
}

/** The content is not as long as it has to be. */
export function sizeError(url: string, wanted: number, found: number | 'more'): HttpError {
  return failedError(url, `${wanted} bytes were wanted, the server has ${found}`)
}

export function tooLongError(url: string, most: number): HttpError {
  return failedError(url, `it is longer than ${most} bytes, the most that was expected`)
}

/** What is there and what would follow are not of one file. */
export class ChangedError extends HttpError {
  constructor(url: string) {
    super('http-failed', url, 'the file was changed on the server while it was fetched')
  }
}

/** @param words what curl wrote on stderr: `curl: (7) Failed to connect to …` */
export function curlError(url: string, exit: number, words: string): HttpError {
  const said = /^curl: \(\d+\) (.+)$/m.exec(words)?.[1]
  if (exit === REFUSED_SCHEME) return failedError(url, 'it leads to an address that is neither http nor https')
  return failedError(url, said ?? `curl ended with status ${exit}`)
}

/** curl's CURLE_UNSUPPORTED_PROTOCOL: the first address is checked before, so it was a redirect. */
const REFUSED_SCHEME = 1

/** Addresses in a text without what stands before their `@`. */
export function masked(text: string): string {
  return visible(text.replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s?#]*@/gi, '$1***@'))
}
