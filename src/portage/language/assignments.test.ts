import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAssignments } from './assignments.ts'
import { print } from './document.ts'
import { quoted } from './quoted.ts'
import { said } from './said.ts'

const assigned = (text: string) =>
  parseAssignments(text).statements.map((one) => (one.kind === 'assign' ? [one.name, one.value] : ['source', one.path]))

describe('what Portage reads', () => {
  test.each([
    ['A=b', [['A', 'b']]],
    ['export A=b', [['A', 'b']]],
    ['A = b', [['A', 'b']]],
    ['A=\n  b\n', [['A', 'b']]],
    [
      'A=b B=c',
      [
        ['A', 'b'],
        ['B', 'c'],
      ],
    ],
    ['A=b#c', [['A', 'b']]],
    ['A="b"\'c\'d', [['A', 'bcd']]],
    ['A=""', [['A', '']]],
    ["A='a\\'b", [['A', 'a\\b']]],
    ['A="\\" \\\\ \\$ \\x"', [['A', '" \\ \\$ \\x']]],
    ['A=a\\ b', [['A', 'a b']]],
    ['A=a\\\nb', [['A', 'a\nb']]],
    ['A="a\\\nb"', [['A', 'a\\\nb']]],
    [
      'A="a\r\nb"\rB=c',
      [
        ['A', 'a\nb'],
        ['B', 'c'],
      ],
    ],
    ['A "=" b', [['A', 'b']]],
    ['A=~*/-+{},.:;?@%!_', [['A', '~*/-+{},.:;?@%!_']]],
    ['A=é', [['A', 'é']]],
    ['A=b\\', [['A', 'b\n']]],
    ['# A=b', []],
    ['export', []],
    [
      'A=1\nsource "$B/x y" # c\nC=2',
      [
        ['A', '1'],
        ['source', '$B/x y'],
        ['C', '2'],
      ],
    ],
    [
      'export source x A=b',
      [
        ['source', 'x'],
        ['A', 'b'],
      ],
    ],
  ])('%j', (text, expected) => {
    expect(assigned(text)).toEqual(expected)
    expect(parseAssignments(text).mistakes).toEqual([])
  })

  test('says where each stands, as it is written', () => {
    const document = parseAssignments('# head\nexport USE="a\nb" # behind\n\nsource x')
    expect(document.statements).toEqual([
      { kind: 'assign', name: 'USE', value: 'a\nb', raw: 'export USE="a\nb"', rawValue: '"a\nb"', line: 2, node: 1 },
      { kind: 'source', path: 'x', raw: 'source x', line: 5, node: 3 },
    ])
    expect(document.nodes.map(({ kind, raw }) => [kind, raw])).toEqual([
      ['trivia', '# head\n'],
      ['assign', 'export USE="a\nb"'],
      ['trivia', ' # behind\n\n'],
      ['source', 'source x'],
    ])
    expect(print(document)).toContain('# behind')
  })
})

