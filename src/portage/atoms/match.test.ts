import { describe, expect, test } from 'vitest'
import { parseAtom, type Atom } from './atom.ts'
import { matches, type Candidate } from './match.ts'

function atomOf(text: string): Atom {
  const parsed = parseAtom(text)
  if ('mistake' in parsed) throw new Error(JSON.stringify(parsed.mistake))
  return parsed.atom
}

const candidate = (version: string, more: Partial<Candidate> = {}): Candidate => ({
  category: 'dev-libs',
  package: 'foo',
  version,
  slot: '0',
  ...more,
})

/** Which of these versions of dev-libs/foo an atom means. */
const meant = (text: string, versions: string): string =>
  versions
    .split(' ')
    .filter((version) => matches(atomOf(text), candidate(version)))
    .join(' ')

describe('versions', () => {
  test.each([
    ['dev-libs/foo', '1 2', '1 2'],
    ['=dev-libs/foo-1', '1 1-r0 1-r1 1.0 01', '1 1-r0 01'],
    ['=dev-libs/foo-1-r1', '1 1-r1 1-r01 1-r2', '1-r1 1-r01'],
    ['~dev-libs/foo-1.0', '1.0 1.0-r5 1.00 1.0_p1 1.0.1', '1.0 1.0-r5'],
    ['~dev-libs/foo-1.0-r3', '1.0 1.0-r5', '1.0 1.0-r5'],
    ['<dev-libs/foo-1', '0 1_rc1 1 1-r1', '0 1_rc1'],
    ['<=dev-libs/foo-1', '0 1 1-r0 1-r1', '0 1 1-r0'],
    ['>dev-libs/foo-1', '1_rc1 1 1-r0 1-r1 1_p 2', '1-r1 1_p 2'],
    ['>=dev-libs/foo-1', '1_rc1 1 1-r1 2', '1 1-r1 2'],
  ])('%s of %s: %s', (text, versions, expected) => expect(meant(text, versions)).toBe(expected))

  test.each([
    ['=dev-libs/foo-1*', '1 01 1-r1 1.5 1b 1_rc 10 11.1 2', '1 01 1-r1 1.5 1b 1_rc'],
    ['=dev-libs/foo-01*', '1 01.2 10', '1 01.2'],
    ['=dev-libs/foo-1.2*', '1.2 1.2.3 1.20 1.2b 1.02', '1.2 1.2.3 1.2b'],
    ['=dev-libs/foo-1b*', '1b 1b_p1 1b-r1', '1b 1b_p1 1b-r1'],
    ['=dev-libs/foo-1_p*', '1_p 1_p5 1_p-r1 1_pre 1_p_p', '1_p 1_p5 1_p-r1 1_p_p'],
    ['=dev-libs/foo-1_p1*', '1_p1 1_p10 1_p1-r1', '1_p1 1_p1-r1'],
    ['=dev-libs/foo-1-r1*', '1-r1 1-r10 1 1-r01', '1-r1'],
    ['=dev-libs/foo-0*', '0 0.1 00 1', '0 0.1 00'],
  ])('%s of %s: %s, by parts', (text, versions, expected) => expect(meant(text, versions)).toBe(expected))

  test('build ids', () => {
    expect(matches(atomOf('=dev-libs/foo-1-2'), candidate('1', { buildId: 2 }))).toBe(true)
    expect(matches(atomOf('=dev-libs/foo-1-2'), candidate('1', { buildId: 3 }))).toBe(false)
    expect(matches(atomOf('=dev-libs/foo-1-2'), candidate('1'))).toBe(false)
    expect(matches(atomOf('=dev-libs/foo-1'), candidate('1', { buildId: 3 }))).toBe(true)
  })
})

test.each([
  ['dev-libs/foo', 'dev-libs/foo', true],
  ['dev-libs/foo', 'dev-libs/bar', false],
  ['dev-libs/foo', 'app-misc/foo', false],
  ['=dev-libs/foo-1*', 'dev-libs/foo-1x', false],
  ['*/*', 'dev-libs/foo', true],
  ['*/foo', 'dev-libs/foo', true],
  ['*/foo', 'dev-libs/foo-bar', false],
  ['dev-*/foo*', 'dev-libs/foo-bar', true],
  ['dev-*/foo*', 'app-libs/foo', false],
  ['*-libs/*a*a', 'dev-libs/banana', true],
  ['*-libs/*an*an', 'dev-libs/banana', false],
  ['*/f*f', 'dev-libs/f', false],
  ['x.*/*', 'xy/foo', false],
  ['dev-libs/*+', 'dev-libs/c++', true],
  ['=dev-*/*-*r3*', 'dev-libs/foo', true],
  ['=dev-*/*-*r4*', 'dev-libs/foo', false],
])('%s means %s: %s', (text, cp, expected) => {
  const [category = '', name = ''] = cp.split('/')
  expect(matches(atomOf(text), candidate('1.2-r3', { category, package: name }))).toBe(expected)
})

test.each([
  ['dev-libs/foo:0', {}, true],
  ['dev-libs/foo:1', {}, false],
  ['dev-libs/foo:0/2', { subSlot: '2' }, true],
  ['dev-libs/foo:0/2', { subSlot: '3' }, false],
  ['dev-libs/foo:0/0', {}, true],
  ['dev-libs/foo:0', { subSlot: '3' }, true],
  ['dev-libs/foo:7/8', { slot: undefined }, true],
  ['dev-libs/foo:=', { slot: '7' }, true],
  ['dev-libs/foo:*', { slot: '7' }, true],
  ['*/*:1', {}, false],
  ['dev-libs/foo::gentoo', { repository: 'gentoo' }, true],
  ['dev-libs/foo::gentoo', { repository: 'other' }, false],
  ['dev-libs/foo::gentoo', {}, true],
  ['*/*::gentoo', { repository: 'other' }, false],
  ['!!dev-libs/foo', {}, true],
  ['dev-libs/foo[x]', {}, true],
])('%s and %o: %s', (text, more, expected) => expect(matches(atomOf(text), candidate('1', more))).toBe(expected))
