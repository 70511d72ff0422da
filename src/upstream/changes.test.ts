import { expect, test } from 'vitest'
import { changesOf, parseRaw, type PathChange } from './changes.ts'

const none = { added: [], removed: [], changed: [], metadata: [], files: false }

function packagesOf(text: string) {
  const how = { '+': 'added', '-': 'removed', '~': 'changed' } as const
  const changes = text.split(' ').map((word): PathChange => {
    return { how: how[word.charAt(0) as keyof typeof how], path: word.slice(1) }
  })
  return changesOf(changes)
}

test.each([
  ['+a/b/b-1.ebuild +a/b/Manifest +metadata/md5-cache/a/b-1', { added: ['1'] }],
  ['-a/b/b-1.ebuild ~a/b/Manifest -metadata/md5-cache/a/b-1', { removed: ['1'] }],
  ['~a/b/b-1.ebuild ~metadata/md5-cache/a/b-1', { changed: ['1'] }],
  ['~metadata/md5-cache/a/b-1-r3 ~metadata/md5-cache/a/b-1', { metadata: ['1', '1-r3'] }],
  ['~a/b/files/x.patch', { files: true }],
  ['~a/b/metadata.xml', { files: true }],
  ['~a/b/Manifest', { files: true }],
  ['~a/b/Manifest +a/b/files/x +a/b/b-1.ebuild', { added: ['1'], files: true }],
  ['+a/b/b-1.10.ebuild +a/b/b-1.9.ebuild +a/b/b-1.9_rc1.ebuild', { added: ['1.9_rc1', '1.9', '1.10'] }],
])('%s', (text, expected) => {
  expect(packagesOf(text)).toEqual({
    packages: [{ ...none, name: 'a/b', ...expected }],
    eclasses: [],
    profiles: false,
    other: 0,
  })
})

test('what belongs to no package', () => {
  expect(packagesOf('~eclass/b.eclass +eclass/a.eclass ~eclass/tests/a.sh ~profiles/x/y ~licenses/MIT')).toEqual({
    packages: [],
    eclasses: ['a', 'b'],
    profiles: true,
    other: 2,
  })
  const bookkeeping =
    '~metadata/timestamp.x ~metadata/timestamp.chk ~Manifest ~Manifest.files.gz ~a/Manifest.gz ~metadata/Manifest.gz'
  expect(packagesOf(`${bookkeeping} +metadata/md5-cache/a/b-1`)).toEqual({
    packages: [],
    eclasses: [],
    profiles: false,
    other: 0,
  })
})

test('a name that ends like a version', () => {
  expect(packagesOf('~metadata/md5-cache/x/font-adobe-100dpi-1.0').packages).toEqual([
    { ...none, name: 'x/font-adobe-100dpi', metadata: ['1.0'] },
  ])
})

test('what git prints', () => {
  const raw = ':100644 000000 1 0 D\0a b\0:000000 120000 0 2 A\0c\nd\0:100644 120000 1 2 T\0e\0'
  expect(parseRaw(raw)).toEqual([
    { path: 'a b', how: 'removed' },
    { path: 'c\nd', how: 'added' },
    { path: 'e', how: 'changed' },
  ])
  expect(parseRaw('')).toEqual([])
})
