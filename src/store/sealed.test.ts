import { expect, test } from 'vitest'
import { sealed, unsealed } from './sealed.ts'

const value = { id: 'root:p/m', list: [1, 2], text: 'ä",“sum“' }
const text = sealed(value)

test('what was sealed comes back, and is JSON that carries its sum', () => {
  expect(unsealed(text)).toEqual(value)
  expect(JSON.parse(text)).toEqual({ ...value, sum: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
})

test('whatever byte is another one, it is damaged', () => {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at++) {
    const other = Buffer.from(bytes)
    other[at] = (other[at] ?? 0) ^ 1
    expect(unsealed(other.toString('utf8'))).toBe('damaged')
  }
})

test.each(['', '{}', '{"sum":""}', text.slice(0, -1), `${text}\n`, text.slice(0, 20), JSON.stringify(value), 'null'])(
  '%j is damaged',
  (other) => expect(unsealed(other)).toBe('damaged'),
)
