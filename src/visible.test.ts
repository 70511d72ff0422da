import { describe, expect, test } from 'vitest'
import { visible } from './visible.ts'

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
