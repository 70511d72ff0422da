import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Durations } from './durations.ts'
import { layoutOf, type Layout } from './layout.ts'

let folder: string
let layout: Layout
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-durations-'))
  layout = layoutOf(folder)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('nothing is known at first; what was learnt is there in the next run', async () => {
  const first = await Durations.read(layout)
  expect(first.step('root:demo/porch')).toBeUndefined()
  first.learnStep('root:demo/porch', 12)
  first.learnPackage('dev-libs/libgreet-1.0-r1', { seconds: 4, bytes: 100 })
  await first.keep()
  const next = await Durations.read(layout)
  expect(next.step('root:demo/porch')).toBe(12)
  expect(next.package('dev-libs/libgreet-2.0')).toEqual({ seconds: 4, bytes: 100 })
  expect(next.package('dev-libs/libgreet-extra-1')).toBeUndefined()
})

test('of the newest three the middle one counts', async () => {
  const durations = await Durations.read(layout)
  for (const seconds of [900, 10, 11, 500]) durations.learnStep('compile:demo/porch', seconds)
  expect(durations.step('compile:demo/porch')).toBe(11)
})

test('a step that had little to do says nothing of the next one', async () => {
  const durations = await Durations.read(layout)
  durations.learnStep('compile:demo/porch', 0.1, 0)
  expect(durations.step('compile:demo/porch')).toBeUndefined()
  durations.learnStep('compile:demo/porch', 80)
  for (const part of [0, 0.02, 0.4]) durations.learnStep('compile:demo/porch', 0.1, part)
  expect(durations.step('compile:demo/porch')).toBe(80)
  durations.learnStep('compile:demo/porch', 60, 0.6)
  durations.learnStep('compile:demo/porch', 61, 1)
  expect(durations.step('compile:demo/porch')).toBe(61)
})

test('a package whose time was not seen has its size', async () => {
  const durations = await Durations.read(layout)
  durations.learnPackage('app-misc/greet-1.0', { bytes: 7 })
  expect(durations.package('app-misc/greet')).toEqual({ seconds: undefined, bytes: 7 })
})

test.each(['', '{', '[]', '{"steps":{"a":"b"},"packages":{}}'])('%j in its file is nothing known', async (text) => {
  await mkdir(dirname(layout.durations), { recursive: true })
  await writeFile(layout.durations, text)
  const durations = await Durations.read(layout)
  expect(durations.step('a')).toBeUndefined()
})
