import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Hex digest of a file, read in pieces. */
export async function hashFile(path: string, algorithm: 'sha256' | 'sha512' | 'blake2b512'): Promise<string> {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
