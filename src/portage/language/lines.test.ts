import { expect, test } from 'vitest'
import { parseLines } from './lines.ts'

test('a line has words, where they stand, and a comment that begins with a word', () => {
  expect(parseLines('# head\r\n\n  a/b#c  d\u3000e # f g').nodes).toEqual([
    { raw: '# head\r\n', line: 1, tokens: [], comment: { text: '# head', column: 1 } },
    { raw: '\n', line: 2, tokens: [], comment: undefined },
    {
      raw: '  a/b#c  d\u3000e # f g',
      line: 3,
      tokens: [
        { text: 'a/b#c', column: 3 },
        { text: 'd', column: 10 },
        { text: 'e', column: 12 },
      ],
      comment: { text: '# f g', column: 14 },
    },
  ])
})

test('a carriage return ends a line, a form feed and Unicode line separators part words', () => {
  expect(parseLines('a\rb\fc\u2028d\u0085e\u001Cf').nodes.map(({ tokens }) => tokens.map(({ text }) => text))).toEqual([
    ['a'],
    ['b', 'c', 'd', 'e', 'f'],
  ])
})

test('the empty text has no lines', () => {
  expect(parseLines('')).toEqual({ nodes: [], mistakes: [] })
})
