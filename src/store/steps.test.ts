import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { layoutOf } from './layout.ts'
import { StepStore } from './steps.ts'

const HOUR = 60 * 60 * 1000

let folder: string
let store: StepStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-steps-'))
  store = new StepStore(layoutOf(folder))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('what a step used is listed newest first, each output once; going back is a use', async () => {
  await store.use('root:p/m', 'a', HOUR)
  await store.use('root:p/m', 'b', 2 * HOUR)
  await store.use('root:p/m', 'a', 3 * HOUR)
  expect(await store.uses()).toEqual([
    { id: 'root:p/m', key: 'a', at: 3 * HOUR },
    { id: 'root:p/m', key: 'b', at: 2 * HOUR },
  ])
})

test('the same output again soon is not written down; after half a day it is, and after a clock was set back', async () => {
  await store.use('root:p/m', 'a', 100 * HOUR)
  await store.use('root:p/m', 'a', 101 * HOUR)
  expect(await store.uses()).toMatchObject([{ at: 100 * HOUR }])
  await store.use('root:p/m', 'a', 113 * HOUR)
  expect(await store.uses()).toMatchObject([{ at: 113 * HOUR }])
  await store.use('root:p/m', 'a', HOUR)
  expect(await store.uses()).toMatchObject([{ at: HOUR }])
})

test('to keep a record is to use it', async () => {
  const output = { digest: 'd', value: null }
  await store.keep({ id: 'seed:p', kind: 'seed', key: 'k', output, seconds: 1 }, {})
  expect(await store.uses()).toMatchObject([{ id: 'seed:p', key: 'k' }])
  expect(await readdir(layoutOf(folder).uses)).toHaveLength(1)
})

const record = { id: 'seed:p', kind: 'seed', key: 'k', output: { digest: 'd', value: { at: 12 } }, seconds: 1 }

test.each([
  ['other bytes', (text: string) => text.replace('"at":12', '"at":13')],
  ['half of them', (text: string) => text.slice(0, text.length / 2)],
  ['nothing in it', () => ''],
  ["another record's text", (text: string) => text.replace('"key":"k"', '"key":"l"')],
])('a record with %s counts as absent, and is told of', async (_what, damage) => {
  const told: string[] = []
  const telling = new StepStore(layoutOf(folder), (key) => told.push(key))
  await telling.keep(record, {})
  expect(await telling.find('k')).toEqual(record)
  const path = join(layoutOf(folder).steps, 'k.json')
  await writeFile(path, damage(await readFile(path, 'utf8')))
  expect(await telling.find('k')).toBeUndefined()
  expect(await telling.all()).toEqual([])
  expect(told).toEqual(['k'])
  await telling.keep(record, {})
  expect(await telling.find('k')).toEqual(record)
})
