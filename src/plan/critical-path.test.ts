import { expect, test } from 'vitest'
import { remainingSeconds } from './critical-path.ts'
import type { Step } from './step.ts'

const step = (id: string, ...parents: string[]): Step => ({
  id,
  kind: 'root',
  label: id,
  input: null,
  parents: Object.fromEntries(parents.map((parent) => [parent, parent])),
})

test('the longest of several ways counts, and each step adds its own time', () => {
  const steps = [
    step('end', 'short', 'long'),
    step('short', 'start'),
    step('long', 'start'),
    step('start'),
    step('alone'),
  ]
  const seconds: Record<string, number> = { start: 1, short: 2, long: 30, end: 4, alone: 7 }
  expect(Object.fromEntries(remainingSeconds(steps, ({ id }) => seconds[id] ?? 0))).toEqual({
    start: 35,
    short: 6,
    long: 34,
    end: 4,
    alone: 7,
  })
})
