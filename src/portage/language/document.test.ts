import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { parseAssignments } from './assignments.ts'
import { print, replaceNode } from './document.ts'
import { parseIni } from './ini.ts'
import { parseLines } from './lines.ts'
import { parsePackageFile } from './packageFile.ts'

const PARSERS = {
  assignments: parseAssignments,
  lines: parseLines,
  use: (text: string) => parsePackageFile('use', text),
  ini: parseIni,
}

const SCRAPS = [
  'USE="a b"',
  'A=b',
  '[a]',
  'k = v',
  'a/b c VIDEO_CARDS: d',
  'source x',
  '#c',
  '"',
  "'",
  '\\',
  '=',
  '%(',
  '$',
  '${',
  '(',
  ';',
  '\n',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\t',
  '\f',
  '\0',
  '\uFEFF',
  '\u2028',
  '\u0085',
  'é',
  '💎',
  '\uD800',
  '  more',
]
const texts = fc.oneof(
  fc.array(fc.constantFrom(...SCRAPS), { maxLength: 30 }).map((all) => all.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

describe.each(Object.entries(PARSERS))('%s', (_, parse) => {
  test('no character is lost, whatever the text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(print(parse(text))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test.each(['\uFEFF', '\uFEFF\uFEFFA=b', '\r', '\n\r\n\r', 'A=b', '\0', '[a]\r\nk=v\r\n more', '\\', 'A="'])(
    '%j',
    (text) => {
      expect(print(parse(text))).toBe(text)
    },
  )

  // A parser that looks at the rest of the text again and again needs minutes for these.
  test.each(['"', '\\', '=', '(', '%(', '[', ' ', '#', '\n', 'A=b\n', 'k = v\n ', 'a/b c: '])(
    '60 KB of %j is read in linear time',
    (piece) => {
      const text = `[s]\nA="b"\n${piece.repeat(60_000 / piece.length)}`
      const begin = performance.now()
      const document = parse(text)
      expect(performance.now() - begin).toBeLessThan(2_000)
      expect(print(document)).toBe(text)
    },
  )
})

describe('replaceNode', () => {
  const text = '# head\nA=b # one\n\nexport B="c"\r\n# tail'

  test('changes one node and nothing else, and keeps the indexes', () => {
    const document = parseAssignments(text)
    const [a, b] = document.statements.map((statement) => statement.node)
    const changed = replaceNode(replaceNode(document, a ?? -1, 'A="x y"'), b ?? -1, 'B=d')
    expect(print(changed)).toBe('# head\nA="x y" # one\n\nB=d\r\n# tail')
    expect(print(document)).toBe(text)
  })

  test('refuses an index that there is not', () => {
    expect(() => replaceNode(parseAssignments(text), 99, '')).toThrow('There is no node 99.')
  })
})
