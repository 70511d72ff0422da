import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { AS_ORDINARY, asOrdinary } from '../../tests/kit/as-ordinary.ts'
import { Interrupted } from '../errors.ts'
import { run } from '../system/process.ts'
import { takeIn } from './private-copy.ts'

let root: string
let to: string
const made: string[] = []
const never = new AbortController().signal

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  made.push(root)
  to = join(root, 'to')
  await mkdir(to)
})

afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))))

const take = (from: string, signal = never) => takeIn(from, to, 'name', 'the stage3', signal)

test('a copy stays what it was', async () => {
  const from = join(root, 'from')
  await writeFile(from, 'one', { mode: 0o444 })
  const copy = await take(from)
  await rm(from)
  await writeFile(from, 'two')
  expect([copy, await readFile(copy, 'utf8'), (await stat(copy)).mode & 0o777]).toEqual([
    join(to, 'name'),
    'one',
    0o644,
  ])
  await take(from)
  expect(await readFile(copy, 'utf8')).toBe('two')
})

test('through a link of the user', async () => {
  await writeFile(join(root, 'from'), 'one')
  await symlink('from', join(root, 'link'))
  expect(await readFile(await take(join(root, 'link')), 'utf8')).toBe('one')
})

test('what lies there already is used, under the name that is wanted', async () => {
  await writeFile(join(to, 'downloaded'), 'one')
  const { ino } = await stat(join(to, 'downloaded'))
  expect((await stat(await take(join(to, 'downloaded')))).ino).toBe(ino)
  expect((await stat(await take(join(to, 'name')))).ino).toBe(ino)
  expect(await readdir(to)).toEqual(['name'])
})

test('a link that lies there is not what lies there', async () => {
  await writeFile(join(root, 'from'), 'one')
  await symlink(join(root, 'from'), join(to, 'name'))
  await expect(take(join(to, 'name'))).resolves.toBe(join(to, 'name'))
  await writeFile(join(root, 'from'), 'two')
  expect(await readFile(join(to, 'name'), 'utf8')).toBe('one')
})

test('a link in the place of the copy is not written through', async () => {
  await writeFile(join(root, 'from'), 'one')
  await writeFile(join(root, 'precious'), 'precious')
  await symlink(join(root, 'precious'), join(to, 'name'))
  await take(join(root, 'from'))
  await link(join(root, 'precious'), join(to, 'other'))
  expect([await readFile(join(root, 'precious'), 'utf8'), await readFile(join(to, 'name'), 'utf8')]).toEqual([
    'precious',
    'one',
  ])
})

test.each([
  ['nothing', 'There is no file PATH; the stage3 was expected there.', () => Promise.resolve()],
  ['a folder', 'PATH is not a file; the stage3 was expected there.', (path: string) => mkdir(path)],
  ['a pipe', 'PATH is not a file; the stage3 was expected there.', (path: string) => run(['mkfifo', path])],
  ['a device', 'PATH is not a file; the stage3 was expected there.', (path: string) => symlink('/dev/zero', path)],
  [
    'a link to itself',
    'PATH is a link that leads nowhere; the stage3 was expected there.',
    (path: string) => symlink(path, path),
  ],
])('%s is refused at once', async (_, message, put) => {
  const path = join(root, 'from')
  await put(path)
  await expect(take(path)).rejects.toMatchObject({
    code: 'stage3-missing',
    exit: 2,
    message: message.replace('PATH', path),
  })
  expect(await readdir(to)).toEqual([])
})

test('what may not be read', AS_ORDINARY, async () => {
  await asOrdinary(import.meta.url, async () => {
    const path = join(root, 'from')
    await writeFile(path, 'one')
    await chmod(path, 0)
    await expect(take(path)).rejects.toThrow('may not be read; the stage3 was expected there.')
  })
})

test('a stop, and a name that is a path', async () => {
  await expect(take(root, AbortSignal.abort())).rejects.toBeInstanceOf(Interrupted)
  for (const name of ['../x', '', '.', '..', 'a/b'])
    await expect(takeIn(root, to, name, 'the stage3', never)).rejects.toThrow('not a file name')
})
