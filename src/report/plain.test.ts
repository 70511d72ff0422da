import { expect, test } from 'vitest'
import type { Event } from '../events.ts'
import { paintFor } from './paint.ts'
import { eventLines } from './plain.ts'
import { newTally } from './tally.ts'

const lines = (event: Event, loudness: 'quiet' | 'normal' = 'normal') =>
  eventLines(event, { loudness, live: false, paint: paintFor(false, {}), labelOf: (id) => id, tally: newTally() })

test('how long it still takes is said with the plan, and with each step that ran', () => {
  const options = { loudness: 'normal', paint: paintFor(false, {}), labelOf: String, tally: newTally() } as const
  const left = 'about 4 min left'
  const planned: Event = { type: 'planned', steps: [{ id: 'c', label: 'compile', verdict: 'run', seconds: 240 }] }
  const done: Event = { type: 'step-done', id: 'c', label: 'compile', how: 'ran', seconds: 5 }
  expect(eventLines(planned, { ...options, live: true, left })).toEqual([
    'plan     1 step: 0 reused, 1 to run, about 4 min left',
  ])
  expect(eventLines(done, { ...options, live: false, left })).toEqual(['done     compile in 5 s, about 4 min left'])
  expect(eventLines(done, { ...options, live: true, left })).toEqual(['done     compile in 5 s'])
  expect(eventLines({ ...done, how: 'have' }, { ...options, live: false, left })).toEqual(['have     compile'])
})

test('a compiled package is a line, with its time where it is known', () => {
  const event = { type: 'package', id: 'compile:demo/porch', cpv: 'app-misc/greet-1.0', bytes: 1 } as const
  expect(lines({ ...event, seconds: 4.2 })).toEqual(['built    app-misc/greet-1.0 in 4.2 s'])
  expect(lines(event)).toEqual(['built    app-misc/greet-1.0'])
  expect(lines(event, 'quiet')).toEqual([])
})
