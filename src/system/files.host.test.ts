import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isFolderItself, makeFolder } from './files.ts'

let at: string
beforeAll(async () => {
  at = await mkdtemp(join(tmpdir(), 'gentoomuch-files-'))
  await writeFile(join(at, 'file'), '')
  await mkdir(join(at, 'folder'))
  await symlink('folder', join(at, 'link'))
  await symlink('nowhere', join(at, 'dangling'))
  await symlink('circle', join(at, 'circle'))
})
afterAll(() => rm(at, { recursive: true }))

test('a folder and those above it are made, side by side too, and over a link', async () => {
  await Promise.all(['a/b/c', 'a/b/d', 'a/b/c/e'].map((path) => makeFolder(join(at, path))))
  await makeFolder(join(at, 'link'))
  await makeFolder(join(at, 'link/below'))
  expect(isFolderItself(join(at, 'a/b/c/e'))).toBe(true)
  expect(isFolderItself(join(at, 'folder/below'))).toBe(true)
})

test.each([
  ['file', 'there is something else'],
  ['file/below', 'something above it is no folder'],
  ['file/below/more', 'something above it is no folder'],
  ['dangling', 'it is a link to nowhere'],
  ['circle', 'it is a link to nowhere'],
  ['circle/below', 'links on the way to it lead back to themselves'],
])('where something is in the way, that is told: %s', async (path, why) => {
  await expect(makeFolder(join(at, path))).rejects.toMatchObject({
    code: 'no-folder',
    message: `A folder was wanted at ${join(at, path)}, and none can be made: ${why}.`,
  })
})

test('a place that takes no folders of ours', async () => {
  await expect(makeFolder('/proc/gentoomuch')).rejects.toMatchObject({
    code: 'no-folder',
    message: 'A folder was wanted at /proc/gentoomuch, and none can be made: /proc takes none.',
  })
})

test('a link to a folder is no folder itself', () => {
  for (const name of ['link', 'file', 'dangling', 'circle', 'nothing'])
    expect(isFolderItself(join(at, name))).toBe(false)
})
