import { expect, test } from 'vitest'
import { duration } from './duration.ts'
import { size } from './size.ts'
import { cleanLine, fit, width } from './text.ts'

test.each([
  [0, '0 s'],
  [0.04, '0.0 s'],
  [0.42, '0.4 s'],
  [5, '5 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [72, '1 min 12 s'],
  [3599.7, '1 h'],
  [7500, '2 h 5 min'],
  [86_399.6, '1 d'],
  [273_600, '3 d 4 h'],
])('%d seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words)
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [12_897_485, '12.3 MiB'],
  [1_073_741_823, '1.0 GiB'],
  [5 * 1024 ** 5, '5120.0 TiB'],
])('%d bytes are %s', (bytes, words) => {
  expect(size(bytes)).toBe(words)
})

test('a line loses what would move the cursor, and keeps what is seen last', () => {
  expect(cleanLine('\u001B[32m * \u001B[0mok\u0007')).toBe(' * ok')
  expect(cleanLine('\u001B]0;title\u0007a\u001B]8;;x\u001B\\b\u001B(Bc\u001B7d')).toBe('abcd')
  expect(cleanLine(' 10%\r 50%\r100%\r')).toBe('100%')
  expect(cleanLine('a\tb\u0000c')).toBe('a  bc')
})

test('a text is cut to the columns it may take', () => {
  expect(width('日本')).toBe(4)
  expect(fit('compile minimal', 15)).toBe('compile minimal')
  expect(fit('compile minimal', 14)).toBe('compile min...')
  expect(fit('compile minimal', 11)).toBe('compile...')
  expect(fit('日本日本', 6)).toBe('日...')
  expect(fit('compile', 2)).toBe('..')
})
