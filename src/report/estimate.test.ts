import { expect, test } from 'vitest'
import type { Event } from '../events.ts'
import { leftWords, noEstimate, reckon, secondsLeft, type Estimate } from './estimate.ts'

const after = (...events: [number, Event][]): Estimate =>
  events.reduce((estimate, [at, event]) => reckon(estimate, event, at * 1000), noEstimate)
const left = (at: number, ...events: [number, Event][]) => secondsLeft(after(...events), at * 1000)

const planned = (steps: Readonly<Record<string, number | undefined | 'have'>>): [number, Event] => [
  0,
  {
    type: 'planned',
    steps: Object.entries(steps).map(([id, seconds]) => ({
      id,
      label: id,
      verdict: seconds === 'have' ? 'have' : 'run',
      ...(typeof seconds === 'number' ? { seconds } : {}),
    })),
  },
]
const start = (at: number, id: string): [number, Event] => [at, { type: 'step-started', id, label: id }]
const progress = (at: number, id: string, done: number, total: number): [number, Event] => [
  at,
  { type: 'step-progress', id, text: '', done, total },
]
const done = (at: number, id: string, seconds: number, how: 'ran' | 'have' = 'ran'): [number, Event] => [
  at,
  { type: 'step-done', id, label: id, how, seconds },
]

test('nothing is said where nothing is known, of one step even, and where nothing is to be done', () => {
  expect(left(0)).toBeUndefined()
  expect(left(0, planned({ 'seed:p': 'have' }))).toBeUndefined()
  expect(left(0, planned({ 'compile:p/a': 100, 'root:p/a': undefined }))).toBeUndefined()
})

test('machines go side by side, after the steps of their profile', () => {
  const plan = planned({ 'builder:p': 10, 'compile:p/a': 100, 'root:p/a': 20, 'compile:p/b': 50, 'compile:q/c': 115 })
  expect(left(0, plan)).toBe(130)
})

test('it goes down as time goes by, and not below nothing', () => {
  const plan = planned({ 'compile:p/a': 100, 'root:p/a': 20 })
  expect(left(40, plan, start(10, 'compile:p/a'))).toBe(90)
  expect(left(500, plan, start(10, 'compile:p/a'))).toBe(20)
})

test('what a step says of itself counts: a slow one takes longer, one that has less to do is over sooner', () => {
  const plan = planned({ 'compile:p/a': 100 })
  expect(left(80, plan, start(0, 'compile:p/a'), progress(80, 'compile:p/a', 1, 4))).toBe(157.5)
  expect(left(200, plan, start(0, 'compile:p/a'), progress(200, 'compile:p/a', 1, 2))).toBe(200)
  expect(left(10, plan, start(0, 'compile:p/a'), progress(10, 'compile:p/a', 9, 10))).toBeCloseTo(1.11)
})

test('of a step that never ran its own progress tells, once there is enough of it', () => {
  const plan = planned({ 'compile:p/a': undefined })
  expect(left(5, plan, start(0, 'compile:p/a'), progress(5, 'compile:p/a', 1, 20))).toBeUndefined()
  expect(left(50, plan, start(0, 'compile:p/a'), progress(50, 'compile:p/a', 1, 4))).toBe(150)
})

test('a run that is slower than the ones before is so to its end', () => {
  const plan = planned({ 'fetch:p/a': 10, 'compile:p/a': 100 })
  expect(left(20, plan, start(0, 'fetch:p/a'), done(20, 'fetch:p/a', 20))).toBe(200)
  expect(left(200, plan, start(0, 'fetch:p/a'), done(200, 'fetch:p/a', 200))).toBe(400)
  // What was there already says nothing of the pace.
  expect(left(20, plan, done(20, 'fetch:p/a', 0, 'have'))).toBe(100)
})

test('what failed or was skipped takes no more time', () => {
  const failed: Event = { type: 'step-failed', id: 'compile:p/a', label: '', failure: { code: 'x', message: '' } }
  const skipped: Event = { type: 'step-skipped', id: 'root:p/a', label: '', because: 'x' }
  const plan = planned({ 'compile:p/a': 100, 'root:p/a': 20, 'compile:p/b': 50 })
  expect(left(0, plan, [0, failed], [0, skipped])).toBe(50)
})

test('in words, as exact as it can be', () => {
  expect([undefined, 0.4, 2, 13, 57, 100, 3500, 9000].map((seconds) => leftWords(seconds))).toEqual([
    undefined,
    undefined,
    'about 5 s left',
    'about 15 s left',
    'about 1 min left',
    'about 1 min 30 s left',
    'about 58 min left',
    'about 2 h 30 min left',
  ])
})
