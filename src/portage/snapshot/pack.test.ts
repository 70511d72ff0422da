import { describe, expect, test } from 'vitest'
import { parseAtom } from '../atoms/atom.ts'
import { packer, unpack, type Metadata, type PackedSnapshot } from './pack.ts'
import { meantBy, type Snapshot } from './snapshot.ts'

const described: Metadata = { slot: '0/3', keywords: 'amd64 ~x86', iuse: '+ssl -doc test' }

function packed(): PackedSnapshot {
  const packages = packer()
  packages.add(
    'dev-libs/foo',
    new Map([
      ['1.10', described],
      ['1.9-r1', { ...described, slot: '1', keywords: '' }],
      ['9999', undefined],
    ]),
  )
  packages.add('app-misc/bar', new Map([['1', described]]))
  packages.add('dev-libs/foo-bar', new Map([['2', described]]))
  return {
    repository: 'gentoo',
    revision: '1'.repeat(40),
    categories: ['app-misc', 'dev-libs'],
    arches: ['amd64'],
    licenseGroups: [['FREE', ['MIT']]],
    sets: ['kde'],
    profiles: ['base'],
    texts: packages.texts,
    packages: packages.packages(),
  }
}

/** Through JSON, as the cache keeps it. */
const snapshot = (): Snapshot => unpack(JSON.parse(JSON.stringify(packed())) as PackedSnapshot)

test('what was packed comes out: names sorted, the oldest version first', () => {
  const { versionsOf, ...rest } = snapshot()
  expect(rest).toEqual({
    repository: 'gentoo',
    revision: '1'.repeat(40),
    names: ['app-misc/bar', 'dev-libs/foo', 'dev-libs/foo-bar'],
    categories: ['app-misc', 'dev-libs'],
    arches: ['amd64'],
    licenseGroups: new Map([['FREE', ['MIT']]]),
    sets: ['kde'],
    profiles: ['base'],
  })
  const foo = { category: 'dev-libs', package: 'foo', repository: 'gentoo' }
  expect(versionsOf('dev-libs/foo')).toEqual([
    { ...foo, version: '1.9-r1', slot: '1', subSlot: '1', keywords: [], iuse: ['ssl', 'doc', 'test'] },
    { ...foo, version: '1.10', slot: '0', subSlot: '3', keywords: ['amd64', '~x86'], iuse: ['ssl', 'doc', 'test'] },
    { ...foo, version: '9999', slot: undefined, subSlot: undefined, keywords: undefined, iuse: undefined },
  ])
  expect(versionsOf('dev-libs/nothing')).toEqual([])
})

test('equal texts are kept once', () => {
  const { texts } = packed()
  expect(texts.toSorted()).toEqual(['', '+ssl -doc test', '0/3', '1', 'amd64 ~x86'])
  const { versionsOf } = snapshot()
  expect(versionsOf('dev-libs/foo')[0]?.iuse).toBe(versionsOf('app-misc/bar')[0]?.iuse)
})

describe('what an atom means', () => {
  test.each([
    ['dev-libs/foo', 'foo-1.9-r1 foo-1.10 foo-9999'],
    ['>=dev-libs/foo-1.10', 'foo-1.10 foo-9999'],
    ['dev-libs/foo:0', 'foo-1.10 foo-9999'],
    ['dev-libs/foo:0/4', 'foo-9999'],
    ['dev-libs/foo::gentoo', 'foo-1.9-r1 foo-1.10 foo-9999'],
    ['dev-libs/foo::other', ''],
    ['dev-libs/baz', ''],
    ['*/*:0/3', 'bar-1 foo-1.10 foo-9999 foo-bar-2'],
    ['dev-*/*-bar', 'foo-bar-2'],
    ['=*/*-*9999*', 'foo-9999'],
  ])('%s: %s', (text, expected) => {
    const parsed = parseAtom(text)
    if ('mistake' in parsed) throw new Error(text)
    const found = [...meantBy(parsed.atom, snapshot())]
    expect(found.map((one) => `${one.package}-${one.version}`).join(' ')).toBe(expected)
  })
})
