import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editDistance, suggest } from './names.ts'

describe('suggestions', () => {
  test.each([
    ['dekstop', ['laptop', 'desktop'], 'Did you mean desktop?'],
    ['Desktop', ['laptop', 'desktop'], 'Did you mean desktop?'],
    ['ab', ['ad', 'ac'], 'Did you mean ad?'],
    ['ab', ['xx', 'ab'], 'Did you mean ab?'],
    ['abcdef', ['abcdxy', 'abcdex'], 'Did you mean abcdex?'],
    ['abc', ['xyz', 'abcxyz'], undefined],
    ['a', [], undefined],
  ])('%s among %j', (name, known, expected) => expect(suggest(name, known)).toBe(expected))

  test('a word of 64 KB, and many words, are answered at once', () => {
    const known = Array.from({ length: 60 }, (_, index) => `definition-${index}`)
    const begin = performance.now()
    expect(suggest('x'.repeat(65_536), known)).toBeUndefined()
    for (let index = 0; index < 1000; index++) suggest(`somewhere-${index}`, known)
    expect(performance.now() - begin).toBeLessThan(5_000)
  })
})

test('a limit changes no distance that is within it', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
  fc.assert(
    fc.property(word, word, fc.nat(6), (a, b, most) => {
      const distance = editDistance(a, b)
      const limited = editDistance(a, b, most)
      expect(distance <= most ? limited === distance : limited > most).toBe(true)
    }),
  )
})
