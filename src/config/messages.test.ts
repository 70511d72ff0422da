import { describe, expect, test } from 'vitest'
import { filled, visible } from './messages.ts'

describe('what a user wrote cannot draw on a terminal', () => {
  test.each([
    ['a\u001B[2J', 'a\\u001b[2J'],
    ['a\nb\tc', 'a\\nb\\tc'],
    ['\u007F', '\\u007f'],
    // One byte of a terminal that knows 8-bit controls: the same as \u001B[.
    ['\u009B2J', '\\u009b2J'],
    ['\u0085', '\\u0085'],
    ['a\u2028b', 'a\\u2028b'],
    ['\u202Egnp.exe', '\\u202egnp.exe'],
    ['\u2066', '\\u2066'],
    ['"é\\💎"', '"é\\💎"'],
  ])('%j', (text, expected) => expect(visible(text)).toBe(expected))
})

describe('values of a sentence', () => {
  test('stand where their names do, also twice; what has no value stays', () => {
    expect(filled('{a} and {b}, {a}: {c}', { a: 1, b: 'x\n' })).toBe('1 and x\\n, 1: {c}')
  })

  test('a long one is cut off, and not in the middle of a character', () => {
    expect(filled('{a}', { a: 'x'.repeat(500) })).toBe('x'.repeat(500))
    expect(filled('{a}', { a: 'x'.repeat(501) })).toBe(`${'x'.repeat(500)}…`)
    expect(filled('{a}!', { a: `${'x'.repeat(499)}💎` })).toBe(`${'x'.repeat(499)}…!`)
  })
})
