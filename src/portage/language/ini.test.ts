import { describe, expect, test } from 'vitest'
import { parseIni } from './ini.ts'
import { interpolate } from './interpolation.ts'
import { said } from './said.ts'

const read = (text: string) =>
  parseIni(text).sections.map(({ name, keys }) => [
    name,
    Object.fromEntries(keys.map(({ key, value }) => [key, value])),
  ])

describe('what configparser reads', () => {
  test.each([
    ['[a]\nK = v\nl: w=x\nm=\n', [['a', { k: 'v', l: 'w=x', m: '' }]]],
    ['[a]\nk = v # no comment\n# one\n  ; another\n', [['a', { k: 'v # no comment' }]]],
    ['[a]\nk = v\n  w\n\n\tx\n\n', [['a', { k: 'v\nw\n\nx' }]]],
    ['[a]\nk = v\n# c\n  w', [['a', { k: 'v\nw' }]]],
    ['[a]\n  k = v\n  l = w\n m = x', [['a', { k: 'v', l: 'w', m: 'x' }]]],
    [
      '[a] behind\n[ b]c]\n',
      [
        ['a', {}],
        [' b]c', {}],
      ],
    ],
    ['[a]\nk = v\n [b]\n', [['a', { k: 'v\n[b]' }]]],
    [
      '[DEFAULT]\na = b\n[DEFAULT]\nc = d',
      [
        ['DEFAULT', { a: 'b' }],
        ['DEFAULT', { c: 'd' }],
      ],
    ],
    ['[a]\r\nk = v\r\r\nl = w', [['a', { k: 'v', l: 'w' }]]],
    ['[a]\nsome key\u00A0=\u00A0v', [['a', { 'some key': 'v' }]]],
    ['; head\n', []],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected)
    expect(parseIni(text).mistakes).toEqual([])
  })

  test('says where all stands, and keeps the lines of a value together', () => {
    const { nodes, sections } = parseIni('# head\n[a]\nk = v\n# c\n  w\n\nl = x')
    expect(sections).toEqual([
      {
        name: 'a',
        line: 2,
        node: 1,
        keys: [
          { key: 'k', value: 'v\nw', line: 3, node: 2 },
          { key: 'l', value: 'x', line: 7, node: 4 },
        ],
      },
    ])
    expect(nodes.map(({ kind, raw }) => [kind, raw])).toEqual([
      ['trivia', '# head\n'],
      ['section', '[a]\n'],
      ['key', 'k = v\n# c\n  w\n'],
      ['trivia', '\n'],
      ['key', 'l = x'],
    ])
  })
})

describe('mistakes', () => {
  test.each([
    ['k = v\n[a]', ['file:1: A [section] was wanted before the first key; found k = v.']],
    [
      '[a]\nword',
      [
        'file:2: [section] or key = value was wanted; found word. A value goes on only in lines that are indented deeper than its key.',
      ],
    ],
    [
      '[a]\n[]',
      [
        'file:2: [section] or key = value was wanted; found []. A value goes on only in lines that are indented deeper than its key.',
      ],
    ],
    ['[a]\n= v', ['file:2: A key was wanted before the = or colon; found = v.']],
    ['[a]\n\n[a]', ['file:3: The section a comes twice in this file, first in line 1.']],
    ['[a]\nk=v\nK=w', ['file:3: The key k comes twice in section a, first in line 2.']],
    ['[DEFAULT]\nk=v\n[DEFAULT]\nk=w', ['file:4: The key k comes twice in section DEFAULT, first in line 2.']],
    ['[a]\nk = 50%', ['file:2: %(KEY)s or %% was wanted; found %. Write %% for a percent sign.']],
    ['[a]\nk = https://x/%20y', ['file:2: %(KEY)s or %% was wanted; found %20y. Write %% for a percent sign.']],
    [
      '\uFEFF[a]',
      [
        'file:1: The file begins with a byte order mark, which Portage takes for a part of the first word. Save it as UTF-8 without a byte order mark.',
      ],
    ],
  ])('%j', (text, expected) => {
    expect(said(parseIni(text).mistakes)).toEqual(expected)
  })
})

describe('interpolate', () => {
  const keys: Record<string, string> = { a: 'x', b: '%(A)s/%(a)s', loop: '%(loop)s', bad: '%' }
  const lookup = (key: string) => keys[key]

  test.each([
    ['plain', 'plain'],
    ['100%%', '100%'],
    ['%(A)s-%(b)s', 'x-x/x'],
    ['%%(a)s', '%(a)s'],
  ])('%j', (value, text) => {
    expect(interpolate(value, lookup)).toEqual({ text, mistakes: [] })
  })

  test.each([
    ['%(c)s', 'file:3: %(c)s names a key that neither the section nor [DEFAULT] has.'],
    ['%(bad)s', 'file:3: %(KEY)s or %% was wanted; found %. Write %% for a percent sign.'],
    ['%(', 'file:3: %(KEY)s or %% was wanted; found %(. Write %% for a percent sign.'],
    ['%(loop)s', 'file:3: The references in %(loop)s lead to ever more references.'],
  ])('%j', (value, message) => {
    const { text, mistakes } = interpolate(value, lookup, 3)
    expect(text).toBe(value)
    expect(said(mistakes)).toEqual([message])
  })

  test('ten steps from value to value are the most', () => {
    const chain = (length: number) => (key: string) => (Number(key) === length ? 'x%%' : `%(${Number(key) + 1})s`)
    expect(interpolate('%(1)s', chain(9))).toEqual({ text: 'x%', mistakes: [] })
    expect(interpolate('%(1)s', chain(10)).mistakes).toMatchObject([{ code: 'ini-percent-depth' }])
  })

  test('references that multiply fill no memory', () => {
    const many = (at: number) => (at === 9 ? 'x'.repeat(100) : `%(${at + 1})s`.repeat(10))
    const { mistakes } = interpolate('%(1)s', (key) => many(Number(key)))
    expect(mistakes.map(({ code }) => code)).toEqual(['ini-percent-depth'])
  })
})
