import { expect, test } from 'vitest'
import type { Item } from '../../execute/clean/measure.ts'
import { cleanedText, itemLines } from './text.ts'

const KIB = 1024
const item = (what: Item['what'], bytes: number | undefined, why: string, name = what): Item => ({
  what,
  name,
  of: what === 'package' ? 'app-misc/a-1' : undefined,
  why,
  path: `/data/${name}`,
  bytes,
})
const items = [
  item('log', 3 * KIB, 'of a run long ago'),
  item('tree', 2 * KIB * KIB, 'no step knows it'),
  item('package', 5 * KIB, 'no step that came to its end has it'),
  item('package', KIB, 'of an earlier state than the newest'),
  item('package', 2 * KIB, 'no step that came to its end has it'),
  item('snapshot', undefined, 'no lock and no published stage4 names it'),
]
const done = { items, bytes: 1, removed: false, strange: [], strangeSources: [] }

test('a line for each kind of thing and reason, what takes most first', () => {
  expect(itemLines(items)).toEqual([
    'what                       number  on disk  why',
    'trees                           1  2.0 MiB  no step knows it',
    'binary packages                 2  7.0 KiB  no step that came to its end has it',
    'logs of runs                    1  3.0 KiB  of a run long ago',
    'binary packages                 1  1.0 KiB  of an earlier state than the newest',
    'snapshots of repositories       1        ?  no lock and no published stage4 names it',
  ])
})

test('says whether things are gone, names every one where that is wanted, and what was left', () => {
  const told = (more: object, all = false) =>
    cleanedText({ ...done, ...more }, all)
      .split('\n')
      .slice(6)
  expect(told({ bytes: 7 * KIB })).toEqual(['7.0 KiB could be freed; nothing was removed.'])
  expect(told({ bytes: 7 * KIB, removed: true })).toEqual(['7.0 KiB freed.'])
  expect(told({}, true)).toEqual(
    expect.arrayContaining(['trees: /data/tree  2.0 MiB', 'binary packages: app-misc/a-1  /data/package  5.0 KiB']),
  )
  const many = ['a', 'b', 'c', 'd', 'e', 'f\u001B[31m'].map((name) => `/data/${name}`)
  expect(told({ strange: many, strangeSources: ['by\u0007hand'] }).slice(1)).toEqual([
    'Left alone, since they are not ours: /data/a, /data/b, /data/c, /data/d, /data/e and 1 more.',
    'Left alone in distfiles, since no step asked for them: by\\u0007hand.',
  ])
  expect(cleanedText({ ...done, items: [] }, false)).toBe('Nothing is here that is not needed.')
})
