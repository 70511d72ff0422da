/**
 * Whether a compressed file was cut off, told by its frame and not by unpacking it: nobody vouches for what is in it. For
 * the sentence about a file that does not verify, never to accept one.
 */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { crc32, createGunzip } from 'node:zlib'

/** False for what is whole, or not compressed in a way that is known here. */
export async function isCutOff(path: string): Promise<boolean> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const head = (await bytesAt(handle, 0, 6)).toString('latin1')
    if (head.startsWith('\xfd7zXZ\0')) return await xzIsCut(handle, size)
    if (head.startsWith('\x28\xb5\x2f\xfd')) return await zstdIsCut(handle, size)
    if (head.startsWith('BZh')) return await bzip2IsCut(handle, size)
    if (head.startsWith('\x1f\x8b')) return await gzipIsCut(path)
    return false
  } finally {
    await handle.close()
  }
}

/**
 * An xz stream ends with a footer of 12 bytes: a CRC32, of what follows; a size; flags; `YZ` (The .xz File Format 1.2, 2.1.2).
 * One with something behind it is spoilt, and not cut.
 */
async function xzIsCut(handle: FileHandle, size: number): Promise<boolean> {
  const tail = await bytesAt(handle, Math.max(0, size - 4096), 4096)
  for (let end = tail.length; end >= 12; end -= 1) {
    const footer = tail.subarray(end - 12, end)
    if (footer.toString('latin1', 10) === 'YZ' && crc32(footer.subarray(4, 10)) === footer.readUInt32LE(0)) return false
  }
  return true
}

/** Sizes of the optional parts of a frame's header, by the two bits that tell (RFC 8878, 3.1.1.1). */
const DICTIONARY = [0, 1, 2, 4] as const
const CONTENT = [0, 2, 4, 8] as const

/** Goes from block to block by their sizes. */
async function zstdIsCut(handle: FileHandle, size: number): Promise<boolean> {
  let at = 0
  while (at < size) {
    const head = await bytesAt(handle, at, 8)
    if (head.length < 5) return true
    const magic = head.readUInt32LE(0)
    if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) {
      if (head.length < 8) return true
      at += 8 + head.readUInt32LE(4)
      continue
    }
    if (magic !== 0xfd2fb528) return false
    const flags = head[4] ?? 0
    const single = (flags >> 5) & 1
    const content = CONTENT[(flags >> 6) as 0 | 1 | 2 | 3] || single
    at += 5 + (1 - single) + DICTIONARY[(flags & 3) as 0 | 1 | 2 | 3] + content
    for (let last = 0; last === 0;) {
      const block = await bytesAt(handle, at, 3)
      if (block.length < 3) return true
      const header = block.readUIntLE(0, 3)
      last = header & 1
      const kind = (header >> 1) & 3
      if (kind === 3) return false
      at += 3 + (kind === 1 ? 1 : header >> 3)
    }
    if ((flags >> 2) & 1) at += 4
  }
  return at > size
}

/** A bzip2 stream ends with these 48 bits, a 32-bit sum and up to 7 bits of padding. */
const BZIP2_END = 0x177245385090n

async function bzip2IsCut(handle: FileHandle, size: number): Promise<boolean> {
  const tail = await bytesAt(handle, Math.max(0, size - 11), 11)
  const bits = BigInt(`0x${tail.toString('hex')}`)
  for (let padding = 0n; padding < 8n; padding += 1n)
    if (((bits >> (padding + 32n)) & 0xffffffffffffn) === BZIP2_END) return false
  return true
}

/** What a whole gzip file may unpack to before nobody waits for its end. */
const MOST = 16 * 1024 ** 3

/** gzip has no frame that could be followed; unpacked to nowhere. */
async function gzipIsCut(path: string): Promise<boolean> {
  try {
    await pipeline(createReadStream(path), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      let seen = 0
      for await (const { length } of chunks) {
        seen += length
        if (seen > MOST) return
      }
    })
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR'
  }
}

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at)
  return buffer.subarray(0, bytesRead)
}
