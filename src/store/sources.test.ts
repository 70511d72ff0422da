import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { layoutOf, type Layout } from './layout.ts'
import { areAsWanted, changedSources, noteSources, type WantedSource } from './sources.ts'

let layout: Layout
beforeEach(async () => {
  layout = layoutOf(await mkdtemp(join(tmpdir(), 'gm-sources-')))
  await mkdir(layout.distfiles)
  for (const name of ['a.tar', 'b.tar']) await writeFile(join(layout.distfiles, name), `of ${name}`)
})
afterEach(() => rm(layout.data, { recursive: true }))

test.each([
  ['a flipped byte', () => writeFile(join(layout.distfiles, 'a.tar'), 'of b.tar')],
  ['half of it', () => truncate(join(layout.distfiles, 'a.tar'), 3)],
  ['nothing in it', () => truncate(join(layout.distfiles, 'a.tar'))],
  ['no such file', () => rm(join(layout.distfiles, 'a.tar'))],
])('%s is another source than was verified', async (_what, damage) => {
  await noteSources(layout, ['a.tar', 'b.tar'])
  expect(await changedSources(layout, ['a.tar', 'b.tar'])).toEqual([])
  await damage()
  expect(await changedSources(layout, ['a.tar', 'b.tar'])).toEqual(['a.tar'])
})

test('what nobody verified is not believed, and what was verified again is', async () => {
  await noteSources(layout, ['a.tar'])
  expect(await changedSources(layout, ['a.tar', 'b.tar'])).toEqual(['b.tar'])
  await writeFile(join(layout.distfiles, 'a.tar'), 'a new one')
  await noteSources(layout, ['a.tar', 'gone.tar'])
  expect(await changedSources(layout, ['a.tar'])).toEqual([])
})

test('sums that are damaged are none', async () => {
  await noteSources(layout, ['a.tar'])
  await truncate(layout.sources, 20)
  expect(await changedSources(layout, ['a.tar'])).toEqual(['a.tar'])
})

const wanted = (name: string, bytes: string, algorithm = 'sha512'): WantedSource => [
  name,
  createHash(algorithm).update(bytes).digest('hex'),
]

test('sources are as wanted when every one has the digest of its Manifest, of either kind', async () => {
  const [a, b] = [wanted('a.tar', 'of a.tar'), wanted('b.tar', 'of b.tar', 'blake2b512')]
  expect(await areAsWanted(layout, [a, b, a])).toBe(true)
  expect(await areAsWanted(layout, [a, wanted('gone.tar', '')])).toBe(false)
  // Another repository means another file by the name.
  expect(await areAsWanted(layout, [a, wanted('a.tar', 'another')])).toBe(false)
  await mkdir(join(layout.distfiles, 'folder'))
  expect(await areAsWanted(layout, [wanted('folder', '')])).toBe(false)
})
