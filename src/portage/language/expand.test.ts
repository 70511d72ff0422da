import { describe, expect, test } from 'vitest'
import { expand, segments } from './expand.ts'
import { said } from './said.ts'

const variables: Record<string, string> = { A: 'one', B_1: '$A', EMPTY: '' }
const lookup = (name: string) => variables[name]

describe('expand', () => {
  test.each([
    ['$A', 'one'],
    ['${A}', 'one'],
    ['x$A-${A}y', 'xone-oney'],
    ['$B_1', '$A'],
    ['$AB', ''],
    ['${EMPTY}x', 'x'],
    ['a\nb', 'a b'],
    ['a\\\nb', 'ab'],
    ['\\$A', '$A'],
    ['\\\\', '\\'],
    ['\\\\$A', '\\$A'],
    ['\\\\"$A"', '\\"one"'],
    ['\\n', '\\n'],
    ['a\\', 'a\\'],
    ['$', '$'],
    ['a$', 'a$'],
    ["it's $A, isn't it", "it's $A, isn't it"],
    ["'\n\\$' $A", "'\n\\$' one"],
    ['"it\'s $A"', '"it\'s one"'],
    ["'\"' $A", "'\"' one"],
    ['', ''],
  ])('%j', (value, text) => {
    expect(expand(value, lookup)).toEqual({ text, mistakes: [] })
  })

  test.each([
    [
      'a ${A',
      'file:7: A reference was wanted as $NAME or ${NAME}; found ${A, and Portage makes the whole value empty. Write \\${ for the two characters themselves.',
    ],
    [
      '${A:-b}',
      'file:7: A reference was wanted as $NAME or ${NAME}; found ${A:-b}, and Portage makes the whole value empty. Write \\${ for the two characters themselves.',
    ],
    [
      '${',
      'file:7: A reference was wanted as $NAME or ${NAME}; found ${, and Portage makes the whole value empty. Write \\${ for the two characters themselves.',
    ],
    [
      'x ${}',
      'file:7: A name was wanted behind $; found ${}, and Portage makes the whole value empty. Write \\$ for a dollar sign.',
    ],
    [
      '$(date)',
      'file:7: A name was wanted behind $; found $(date), and Portage makes the whole value empty. Write \\$ for a dollar sign.',
    ],
  ])('%j makes the whole value empty', (value, message) => {
    const { text, mistakes } = expand(value, lookup, 7)
    expect(text).toBe('')
    expect(said(mistakes)).toEqual([message])
    expect(segments(value)).toEqual([])
  })
})

test('segments keep text and references apart', () => {
  expect(segments('a\\$ ${B_1}c$A')).toEqual([
    { kind: 'text', text: 'a$ ' },
    { kind: 'reference', name: 'B_1', raw: '${B_1}' },
    { kind: 'text', text: 'c' },
    { kind: 'reference', name: 'A', raw: '$A' },
  ])
})

test('what doubles without end counts as empty', () => {
  const long = 'x'.repeat(60_000)
  expect(expand('$A', () => long).text).toBe(long)
  expect(expand('$A$A', () => long)).toEqual({ text: '', mistakes: [] })
  expect(expand('$A'.repeat(20_000), () => long)).toEqual({ text: '', mistakes: [] })
})
