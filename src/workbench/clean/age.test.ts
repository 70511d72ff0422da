import { expect, test } from 'vitest'
import { parseAge } from './age.ts'

const HOUR = 60 * 60 * 1000

test.each([
  ['0d', 0],
  ['12h', 12 * HOUR],
  ['30d', 30 * 24 * HOUR],
  ['2w', 14 * 24 * HOUR],
])('%s is an age', (text, milliseconds) => {
  expect(parseAge(text)).toBe(milliseconds)
})

test.each(['', '30', 'd', '-1d', '1.5d', '3m', '30 d', '1d2h', '999999d', '٣d'])('%j is none', (text) => {
  expect(() => parseAge(text)).toThrow(/12h, 30d or 2w was wanted/)
})
