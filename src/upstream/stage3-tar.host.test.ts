import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Interrupted } from '../errors.ts'
import { programBytes } from '../system/stream.ts'
import { likelyMost, openStage3Tar } from './stage3-tar.ts'

let folder: string
let plain: string
const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n) % 251))
const never = new AbortController().signal
const sha512Of = (content: Buffer) => createHash('sha512').update(content).digest('hex')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  plain = join(folder, 'plain')
  await writeFile(plain, bytes)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** A file of that content and what reading it gives. */
async function reading(name: string, content: Buffer, more: { sha512?: string; maxBytes?: number } = {}) {
  const path = join(folder, name)
  await writeFile(path, content)
  return { path, read: () => buffer(openStage3Tar(path, { sha512: sha512Of(content), signal: never, ...more })) }
}

test.each(['xz', 'zstd', 'gzip', 'bzip2'])('%s is known by its first bytes', async (program) => {
  const { read } = await reading(`-${program}`, await programBytes([program, '-c', plain]))
  expect((await read()).equals(bytes)).toBe(true)
})

test('two streams in one file are one', async () => {
  const once = await programBytes(['xz', '-c', plain])
  const { read } = await reading('twice', Buffer.concat([once, once]))
  expect((await read()).equals(Buffer.concat([bytes, bytes]))).toBe(true)
})

test.each(['xz', 'zstd', 'gzip'])('other bytes behind the last stream of %s are an error', async (program) => {
  const { read } = await reading(
    'behind',
    Buffer.concat([await programBytes([program, '-c', plain]), Buffer.from('more!!')]),
  )
  await expect(read()).rejects.toMatchObject({ code: 'command-failed' })
})

test('a cut-off file is an error, never a shorter tar', async () => {
  const whole = await programBytes(['xz', '-c', plain])
  const { path, read } = await reading('cut', whole.subarray(0, -20))
  await expect(read()).rejects.toMatchObject({ code: 'command-failed' })
  expect((await readFile(path)).length).toBe(whole.length - 20)
})

test.each([
  ['other bytes that unpack well', (whole: Buffer) => Buffer.concat([whole, whole])],
  ['damage', (whole: Buffer) => Buffer.concat([whole.subarray(0, 60), Buffer.from('oops'), whole.subarray(64)])],
  ['a file of another kind', () => Buffer.from('nothing of the kind')],
])('what was not verified is told at the latest at its end: %s', async (_what, spoil) => {
  const whole = await programBytes(['xz', '-c', plain])
  const { path, read } = await reading('other', spoil(whole), { sha512: sha512Of(whole) })
  await expect(read()).rejects.toMatchObject({
    code: 'seed-damaged',
    exit: 3,
    message: `The kept stage3 ${path} is not what was verified.`,
    hint: 'bootstrap the profile again with the same stage3',
  })
})

test('no stage3 is told', async () => {
  const path = join(folder, 'none')
  await expect(buffer(openStage3Tar(path, { sha512: '', signal: never }))).rejects.toMatchObject({
    code: 'seed-damaged',
    exit: 3,
    message: `The kept stage3 ${path} is gone.`,
  })
})

test('a bomb is refused as it flows', async () => {
  const zeros = join(folder, 'zeros')
  await writeFile(zeros, '')
  await truncate(zeros, 64 * 1024 ** 2)
  const { path, read } = await reading('bomb', await programBytes(['zstd', '-1', '-c', zeros]), { maxBytes: 8_000_000 })
  await expect(read()).rejects.toMatchObject({
    code: 'stage3-bomb',
    exit: 3,
    message: `${path} unpacks to more than 8000000 bytes, which no stage3 does.`,
    hint: 'do not use it; fetch the stage3 from Gentoo again',
  })
})

test('untold, a stage3 may be much larger than its packed size, and not without end', () => {
  expect(likelyMost(300e6)).toBeGreaterThan(300e6 * 10)
  expect(likelyMost(1e6)).toBeLessThan(2e9)
})

test('how large it may be can be told', async () => {
  const packed = await programBytes(['xz', '-c', plain])
  const { read } = await reading('told', packed, { maxBytes: bytes.length - 1 })
  await expect(read()).rejects.toMatchObject({ code: 'stage3-bomb' })
  const { read: again } = await reading('told', packed, { maxBytes: bytes.length })
  expect((await again()).length).toBe(bytes.length)
})

test.each(['xz', 'zstd'])('a %s header that wants more than 1 GiB of memory is refused', async (program) => {
  const packed = program === 'xz' ? greedyXz(await programBytes(['xz', '-c', plain])) : greedyZstd()
  const { read } = await reading('greedy', packed)
  const words = expect.stringMatching(/memory/i) as string
  await expect(read()).rejects.toMatchObject({ code: 'command-failed', message: words })
})

/** The block header of an xz file: 12 bytes in, its last but padding is LZMA2's dictionary size, 40 is 4 GiB - 1 (xz-file-format, 5.3.1). */
function greedyXz(packed: Buffer): Buffer {
  const spoilt = Buffer.from(packed)
  const size = ((spoilt[12] ?? 0) + 1) * 4
  const header = spoilt.subarray(12, 12 + size)
  const filter = header.indexOf(Buffer.from([0x21, 0x01]))
  header[filter + 2] = 40
  header.writeUInt32LE(crc32(header.subarray(0, size - 4)), size - 4)
  return spoilt
}

/** A frame header with a window of 2 GiB (RFC 8878, 3.1.1.1.2) and an empty last block. */
function greedyZstd(): Buffer {
  return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0x00, 0x00])
}

function crc32(content: Buffer): number {
  let crc = 0xffffffff
  for (const byte of content) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

test('other formats are refused', async () => {
  const { read } = await reading('plain-copy', bytes)
  await expect(read()).rejects.toMatchObject({ code: 'stage3-format', exit: 2 })
})

test('a stop is a stop', async () => {
  const packed = await programBytes(['xz', '-c', plain])
  const path = join(folder, 'stopped')
  await writeFile(path, packed)
  const stopped = buffer(openStage3Tar(path, { sha512: sha512Of(packed), signal: AbortSignal.abort() }))
  await expect(stopped).rejects.toBeInstanceOf(Interrupted)
})
