import { describe, expect, test } from 'vitest'
import { parseAtom, type Atom } from './atom.ts'
import { inOrderOfApplication, moreSpecific, specificity } from './specificity.ts'

function atomOf(text: string): Atom {
  const parsed = parseAtom(text)
  if ('mistake' in parsed) throw new Error(JSON.stringify(parsed.mistake))
  return parsed.atom
}

test.each([
  ['=a/b-1', 6],
  ['=a/b-1:0', 6],
  ['~a/b-1', 5],
  ['=a/b-1*', 4],
  ['=a/b-1*:0', 4],
  ['a/b:0', 3],
  ['>=a/b-1:0', 3],
  ['a/b:=', 1],
  ['>=a/b-1', 2],
  ['<a/b-1', 2],
  ['a/b', 1],
  ['a/b::gentoo', 1],
  ['=*/b-*1*', 0],
  ['*/b:0', -1],
  ['*/b', -2],
  ['*/*::gentoo', -2],
])('%s: %d', (text, expected) => expect(specificity(atomOf(text))).toBe(expected))

describe('which of two decides', () => {
  test.each([
    ['=a/b-1', '~a/b-1', undefined, true],
    ['a/b', '*/b', undefined, true],
    ['*/b', 'a/b', undefined, false],
    ['a/b::gentoo', 'a/b', undefined, false],
    ['a/b', 'a/b::gentoo', undefined, false],
    ['>=a/b-2', '>=a/b-1', undefined, true],
    ['>=a/b-1', '>a/b-2', undefined, false],
    ['<a/b-2', '<=a/b-3', undefined, true],
    ['<a/b-3', '<a/b-2', undefined, false],
    ['>=a/b-1', '<a/b-3', undefined, false],
    ['<a/b-3', '>=a/b-1', undefined, false],
    ['>=a/b-1', '<a/b-3', '1', true],
    ['>=a/b-1', '<a/b-3', '2', false],
    ['<a/b-3', '>=a/b-1', '1', false],
    ['<=a/b-3', '>=a/b-1', '3', true],
    ['<a/b-4', '<a/b-5', '3', true],
    ['>=a/b-2', '>=a/b-1', '3', true],
    ['>=a/b-1.0', '>=a/b-1.00', '3', false],
  ])('%s over %s in %s: %s', (a, b, version, expected) =>
    expect(moreSpecific(atomOf(a), atomOf(b), version)).toBe(expected),
  )
})

describe('the order of application', () => {
  test.each([
    ['the more specific one later', '=a/b-2 a/b */b ~a/b-2', '*/b a/b ~a/b-2 =a/b-2'],
    ['what means other packages is left out', 'a/c =a/b-3 a/b:1 a/b::other a/b', 'a/b'],
    ['of equals the first one is applied last', 'a/b::gentoo a/b', 'a/b a/b::gentoo'],
    ['of equal wildcards too', '*/b a/* */*', '*/* a/* */b'],
    ['those of one pattern stand together', '*/b a/* */b::gentoo', 'a/* */b::gentoo */b'],
    ['written twice is one, where it stood first', 'a/b */* a/b', '*/* a/b'],
    ['the closer range later', '<a/b-9 >=a/b-1 >=a/b-2 <a/b-8', '>=a/b-1 <a/b-9 <a/b-8 >=a/b-2'],
  ])('%s', (_name, texts, expected) => {
    const candidate = { category: 'a', package: 'b', version: '2', slot: '0', repository: 'gentoo' }
    const ordered = inOrderOfApplication(texts.split(' ').map(atomOf), candidate)
    expect(ordered.map(({ text }) => text).join(' ')).toBe(expected)
  })
})
