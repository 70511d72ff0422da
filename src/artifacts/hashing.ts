/** Counts and hashes bytes on their way through. */
import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import type { HashedFile } from './digests.ts'

export interface Hashing {
  readonly stream: Transform
  /** Call it once, when the stream has ended. */
  readonly result: (name: string) => HashedFile
}

/** @param onBytes told how many bytes have passed so far */
export function hashing(onBytes?: (bytes: number) => void): Hashing {
  const hashes = { sha256: createHash('sha256'), sha512: createHash('sha512'), blake2b: createHash('blake2b512') }
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      for (const hash of Object.values(hashes)) hash.update(chunk)
      onBytes?.(bytes)
      done(null, chunk)
    },
  })
  const result = (name: string) => ({
    name,
    bytes,
    sha256: hashes.sha256.digest('hex'),
    sha512: hashes.sha512.digest('hex'),
    blake2b: hashes.blake2b.digest('hex'),
  })
  return { stream, result }
}
