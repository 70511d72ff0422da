import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareVersions, isVersion, splitRevision } from './version.ts'

test.each(['0', '1', '007', '1.2.3', '1.02', '1b', '1.2z', '1_p', '1_alpha2_beta_p20', '1-r0', '1.2b_rc4-r05'])(
  '%s is a version',
  (text) => expect(isVersion(text)).toBe(true),
)

test.each([
  '',
  'a',
  '1.',
  '.1',
  '1..2',
  '1ab',
  '1B',
  '1_',
  '1_x',
  '1_palpha',
  '1-r',
  '1-1',
  '1-r1-r2',
  '1*',
  'r1',
  '1 ',
])('"%s" is not a version', (text) => expect(isVersion(text)).toBe(false))

test('a revision is cut off', () => {
  expect(splitRevision('1.2_rc1-r03')).toEqual({ base: '1.2_rc1', revision: '03' })
  expect(splitRevision('1.2')).toEqual({ base: '1.2', revision: undefined })
})

/** Each older than the next. */
const RISING = [
  [
    '0_alpha_alpha',
    '0_alpha',
    '0_alpha1',
    '0_beta',
    '0_pre',
    '0_rc',
    '0_rc_p',
    '0',
    '0-r1',
    '0_p',
    '0_p-r1',
    '0_p1',
    '1',
  ],
  ['1', '1a', '1b', '1.0', '1.0.0', '1.0.0b', '1.1', '1.9', '1.10', '2'],
  ['1.001', '1.01', '1.02', '1.1', '1.2', '1.10'],
  ['1.2.5', '1.2.5b', '1.2.6'],
  ['1.2b', '1.2.5'],
  ['9', '10', '99999999999999999998', '99999999999999999999', '100000000000000000000'],
  ['1-r1', '1-r2', '1-r10', '1-r99999999999999999999'],
]

test.each(RISING)('%s … rises', (...versions) => {
  for (const [index, version] of versions.entries())
    for (const later of versions.slice(index + 1)) {
      expect([version, later, compareVersions(version, later) < 0]).toEqual([version, later, true])
      expect([later, version, compareVersions(later, version) > 0]).toEqual([later, version, true])
    }
})

test.each([
  ['1', '1-r0'],
  ['1', '01'],
  ['1.0', '1.00'],
  ['1.01', '1.010'],
  ['1_p', '1_p0'],
  ['1_p1', '1_p01'],
  ['1-r1', '1-r01'],
])('%s and %s are equal', (a, b) => {
  expect(compareVersions(a, b)).toBe(0)
  expect(compareVersions(b, a)).toBe(0)
})

test('what is no version is a mistake of the caller', () => {
  expect(() => compareVersions('1', 'x')).toThrow('not a version: x')
})

describe('properties', () => {
  const piece = fc.nat({ max: 12 }).map(String)
  const version = fc
    .tuple(
      fc.array(piece, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', 'a', 'b'),
      fc.array(fc.tuple(fc.constantFrom('alpha', 'beta', 'pre', 'rc', 'p'), fc.oneof(fc.constant(''), piece)), {
        maxLength: 2,
      }),
      fc.option(piece, { nil: undefined }),
    )
    .map(([numbers, letter, suffixes, revision]) =>
      [
        numbers.join('.'),
        letter,
        ...suffixes.map(([word, number]) => `_${word}${number}`),
        revision === undefined ? '' : `-r${revision}`,
      ].join(''),
    )

  test('the order has two sides', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(isVersion(a)).toBe(true)
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0)
      }),
    )
  })

  test('nothing lies between a version and its next revision, and there is always an older one', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const { base, revision = '0' } = splitRevision(a)
        const next = `${base}-r${Number(revision) + 1}`
        expect(compareVersions(a, b) < 0 && compareVersions(b, next) < 0).toBe(false)
        expect(compareVersions(`${base}_alpha`, a)).toBeLessThan(0)
      }),
    )
  })
})
