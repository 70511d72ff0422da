import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAtom, type Atom } from './atom.ts'
import { matches } from './match.ts'
import { mayOverlap } from './overlap.ts'

function atomOf(text: string): Atom {
  const parsed = parseAtom(text)
  if ('mistake' in parsed) throw new Error(JSON.stringify(parsed.mistake))
  return parsed.atom
}

describe('two atoms', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/b', 'c/b', false],
    ['a/b', '*/*', true],
    ['a/b', '*/c', false],
    ['a*/b', '*c/b', true],
    ['*/a*b', '*/b*', false],
    ['*/a*', '*/*b', true],
    ['*/f*o', '*/fo', true],
    ['a/b:0', 'a/b:1', false],
    ['a/b:0/1', 'a/b:0/2', false],
    ['a/b:0/1', 'a/b:0', true],
    ['a/b:0', '*/*:1', false],
    ['a/b::x', 'a/b::y', false],
    ['a/b::x', 'a/b', true],
    ['=a/b-1', '=a/b-1-r0', true],
    ['=a/b-1', '=a/b-1-r1', false],
    ['=a/b-1-2', '=a/b-1-3', false],
    ['=a/b-1-2', '=a/b-1', true],
    ['=a/b-1', '~a/b-1', true],
    ['=a/b-1.00-r2', '~a/b-1.0', true],
    ['=a/b-2', '~a/b-1', false],
    ['~a/b-1', '~a/b-1.0', false],
    ['>a/b-1', '<a/b-1-r1', false],
    ['>a/b-1', '<=a/b-1-r1', true],
    ['>a/b-1', '<a/b-1-r2', true],
    ['>a/b-1', '<a/b-1_p', true],
    ['>=a/b-1', '<a/b-1', false],
    ['>=a/b-1', '<=a/b-1', true],
    ['>=a/b-2', '<a/b-1', false],
    ['<a/b-1', '<a/b-0_alpha', true],
    ['>a/b-1', '>a/b-9', true],
    ['>a/b-1-r3', '~a/b-1', true],
    ['<a/b-1-r3', '~a/b-1', true],
    ['<a/b-1', '~a/b-1', false],
    ['=a/b-1*', '=a/b-1.2', true],
    ['=a/b-1*', '=a/b-10', false],
    ['=a/b-1*', '=a/b-1.2*', true],
    ['=a/b-1.2*', '=a/b-1.3*', false],
    ['=a/b-1*', '~a/b-1.2', true],
    ['=a/b-1-r2*', '~a/b-1', true],
    ['=a/b-2*', '<a/b-2', true],
    ['=a/b-2*', '<a/b-1', false],
    ['=a/b-2*', '>=a/b-2.99', true],
    ['=a/b-2*', '>=a/b-3', false],
    ['=a/b-2*', '<a/b-2_rc1', true],
    ['=a/b-1.01*', '=a/b-1.010', true],
    ['=*/*-*99*', '=a/b-9999', true],
    ['=*/*-*99*', '=a/b-1.2', false],
    ['=*/*-*99*', '>a/b-1', true],
    ['=*/*-*1*', '=*/b-*2*', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(mayOverlap(atomOf(a), atomOf(b))).toBe(expected)
    expect(mayOverlap(atomOf(b), atomOf(a))).toBe(expected)
  })
})

test('where one package is meant by both, it is never denied', () => {
  const version = fc
    .tuple(
      fc.constantFrom('0', '1', '01', '2'),
      fc.constantFrom('', '.0', '.00', '.01', '.1', '.10', '.2.1'),
      fc.constantFrom('', 'a', '_p', '_p0', '_p1', '_rc1', '_alpha_p0'),
      fc.constantFrom('', '-r0', '-r1', '-r2'),
    )
    .map((parts) => parts.join(''))
  const atom = fc
    .tuple(fc.constantFrom('=', '~', '<', '<=', '>', '>=', '=*'), version, fc.constantFrom('', ':0', ':1', ':0/1'))
    .map(([operator, of, slot]) => atomOf(operator === '=*' ? `=a/b-${of}*${slot}` : `${operator}a/b-${of}${slot}`))
  const wild = fc.constantFrom('=*/*-*1*', '=a/*-*r2*', '=*/b-*p*', '*/b', 'a/b:1').map(atomOf)
  const either = fc.oneof({ weight: 5, arbitrary: atom }, wild)
  fc.assert(
    fc.property(either, either, fc.array(version, { minLength: 8, maxLength: 30 }), (a, b, versions) => {
      const candidates = versions.map((one) => ({ category: 'a', package: 'b', version: one, slot: '0', subSlot: '1' }))
      if (candidates.some((candidate) => matches(a, candidate) && matches(b, candidate)))
        expect(mayOverlap(a, b)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('patterns of 40 KB are not compared letter by letter', () => {
  const [one, other] = ['b', 'c'].map((end) => atomOf(`*/${'*a'.repeat(20_000)}${end}`))
  const begin = performance.now()
  expect(one && other && mayOverlap(one, other)).toBe(true)
  expect(performance.now() - begin).toBeLessThan(5_000)
})
