import { expect, test } from 'vitest'
import { asRead } from './as-read.ts'

const TEXT = 'USE="a"\n\tb\r\n\u001B[2J\u009B\u202E\n'

test('what is no text is escaped on a terminal, lines and tabs stay', () => {
  expect(asRead(TEXT, true)).toBe('USE="a"\n\tb\\r\n\\u001b[2J\\u009b\\u202e\n')
})

test('a program gets what is in the files', () => {
  expect(asRead(TEXT, false)).toBe(TEXT)
})
