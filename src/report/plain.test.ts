import { expect, test } from 'vitest'
import type { Event } from '../events.ts'
import { paintFor } from './paint.ts'
import { eventLines } from './plain.ts'
import { newTally } from './tally.ts'

const lines = (event: Event, loudness: 'quiet' | 'normal' = 'normal') =>
  eventLines(event, { loudness, live: false, paint: paintFor(false, {}), labelOf: (id) => id, tally: newTally() })

test('a compiled package is a line, with its time where it is known', () => {
  const event = { type: 'package', id: 'compile:demo/porch', cpv: 'app-misc/greet-1.0', bytes: 1 } as const
  expect(lines({ ...event, seconds: 4.2 })).toEqual(['built    app-misc/greet-1.0 in 4.2 s'])
  expect(lines(event)).toEqual(['built    app-misc/greet-1.0'])
  expect(lines(event, 'quiet')).toEqual([])
})
