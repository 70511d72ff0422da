import { mkdtempSync, rmSync } from 'node:fs'
import { appendFile, chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { statMark } from './stat-mark.ts'

let folder: string
const at = (...path: string[]) => join(folder, ...path)
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gm-mark-'))
  await mkdir(at('sub'))
  await writeFile(at('sub/file'), 'text')
  // The kernel's clock for files moves in steps of a few milliseconds.
  await sleep(20)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const mark = () => statMark([folder, at('elsewhere')]).digest

test('stays the same while nothing changes', () => {
  expect(mark()).toBe(mark())
})

test.each<[string, () => Promise<unknown>]>([
  ['another text of the same length', () => writeFile(at('sub/file'), 'next')],
  ['a longer text', () => appendFile(at('sub/file'), '!')],
  [
    'a text of the same length, with its time set back',
    async () => {
      await writeFile(at('sub/file'), 'next')
      await utimes(at('sub/file'), 1, 1)
    },
  ],
  ['another mode', () => chmod(at('sub/file'), 0o755)],
  ['another name', () => rename(at('sub/file'), at('sub/other'))],
  [
    'another file in its place',
    async () => {
      await writeFile(at('new'), 'text')
      await rename(at('new'), at('sub/file'))
    },
  ],
  ['a file more', () => writeFile(at('more'), '')],
  ['a file less', () => rm(at('sub/file'))],
  ['a link', () => symlink('nowhere', at('link'))],
  ['a path that was not there', () => mkdir(at('elsewhere'))],
])('%s shows', async (_what, change) => {
  const before = mark()
  await change()
  expect(mark()).not.toBe(before)
})

test('a path that is a link is followed: what it leads to shows, and where it leads', async () => {
  await symlink('sub', at('link'))
  await mkdir(at('other'))
  const through = () => statMark([at('link')]).digest
  const before = through()
  expect(through()).toBe(before)
  await writeFile(at('sub/file'), 'next')
  const edited = through()
  expect(edited).not.toBe(before)
  await rm(at('link'))
  await symlink('other', at('link'))
  expect(through()).not.toBe(edited)
  await rm(at('link'))
  for (const nowhere of ['link', 'nowhere']) {
    await symlink(nowhere, at('link'))
    expect(through()).not.toBe(edited)
    await rm(at('link'))
  }
})

test('only git’s own folder at the top is not looked into', async () => {
  await mkdir(at('.git'))
  await mkdir(at('sub/.git'))
  const before = mark()
  await writeFile(at('.git/index'), '')
  expect(mark()).toBe(before)
  await writeFile(at('sub/.git/index'), '')
  expect(mark()).not.toBe(before)
})

test('is not sure of what cannot be looked at', async () => {
  await sleep(60)
  expect(statMark([at('sub/file/below')]).isSure).toBe(true)
  // As for a folder that one may not enter; root may enter all.
  expect(statMark([at('x'.repeat(300))])).toMatchObject({ isSure: false })
})

test('is not sure of what was changed just now', async () => {
  await sleep(60)
  expect(statMark([folder, at('nothing')]).isSure).toBe(true)
  await writeFile(at('sub/file'), 'new')
  expect(statMark([folder]).isSure).toBe(false)
})

test("what git does in a folder's .git shows only in the folder's own times", async () => {
  await mkdir(at('sub/.git'))
  const before = statMark([at('sub')]).digest
  await writeFile(at('sub/.git/index'), 'x')
  expect(statMark([at('sub')]).digest).toBe(before)
})
