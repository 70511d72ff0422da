import { expect, test } from 'vitest'
import type { Event } from '../events.ts'
import { advance, frame, idle, type Live } from './frame.ts'
import { plainPaint } from './paint.ts'
import { newTally } from './tally.ts'

const after = (...events: [number, Event][]): Live =>
  events.reduce((live, [at, event]) => advance(live, event, at), idle)

const view = { now: 72_000, columns: 60, rows: 24, paint: plainPaint, tally: { ...newTally(), planned: 12, had: 3 } }

const run: [number, Event] = [0, { type: 'run-started', run: '1', command: 'pipeline', logs: '/l' }]
const compile: [number, Event] = [60_000, { type: 'step-started', id: 'c', label: 'compile minimal' }]

test('each running step with its time, and the run below', () => {
  const live = after(run, compile, [
    61_000,
    { type: 'step-progress', id: 'c', text: 'compiling app-misc/hello-1 (3 of 12)', done: 3, total: 12 },
  ])
  expect(frame(live, { ...view, columns: 80 })).toEqual([
    '| compile minimal  12 s  25%  compiling app-misc/hello-1 (3 of 12)',
    '  3 of 12 steps, 1 min 12 s',
  ])
})

test('no line is wider than the terminal, one column stays free', () => {
  const live = after(run, compile, [61_000, { type: 'step-progress', id: 'c', text: 'a'.repeat(99) }])
  for (const columns of [60, 30, 10, 4, 1]) {
    for (const line of frame(live, { ...view, columns })) expect(line.length).toBeLessThan(Math.max(2, columns))
  }
})

test('a low terminal shows how many steps it has no room for', () => {
  const many = Array.from({ length: 9 }, (_, n): [number, Event] => [
    0,
    { type: 'step-started', id: `${n}`, label: `step ${n}` },
  ])
  expect(frame(after(run, ...many), { ...view, rows: 6 })).toEqual([
    '| step 0  1 min 12 s',
    '| step 1  1 min 12 s',
    '  and 7 more',
    '  3 of 12 steps, 1 min 12 s',
  ])
})

test('nothing is shown where nothing runs', () => {
  expect(frame(idle, view)).toEqual([])
  expect(frame(after(run, compile, [2, { type: 'run-done', seconds: 1, ok: true }]), view)).toEqual([])
  const done: Event = { type: 'step-done', id: 'c', label: 'compile minimal', how: 'ran', seconds: 1 }
  expect(frame(after(run, compile, [2, done]), view)).toEqual([])
})

test('progress of a step that is over changes nothing', () => {
  const live = after(run)
  expect(advance(live, { type: 'step-progress', id: 'gone', text: 'x' }, 1)).toBe(live)
})

test('how long it still takes stands behind how long it took', () => {
  expect(frame(after(run, compile), { ...view, left: 'about 4 min left' }).at(-1)).toBe(
    '  3 of 12 steps, 1 min 12 s, about 4 min left',
  )
})
