/** A file's digests, made while it is still being written. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { growing } from '../system/growing.ts'
import type { HashedFile } from './digests.ts'

/**
 * Reads a file to its end, which is where it stands when `written` settles.
 * @param name what the file is called in the answer
 * @param onBytes told how many there are so far
 * @throws what `written` rejects with
 */
export async function hashWhileWritten(
  file: FileHandle,
  name: string,
  written: Promise<void>,
  onBytes?: (bytes: number) => void,
): Promise<HashedFile> {
  const hashes = { sha256: createHash('sha256'), sha512: createHash('sha512'), blake2b: createHash('blake2b512') }
  let bytes = 0
  for await (const piece of growing(file, written)) {
    for (const hash of Object.values(hashes)) hash.update(piece)
    bytes += piece.length
    onBytes?.(bytes)
  }
  return {
    name,
    bytes,
    sha256: hashes.sha256.digest('hex'),
    sha512: hashes.sha512.digest('hex'),
    blake2b: hashes.blake2b.digest('hex'),
  }
}