describe('mistakes', () => {
  test.each([
    [
      'USE="a b',
      [
        'file:1: The " that opens here is never closed. Close it; where that one looks right, another one since line 1 is missing.',
      ],
    ],
    [
      'A="x\nB="y\nz"',
      [
        'file:3: The " that opens here is never closed. Close it; where that one looks right, another one since line 1 is missing.',
      ],
    ],
    [
      'A=\nB=c',
      ['file:1: A has no value; Portage would take the next word in the file for it. Write A="" for an empty value.'],
    ],
    [
      'A=',
      ['file:1: A has no value; Portage would take the next word in the file for it. Write A="" for an empty value.'],
    ],
    ['nonsense here', ['file:1: NAME="value" was wanted; found nonsense here.']],
    ['one', ['file:1: NAME="value" was wanted; found one.']],
    ['A=b c d', ['file:1: The value of A ended at a space; c is left over. Put the whole value in double quotes.']],
    [
      'A=b=c',
      [
        'file:1: The value of A has = outside of quotes, where Portage ends the word. Put the whole value in double quotes.',
      ],
    ],
    [
      'A=(a b)',
      [
        'file:1: The value of A has ( outside of quotes, where Portage ends the word. Put the whole value in double quotes.',
      ],
    ],
    ['1A=b', ['file:1: The name of a variable was wanted (letters, digits and _, no digit first); found 1A.']],
    ['A+="b c"', ['file:1: Portage does not know A+=. Write A="${A} b c".']],
    ['. /etc/x', ['file:1: Portage does not know the command . (a dot). Write source /etc/x.']],
    [
      'source',
      [
        'file:1: source wants a path behind a space, in quotes where it has other characters than letters, digits and ~!@$%*_:;?,./-+{}.',
      ],
    ],
    [
      'source a(b',
      [
        'file:1: source wants a path behind a space, in quotes where it has other characters than letters, digits and ~!@$%*_:;?,./-+{}.',
      ],
    ],
    [
      'A="source"',
      [
        'file:1: source stands inside of the assignment of A; Portage takes that word for a command everywhere, even in quotes.',
      ],
    ],
    [
      'A source x',
      [
        'file:1: source stands inside of the assignment of A; Portage takes that word for a command everywhere, even in quotes.',
      ],
    ],
    [
      '\uFEFFA=b',
      [
        'file:1: The file begins with a byte order mark, which Portage takes for a part of the first word. Save it as UTF-8 without a byte order mark.',
      ],
    ],
  ])('%j', (text, expected) => {
    expect(said(parseAssignments(text).mistakes)).toEqual(expected)
  })

  test.each(['A=a[b]', 'A=a|b', 'A=a&b', 'A=a<b', 'A=a`b`', 'A=a^b', 'A=aéb', 'A=a\u00A0b', 'A=a\0', 'A=💎b'])(
    '%j has a character that ends the word',
    (text) => {
      expect(parseAssignments(text)).toMatchObject({ statements: [], mistakes: [{ code: 'assignment-character' }] })
    },
  )

  test('the second export is a name like any other', () => {
    expect(parseAssignments('export export A=b').mistakes).toMatchObject([{ code: 'assignment-expected' }])
  })

  test('reading goes on in the next line', () => {
    const text = 'A=b=c\nB=1\nif true; then\nC=2\nD=\nE=3\nF=x y\n1=2\nG=4'
    expect(assigned(text)).toEqual([
      ['B', '1'],
      ['C', '2'],
      ['E', '3'],
      ['F', 'x'],
      ['G', '4'],
    ])
    expect(parseAssignments(text).mistakes.map(({ code, line }) => [line, code])).toEqual([
      [1, 'assignment-character'],
      [3, 'assignment-expected'],
      [5, 'assignment-no-value'],
      [7, 'assignment-second-word'],
      [8, 'assignment-name'],
    ])
  })

  test('make.defaults does not read other files', () => {
    expect(said(parseAssignments('source /etc/x\nA=source', { sourcing: false }).mistakes)).toEqual([
      'file:1: Portage does not read other files by source here, only in make.conf and env/.',
    ])
  })
})

describe('quoted', () => {
  test.each([
    ['a b', '"a b"'],
    ['', '""'],
    ['say "hi"', '"say \\"hi\\""'],
    ['\\$HOME', '"\\$HOME"'],
    ['a\\', '"a\\\\"'],
    ['\\\\', '"\\\\\\\\"'],
    ['\\"', '"\\\\\\""'],
    ['a\\\nb', '"a\\\nb"'],
  ])('%j', (word, written) => {
    expect(quoted(word)).toBe(written)
  })

  test('is read as the same word again', () => {
    const scraps = fc.constantFrom('\\', '"', "'", '$', '\n', ' ', '#', '=', 'a', 'é', '\0', '(')
    const words = fc.oneof(
      fc.array(scraps).map((all) => all.join('')),
      fc.string({ unit: 'grapheme' }),
    )
    fc.assert(
      fc.property(
        words.map((word) => word.replaceAll('\r', '')),
        (word) => {
          const { statements, mistakes } = parseAssignments(`A=${quoted(word)}\n`)
          expect(statements).toMatchObject([{ name: 'A', value: word }])
          expect(mistakes).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  })
})
