import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOfFolder } from './content.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  await mkdir(join(folder, 'sub'))
  await writeFile(join(folder, 'sub', 'file'), 'text')
})
afterEach(() => rm(folder, { recursive: true }))

test('times do not count', async () => {
  const before = await digestOfFolder(folder)
  await utimes(join(folder, 'sub', 'file'), 1, 1)
  expect(await digestOfFolder(folder)).toBe(before)
})

test('bytes, names and execute bits count', async () => {
  const seen = new Set([await digestOfFolder(folder)])
  await writeFile(join(folder, 'sub', 'file'), 'texts')
  seen.add(await digestOfFolder(folder))
  await chmod(join(folder, 'sub', 'file'), 0o755)
  seen.add(await digestOfFolder(folder))
  await writeFile(join(folder, 'empty'), '')
  seen.add(await digestOfFolder(folder))
  expect(seen.size).toBe(4)
})
