/** What is inside a compressed stage3, whichever way upstream compressed it. */
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { EXIT, UserError } from '../errors.ts'
import { programSource } from '../system/stream.ts'

/** Decompressors by the first bytes of what they read; the name of a file proves nothing. */
const FORMATS: readonly { readonly magic: readonly number[]; readonly argv: readonly [string, ...string[]] }[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], argv: ['xz', '-dc', '-T0'] },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], argv: ['zstd', '-dcq', '--long=31'] },
  { magic: [0x1f, 0x8b], argv: ['gzip', '-dc'] },
  { magic: [0x42, 0x5a, 0x68], argv: ['bzip2', '-dc'] },
]

/** A plain tar stream. Where decompressing fails the stream is destroyed with the error, never ended early. */
export function openStage3Tar(path: string, signal: AbortSignal): Readable {
  return Readable.from(decompress(path, signal), { objectMode: false })
}

async function* decompress(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const argv = await decompressor(path)
  const source = programSource([...argv, '--', path], { signal, purpose: 'to unpack the stage3' })
  for await (const chunk of source) yield chunk as Buffer
}

async function decompressor(path: string): Promise<readonly [string, ...string[]]> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(6), 0, 6, 0)
    const head = buffer.subarray(0, bytesRead)
    const format = FORMATS.find(({ magic }) => magic.every((byte, index) => head[index] === byte))
    if (format !== undefined) return format.argv
  } finally {
    await handle.close()
  }
  throw new UserError('stage3-format', `${path} is not compressed with xz, zstd, gzip or bzip2.`, {
    hint: 'give a stage3 tarball as Gentoo publishes it',
    exit: EXIT.badCall,
  })
}
