import { mkdir, mkdtemp, readFile, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { layoutOf } from './layout.ts'
import { PackageStore } from './packages.ts'

let folder: string
let store: PackageStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-packages-'))
  store = new PackageStore(layoutOf(folder))
  await mkdir(layoutOf(folder).scratch, { recursive: true })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function made(content: string): Promise<string> {
  const file = join(folder, 'made.gpkg.tar')
  await writeFile(file, content)
  return file
}

test('keeps a package, offers it under the name Portage looks for, and leaves nothing in scratch', async () => {
  await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: {} }, await made('bytes'))
  const offered = join(folder, 'offered')
  expect(await store.offer(['f1'], offered)).toEqual([])
  expect(await readFile(join(offered, 'app-misc/greet-1.gpkg.tar'), 'utf8')).toBe('bytes')
  expect(await readdir(layoutOf(folder).scratch)).toEqual([])
})

test('what a package was made from lies beside it', async () => {
  await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: { b: 1, a: ['x'] } }, await made('bytes'))
  expect(await readFile(join(layoutOf(folder).packages, 'f1', 'made-from.json'), 'utf8')).toBe('{"a":["x"],"b":1}')
})

test('the first package of a fingerprint stays', async () => {
  await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: {} }, await made('first'))
  const again = await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: {} }, await made('again'))
  expect(again.bytes).toBe(5)
  const offered = join(folder, 'offered')
  await store.offer(['f1'], offered)
  expect(await readFile(join(offered, 'app-misc/greet-1.gpkg.tar'), 'utf8')).toBe('first')
})

/** What a run that comes later knows. */
const later = () => new PackageStore(layoutOf(folder))

test('a damaged package is found when it is offered, named and removed', async () => {
  await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: {} }, await made('bytes'))
  await writeFile(join(layoutOf(folder).packages, 'f1', 'package.gpkg.tar'), 'byteX')
  store = later()
  expect(await store.find('f1')).toBeDefined()
  expect(await store.offer(['f1'], join(folder, 'offered'))).toEqual(['f1'])
  expect(await store.find('f1')).toBeUndefined()
  expect(await store.verified('f1')).toBeUndefined()
})

test('what was verified is read again only where its file was written to or is another one', async () => {
  const file = join(layoutOf(folder).packages, 'f1', 'package.gpkg.tar')
  const time = new Date(1_700_000_000_000)
  const put = async (content: string, mtime: Date) => {
    await writeFile(file, content)
    await utimes(file, mtime, mtime)
  }
  await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: {} }, await made('bytes'))
  await put('bytes', time)
  expect(await store.verified('f1')).toMatchObject({ cpv: 'app-misc/greet-1' })
  // Links come and go with every container.
  expect(await store.offer(['f1'], join(folder, 'offered'))).toEqual([])
  await rm(join(folder, 'offered'), { recursive: true })
  await put('byteX', time)
  expect(await store.verified('f1')).toMatchObject({ cpv: 'app-misc/greet-1' })
  expect(await later().verified('f1')).toBe('damaged')

  await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: {} }, await made('bytes'))
  await put('byteX', new Date(1_600_000_000_000))
  expect(await store.verified('f1')).toBe('damaged')
  expect(await store.verified('f1')).toBeUndefined()
})

test('a truncated package counts as absent at once', async () => {
  await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: {} }, await made('bytes'))
  await truncate(join(layoutOf(folder).packages, 'f1', 'package.gpkg.tar'), 3)
  expect(await store.find('f1')).toBeUndefined()
})

test('an entry that says another name than was kept is none', async () => {
  await store.keep({ fingerprint: 'f1', cpv: 'app-misc/greet-1', ingredients: {} }, await made('bytes'))
  const path = join(layoutOf(folder).packages, 'f1', 'entry.json')
  await writeFile(path, (await readFile(path, 'utf8')).replace('greet-1', 'greet-2'))
  expect(await store.find('f1')).toBeUndefined()
  store = later()
  expect([await store.verified('f1'), await store.verified('f2')]).toEqual(['damaged', undefined])
  expect(await store.offer(['f1'], join(folder, 'offered'))).toEqual(['f1'])
})
