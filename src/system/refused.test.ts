import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { refusedBySystem } from './refused.ts'

const folder = mkdtempSync(join(tmpdir(), 'gm-refused-'))
writeFileSync(join(folder, 'file'), '')
afterAll(() => rmSync(folder, { recursive: true }))

const caught = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test('a full disk, in words', async () => {
  const error = await caught(writeFile('/dev/full', 'x'))
  expect(refusedBySystem(error)).toBe('The file system refused write: no space left on device.')
})

test('a process that could not be started for want of others to end', () => {
  const facts = { code: 'EAGAIN', syscall: 'spawn python3', path: 'python3' }
  const error = Object.assign(new Error('spawn python3 EAGAIN'), facts)
  expect(refusedBySystem(error)).toBe('The host could not start python3: this user may have no more processes.')
})

test('what may not be written, with where', async () => {
  const error = await caught(writeFile('/proc/version', 'x'))
  expect(refusedBySystem(error)).toMatch(
    /^The file system refused (open of \/proc\/version|write): (permission denied|i\/o error|operation not permitted)/,
  )
})

test.each([
  ['a file that is missing', () => readFile(join(folder, 'none'))],
  ['a folder where a file was thought to be', () => readFile(folder)],
  ['a name that is taken', () => rename(join(folder, 'file'), join(folder, 'file', 'x'))],
  ['a bug', () => Promise.reject(new TypeError('x is not a function'))],
])('%s is for us to explain', async (_, work) => {
  expect(refusedBySystem(await caught(work()))).toBeUndefined()
})
