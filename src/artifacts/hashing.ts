/** A file's digests, made while it is still being written. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HashedFile } from './digests.ts'

/** Bytes that are read at once. */
const PIECE = 1024 * 1024

/** How long a writer is left alone that had written nothing new, in milliseconds. */
const REST = 50

/**
 * Reads a file to its end, which is where it stands when `written` settles.
 * @param name what the file is called in the answer
 * @throws what `written` rejects with
 */
export async function hashWhileWritten(file: FileHandle, name: string, written: Promise<void>): Promise<HashedFile> {
  const hashes = { sha256: createHash('sha256'), sha512: createHash('sha512'), blake2b: createHash('blake2b512') }
  const piece = Buffer.allocUnsafe(PIECE)
  const writer = { isDone: false }
  const settled = written.finally(() => (writer.isDone = true))
  // Waited for below; until then its failure has been noticed.
  settled.catch(() => undefined)
  let bytes = 0
  for (;;) {
    const wasDone = writer.isDone
    const { bytesRead } = await file.read(piece, 0, PIECE, bytes)
    for (const hash of Object.values(hashes)) hash.update(piece.subarray(0, bytesRead))
    bytes += bytesRead
    if (bytesRead > 0) continue
    if (wasDone) break
    await Promise.race([sleep(REST), settled])
  }
  await settled
  return {
    name,
    bytes,
    sha256: hashes.sha256.digest('hex'),
    sha512: hashes.sha512.digest('hex'),
    blake2b: hashes.blake2b.digest('hex'),
  }
}
