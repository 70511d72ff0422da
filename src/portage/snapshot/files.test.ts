import { describe, expect, test } from 'vitest'
import {
  ebuildAt,
  maySetAt,
  metadataAt,
  parseLicenseGroups,
  parseList,
  parseMetadata,
  profileFolderOf,
  setNames,
} from './files.ts'

test.each([
  ['dev-libs/foo/foo-1.2.ebuild', { name: 'dev-libs/foo', version: '1.2' }],
  ['dev-libs/foo-bar/foo-bar-1_rc1-r2.ebuild', { name: 'dev-libs/foo-bar', version: '1_rc1-r2' }],
  ['x.y/9/9-1.ebuild', { name: 'x.y/9', version: '1' }],
  ['dev-libs/foo/bar-1.2.ebuild', undefined],
  ['dev-libs/foo/foo-.ebuild', undefined],
  ['dev-libs/foo/foo-1.x.ebuild', undefined],
  ['dev-libs/foo/foo.ebuild', undefined],
  ['dev-libs/foo/foo-1.2.ebuild.orig', undefined],
  ['dev-libs/foo/files/foo-1.2.ebuild', undefined],
  ['.git/foo/foo-1.ebuild', undefined],
  ['dev-libs/foo.x/foo.x-1.ebuild', undefined],
  ['foo-1.ebuild', undefined],
])('an ebuild? %s', (path, expected) => expect(ebuildAt(path)).toEqual(expected))

test('where metadata and sets stand', () => {
  expect(metadataAt('metadata/md5-cache/dev-libs/foo-1.2')).toBe('dev-libs/foo-1.2')
  expect(metadataAt('metadata/layout.conf')).toBeUndefined()
  expect(['sets/x', 'a/sets/b/c', 'sets.conf', 'resets/x'].map(maySetAt)).toEqual([true, true, false, false])
})

test.each([
  ['profiles/default/linux/parent', 'default/linux'],
  ['profiles/base/eapi', 'base'],
  ['profiles/categories', undefined],
  ['dev-libs/profiles/x/y', undefined],
])('a profile? %s', (path, expected) => expect(profileFolderOf(path)).toBe(expected))

describe('metadata', () => {
  test.each([
    [
      'EAPI=8\nIUSE=+ssl -doc test\nKEYWORDS=~amd64 x86\nSLOT=0/1.2\n_md5_=x\n',
      '0/1.2',
      '~amd64 x86',
      '+ssl -doc test',
    ],
    ['SLOT=0\nKEYWORDS=', '0', '', ''],
    ['SLOT=2', '2', '', ''],
    ['IUSE=a\nMYSLOT=1\nX=SLOT=3\nSLOT=4\n', '4', '', 'a'],
    ['KEYWORDS=\nSLOT=0\n', '0', '', ''],
  ])('%j', (text, slot, keywords, iuse) => expect(parseMetadata(Buffer.from(text))).toEqual({ slot, keywords, iuse }))

  test.each(['', 'EAPI=8\n', 'SLOT=\n', '../foo', 'SLO'])('not without a slot: %j', (text) =>
    expect(parseMetadata(Buffer.from(text))).toBeUndefined(),
  )
})

test('lists', () => {
  expect(parseList('# all\napp-misc\n\n  dev-libs # and\nvirtual')).toEqual(['app-misc', 'dev-libs', 'virtual'])
})

test('license groups', () => {
  const text = '# c\nFREE @OSI  MIT #x y\nOSI GPL-2\nEMPTY\nFREE BSD\n'
  expect([...parseLicenseGroups(text)]).toEqual([
    ['FREE', ['@OSI', 'MIT', 'BSD']],
    ['OSI', ['GPL-2']],
  ])
})

test.each([
  ['[one]\nclass = portage.sets.dbapi.OwnerSet\n[two]\nname: second\n', ['one', 'second']],
  ['[DEFAULT]\nx = y\n[many]\nmultiset = true\ndirectory = ${repository:big}/sets/\n', ['a', 'deep/b']],
  ['[many]\nmultiset=YES\ndirectory=${repository:big}/./other//sets\nname_pattern = kde-$name-${name}\n', ['kde-c-c']],
  ['[many]\nmultiset=true\ndirectory=${repository:else}/sets/\n', []],
  ['[many]\nmultiset=true\ndirectory=/etc/portage/sets\n', []],
  ['[many]\nmultiset=false\n[many2]\nname=many\n', ['many']],
  ['', []],
])('sets: %j', (text, expected) => {
  const paths = ['sets/a', 'sets/a.metadata', 'sets/a~', 'sets/.a', 'sets/deep/b', 'sets/.git/b', 'other/sets/c']
  expect(setNames(text, 'big', paths)).toEqual(expected)
})
