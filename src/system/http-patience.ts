/** How long and how often: what ends a request that hangs, and which failures are worth another try. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Interrupted } from '../errors.ts'
import type { Ended, Limits } from './curl.ts'
import { curlError, statusError } from './http-error.ts'
import type { HttpError } from './http-error.ts'

export interface Patience extends Limits {
  /** Milliseconds before each further try after a failure that may pass. */
  readonly waits: readonly number[]
  /** How often a connection that brought something new and was cut is taken up. */
  readonly resumes: number
}

export const PATIENCE: Patience = {
  connectSeconds: 20,
  stallBytes: 1000,
  stallSeconds: 30,
  redirects: 5,
  waits: [1000, 3000],
  resumes: 100,
}

/** Why an attempt failed, and what that says about the next one. */
export interface Failure {
  readonly error: HttpError
  /** Trying again may help. */
  readonly passing: boolean
  /** The connection ended before the content did. */
  readonly cut: boolean
}

/** Statuses that may be another one a little later. */
const PASSING_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504])
/** curl's: proxy or host not found, no connection, TLS handshake, proxy's handshake. */
const NO_CONNECTION = new Set([5, 6, 7, 35, 97])
/** curl's: HTTP/2 framing, partial file, nothing received, sending, receiving, HTTP/2 stream, HTTP/3, QUIC. */
const CUT = new Set([16, 18, 52, 55, 56, 92, 95, 96])
const TIMEOUT = 28
/** With `--fail`, for a status of 400 and above. */
const REFUSED = 22

/** What curl's end means; undefined when the content is complete. */
export function failureOf(url: string, { exit, words, head }: Ended): Failure | undefined {
  if (exit === 0) return undefined
  if (exit === REFUSED && head !== undefined) {
    return { error: statusError(url, head.status), passing: PASSING_STATUSES.has(head.status), cut: false }
  }
  // A stall is no cut: a server that trickles would be taken up for hours.
  const cut = CUT.has(exit)
  return { error: curlError(url, exit, words), passing: cut || exit === TIMEOUT || NO_CONNECTION.has(exit), cut }
}

/**
 * Repeats an attempt until nothing failed. One that was cut is repeated at once as long as each brings something new.
 * @param arrived bytes that are there; a greater number than ever before is something new
 * @throws the last attempt's error; Interrupted when `signal` fires while waiting
 */
export async function untilDone(
  attempt: () => Promise<Failure | undefined>,
  arrived: () => number,
  patience: Patience,
  signal: AbortSignal,
): Promise<void> {
  let furthest = arrived()
  let resumes = 0
  let tries = 0
  for (;;) {
    const failure = await attempt()
    if (failure === undefined) return
    const grew = arrived() > furthest
    furthest = Math.max(furthest, arrived())
    if (failure.cut && grew && resumes < patience.resumes) {
      resumes += 1
      tries = 0
      continue
    }
    const wait = patience.waits[tries]
    if (!failure.passing || wait === undefined) throw failure.error
    tries += 1
    await pause(wait, signal)
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal })
  } catch {
    throw new Interrupted()
  }
}
