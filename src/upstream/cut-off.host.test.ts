import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programBytes } from '../system/stream.ts'
import { isCutOff } from './cut-off.ts'

let folder: string
let plain: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  plain = join(folder, 'plain')
  await writeFile(plain, Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n * n) % 251)))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function cut(bytes: Uint8Array): Promise<boolean> {
  const path = join(folder, 'file')
  await writeFile(path, bytes)
  return await isCutOff(path)
}

test.each([
  ['xz'],
  ['xz', '-T2', '--block-size=65536'],
  ['zstd'],
  ['zstd', '--no-check'],
  ['zstd', '--no-content-size'],
  ['gzip'],
  ['bzip2'],
])('%s %s %s: whole, and each way too short', async (program, ...options) => {
  const whole = await programBytes([program, ...options, '-c', plain])
  expect(await cut(whole)).toBe(false)
  for (const less of [1, 2, 3, 4, 5, 11, 100, whole.length - 8, Math.floor(whole.length / 2)])
    expect([less, await cut(whole.subarray(0, -less))]).toEqual([less, true])
})

test.each(['xz', 'zstd', 'gzip', 'bzip2'])('%s: two files in one are whole', async (program) => {
  const one = await programBytes([program, '-c', plain])
  expect(await cut(Buffer.concat([one, one]))).toBe(false)
})

test('padding behind xz and frames that are skipped by zstd are no end', async () => {
  const xz = await programBytes(['xz', '-c', plain])
  expect(await cut(Buffer.concat([xz, Buffer.alloc(8)]))).toBe(false)
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
  const zstd = await programBytes(['zstd', '-c', plain])
  expect(await cut(Buffer.concat([zstd, skipped]))).toBe(false)
  expect(await cut(Buffer.concat([zstd, skipped.subarray(0, -1)]))).toBe(true)
})

test('what is damaged inside is not cut off, and what is not compressed neither', async () => {
  const zstd = await programBytes(['zstd', '-c', plain])
  zstd[zstd.length - 1] = (zstd[zstd.length - 1] ?? 0) ^ 1
  expect(await cut(zstd)).toBe(false)
  expect(await cut(Buffer.from('text'))).toBe(false)
  expect(await cut(Buffer.alloc(0))).toBe(false)
})
