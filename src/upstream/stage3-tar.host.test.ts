import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Interrupted } from '../errors.ts'
import { programBytes } from '../system/stream.ts'
import { openStage3Tar } from './stage3-tar.ts'

let folder: string
let plain: string
const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n) % 251))
const never = new AbortController().signal

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  plain = join(folder, 'plain')
  await writeFile(plain, bytes)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(['xz', 'zstd', 'gzip', 'bzip2'])('%s is known by its first bytes', async (program) => {
  const path = join(folder, `-${program}`)
  await writeFile(path, await programBytes([program, '-c', plain]))
  expect((await buffer(openStage3Tar(path, never))).equals(bytes)).toBe(true)
})

test('a cut-off file is an error, never a shorter tar', async () => {
  const path = join(folder, 'cut')
  const whole = await programBytes(['xz', '-c', plain])
  await writeFile(path, whole)
  await truncate(path, whole.length - 20)
  await expect(buffer(openStage3Tar(path, never))).rejects.toMatchObject({ code: 'command-failed' })
  expect((await readFile(path)).length).toBe(whole.length - 20)
})

test('other formats are refused', async () => {
  await expect(buffer(openStage3Tar(plain, never))).rejects.toMatchObject({ code: 'stage3-format', exit: 2 })
})

test('a stop is a stop', async () => {
  const path = join(folder, '-xz')
  await expect(buffer(openStage3Tar(path, AbortSignal.abort()))).rejects.toBeInstanceOf(Interrupted)
})
