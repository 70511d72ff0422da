/** A stage3 that is piped in. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Interrupted, UserError } from '../errors.ts'
import { masked } from '../system/http-error.ts'

export type Input = Readable & { readonly isTTY?: boolean }

interface CopyOptions {
  readonly signal: AbortSignal
  readonly onBytes?: ((done: number, total: number | undefined) => void) | undefined
}

/**
 * Copies all that comes in to the file `to`, or leaves none.
 * @throws UserError `stage3-stdin` for a terminal, or when nothing came
 */
export async function copyInput(input: Input, to: string, { signal, onBytes }: CopyOptions): Promise<void> {
  if (input.isTTY === true) throw noInput('No stage3 comes in: standard input is a terminal.')
  let done = 0
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      done += chunk.length
      onBytes?.(done, undefined)
      yield chunk
    }
  }
  await rm(to, { force: true })
  try {
    await pipeline(input, count, createWriteStream(to, { flags: 'wx' }), { signal })
    if (done === 0) throw noInput('No stage3 came in: standard input was empty.')
  } catch (error) {
    await rm(to, { force: true })
    throw signal.aborted ? new Interrupted() : error
  }
}

/** @param given what was given as its signature: nothing, or something without a name */
export function needsSignature(given: string | undefined): UserError {
  const message =
    given === undefined
      ? 'A stage3 from standard input needs its signature.'
      : `${masked(given)} does not say which file it is the signature of: it does not end in .asc.`
  return new UserError('stage3-stdin', message, {
    hint: 'give the signature, named like the tarball with .asc behind it: --signature stage3-amd64-openrc-….tar.xz.asc',
  })
}

function noInput(message: string): UserError {
  return new UserError('stage3-stdin', message, {
    hint: 'pipe the tarball in, as with: ssh mirror cat stage3-….tar.xz |',
  })
}
