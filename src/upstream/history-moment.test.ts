import { expect, test } from 'vitest'
import { parseMoment } from './history-moment.ts'

const time = (text: string) => Date.parse(text) / 1000

test.each([
  ['2026-01-15', '2026-01-15T23:59:59Z', '20260115'],
  ['20260115', '2026-01-15T23:59:59Z', '20260115'],
  ['2024-02-29', '2024-02-29T23:59:59Z', '20240229'],
  ['2026-01-15T12:00', '2026-01-15T12:00:00Z', '20260115'],
  ['2026-01-15T12:00:30Z', '2026-01-15T12:00:30Z', '20260115'],
  ['2026-01-15 12:00:30', '2026-01-15T12:00:30Z', '20260115'],
  ['2026-01-15T00:30+01:00', '2026-01-14T23:30:00Z', '20260114'],
  ['2026-01-15t23:30:00-0100', '2026-01-16T00:30:00Z', '20260116'],
])('%s is a time', (text, until, day) => {
  expect(parseMoment(text)).toEqual({ kind: 'date', until: time(until), day })
})

test.each(['1234567', '20261315', '99999999', 'ABCDEF1', 'a'.repeat(40)])('%s is a revision', (text) => {
  expect(parseMoment(text)).toEqual({ kind: 'revision', prefix: text.toLowerCase() })
})

test.each([
  '',
  'HEAD',
  '123456',
  'a'.repeat(41),
  '2026-02-30',
  '2026-1-5',
  '2026-01-15T25:00',
  '2026-01-15T12',
  '-15',
  'x2026-01-15',
  '2026-02-30T12:00',
])('%s is neither', (text) => {
  expect(parseMoment(text)).toBeUndefined()
})
