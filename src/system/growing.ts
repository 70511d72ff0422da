/** A file's bytes, read while it is still being written. */
import type { FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Bytes that are read at once. */
const PIECE = 1024 * 1024

/** How long a writer is left alone that had written nothing new, in milliseconds. */
const REST = 100

/**
 * Reads a file to its end, which is where it stands when `written` settles. A piece is good until the next one is asked for.
 * @throws what `written` rejects with
 */
export async function* growing(file: FileHandle, written: Promise<void>): AsyncGenerator<Buffer, void> {
  const piece = Buffer.allocUnsafe(PIECE)
  const writer = { isDone: false }
  const settled = written.finally(() => (writer.isDone = true))
  // Waited for below; until then its failure has been noticed.
  settled.catch(() => undefined)
  let at = 0
  for (;;) {
    const wasDone = writer.isDone
    const { bytesRead } = await file.read(piece, 0, PIECE, at)
    at += bytesRead
    if (bytesRead > 0) yield piece.subarray(0, bytesRead)
    else if (wasDone) break
    else await Promise.race([sleep(REST), settled])
  }
  await settled
}
