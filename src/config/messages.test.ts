import { describe, expect, test } from 'vitest'
import { filled } from './messages.ts'
import { problem } from './problem.ts'

describe('values of a sentence', () => {
  test('stand where their names do, also twice; what has no value stays', () => {
    expect(filled('{a} and {b}, {a}: {c}', { a: 1, b: 'x\n' })).toBe('1 and x\\n, 1: {c}')
  })

  test('a long one is cut off, and not in the middle of a character', () => {
    expect(filled('{a}', { a: 'x'.repeat(500) })).toBe('x'.repeat(500))
    expect(filled('{a}', { a: 'x'.repeat(501) })).toBe(`${'x'.repeat(500)}…`)
    expect(filled('{a}', { a: '\0'.repeat(501) })).toBe(`${'\\u0000'.repeat(83)}…`)
    expect(filled('{a}', { a: '\n'.repeat(251) })).toBe(`${'\\n'.repeat(250)}…`)
    expect(filled('{a}!', { a: `${'x'.repeat(499)}💎` })).toBe(`${'x'.repeat(499)}…!`)
  })
})

test('a hint that a caller brings is as harmless as a value', () => {
  expect(problem('unknown-name', { file: 'f' }, { what: 'x', name: 'y' }, 'Did you mean a\u001B[2J?').hint).toBe(
    'Did you mean a\\u001b[2J?',
  )
})
