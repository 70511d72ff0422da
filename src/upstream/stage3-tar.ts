/** What is inside a compressed stage3, whichever way upstream compressed it. */
import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { EXIT, UserError } from '../errors.ts'
import { isMissing } from '../system/files.ts'
import { hashFile } from '../system/hash.ts'
import { programFilter } from '../system/stream.ts'

export interface Stage3TarOptions {
  /** Hex digest of the compressed file that was verified. */
  readonly sha512: string
  /** The most bytes it may unpack to; `likelyMost` of its size unless told. */
  readonly maxBytes?: number
  readonly signal: AbortSignal
}

type Argv = readonly [string, ...string[]]

/**
 * Decompressors by the first bytes of what they read; the name of a file proves nothing. What a header claims to need is
 * bounded by 1 GiB of memory: stage3s need 65 MiB. All of them read streams one after the other as one, and (but bzip2,
 * which leaves it unread) fail at other bytes behind.
 */
const FORMATS: readonly { readonly magic: readonly number[]; readonly argv: Argv }[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], argv: ['xz', '-dc', '-T0', '--memlimit-decompress=1GiB'] },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], argv: ['zstd', '-dcq', '--memory=1024MB'] },
  { magic: [0x1f, 0x8b], argv: ['gzip', '-dc'] },
  { magic: [0x42, 0x5a, 0x68], argv: ['bzip2', '-dc'] },
]

/**
 * A plain tar stream. The bytes that are decompressed are hashed on their way, so what was verified is what is unpacked;
 * whoever reads the stream must not believe anything before its end. It ends only when all is well: else it is destroyed
 * with the error.
 * @throws (as the stream's error) UserError `seed-damaged`, `stage3-bomb` (exit 3), `stage3-format`, `command-failed`
 */
export function openStage3Tar(path: string, options: Stage3TarOptions): Readable {
  return Readable.from(decompress(path, options), { objectMode: false })
}

/** Stage3s unpack to 5 to 8 times their size; small ones of empty files may to more. */
export function likelyMost(packedBytes: number): number {
  return 64 * packedBytes + 1024 ** 3
}

async function* decompress(path: string, options: Stage3TarOptions): AsyncGenerator<Buffer> {
  const { sha512, signal } = options
  try {
    const limit = options.maxBytes ?? likelyMost((await stat(path)).size)
    const filter = programFilter(await decompressor(path), { signal, purpose: 'to unpack the stage3' })
    // How it fails is told by the filter, which is destroyed with the same error.
    pipeline(Readable.from(verified(path, sha512), { objectMode: false }), filter, () => undefined)
    let bytes = 0
    for await (const chunk of filter as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > limit) throw bomb(path, limit)
      yield chunk
    }
  } catch (error) {
    if (isMissing(error)) throw damaged(path, 'is gone')
    // Damage makes a decompressor stumble before the last byte is hashed.
    const stumbled =
      error instanceof UserError && ['command-failed', 'stage3-format', 'stage3-bomb'].includes(error.code)
    if (stumbled && (await hashFile(path, 'sha512')) !== sha512) throw damaged(path, NOT_VERIFIED)
    throw error
  }
}

/** The file's bytes; the last of them are followed by the end only if they were the wanted ones. */
async function* verified(path: string, sha512: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha512')
  const handle = await open(path, 'r')
  try {
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(1024 * 1024))
      if (bytesRead === 0) break
      const chunk = buffer.subarray(0, bytesRead)
      hash.update(chunk)
      yield chunk
    }
  } finally {
    await handle.close()
  }
  if (hash.digest('hex') !== sha512) throw damaged(path, NOT_VERIFIED)
}

const NOT_VERIFIED = 'is not what was verified'

function damaged(path: string, how: string): UserError {
  return new UserError('seed-damaged', `The kept stage3 ${path} ${how}.`, {
    hint: 'bootstrap the profile again with the same stage3',
    exit: EXIT.untrusted,
  })
}

function bomb(path: string, limit: number): UserError {
  return new UserError('stage3-bomb', `${path} unpacks to more than ${limit} bytes, which no stage3 does.`, {
    hint: 'do not use it; fetch the stage3 from Gentoo again',
    exit: EXIT.untrusted,
  })
}

async function decompressor(path: string): Promise<Argv> {
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
