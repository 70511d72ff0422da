import { describe, expect, test } from 'vitest'
import { describeProblem } from '../config/problem.ts'
import { compose } from './compose.ts'
import type { ComposerPiece } from './model.ts'
import { LISTS, piece } from './pieces.testkit.ts'
import { repositoriesOf } from './reposConf.ts'

const composed = (pieces: ComposerPiece[]) =>
  Object.fromEntries(compose(pieces, [], LISTS).directory.files.map((file) => [file.path, file.bytes]))
const problems = (...pieces: ComposerPiece[]) => compose(pieces, [], LISTS).problems.map(describeProblem)

describe('compose', () => {
  test('make.defaults of the profile folder is one file that stacks as make.conf does', () => {
    const files = composed([
      piece('cpu', 'a', { 'profile/make.defaults': 'USE="x"\n' }),
      piece('global', 'b', { 'profile/make.defaults': 'USE="-x y"\n' }),
    ])
    expect(files).toEqual({
      'profile/make.defaults': '# a/profile/make.defaults\nUSE="x"\n\n# b/profile/make.defaults\nUSE="${USE} -x y"\n',
    })
  })

  test('categories and license_groups, which Portage reads as plain files only, are plain files', () => {
    const files = composed([
      piece('cpu', 'a', { categories: 'one-one', license_groups: 'MINE A\n', mirrors: 'm1 u\n' }),
      piece('global', 'b', { categories: 'two-two\n', license_groups: 'MINE B\n', 'profile/packages': '*a/a\n' }),
    ])
    expect(files).toEqual({
      categories: '# a/categories\none-one\n\n# b/categories\ntwo-two\n',
      license_groups: '# a/license_groups\nMINE A\n\n# b/license_groups\nMINE B\n',
      'mirrors/0010-cpu-a': 'm1 u\n',
      'profile/packages': '# b/profile/packages\n*a/a\n',
    })
  })

  test('a folder of a piece stays one, so that its files stand in the order that Portage gives them', () => {
    const files = composed([
      piece('global', 'g', { 'package.use/a+b': '1\n', 'package.use/a.b': '2\n', 'package.use/a/b': '3\n' }),
    ])
    expect(files).toEqual({
      'package.use/0010-global/a+b': '1\n',
      'package.use/0010-global/a.b': '2\n',
      'package.use/0010-global/a/b': '3\n',
    })
  })

  test('a repository that no repos.conf places is placed, for Portage leaves it out otherwise', () => {
    const gentoo = '[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\nlocation = /srv/gentoo\n'
    const files = composed([
      piece('global', 'g', { 'repos.conf/gentoo.conf': gentoo, 'repos.conf/mine.conf': '[mine]\nsync-type = git\n' }),
      piece('local', 'l', { 'repos.conf': '[mine]\npriority = 7\n[other]\n' }),
    ])
    expect(files['repos.conf/places']).toBe(
      '[mine]\nlocation = /var/db/repos/mine\n\n[other]\nlocation = /var/db/repos/other\n',
    )
    expect(composed([piece('global', 'g', { 'repos.conf': gentoo })])).not.toHaveProperty(['repos.conf/places'])
    const everywhere = '[DEFAULT]\nlocation = /srv/all\n[mine]\n'
    expect(composed([piece('global', 'g', { 'repos.conf': everywhere })])).not.toHaveProperty(['repos.conf/places'])
  })

  test('groups in profile/package.use are written out, for they would go on in the next piece', () => {
    const files = composed([
      piece('global', 'g', { 'profile/package.use.force': '# why\na/a x VIDEO_CARDS: intel -vesa\nb/b y # z\n' }),
    ])
    expect(files).toEqual({
      'profile/package.use.force/0010-global': '# why\na/a x video_cards_intel -video_cards_vesa\nb/b y # z\n',
    })
  })

  test('a thousand pieces keep their order', () => {
    const paths = Object.keys(
      composed(Array.from({ length: 1001 }, (_, index) => piece('local', `p${index}`, { 'package.use': 'a/a b' }))),
    )
    expect(paths.slice(-2)).toEqual(['package.use/10000-local-p999', 'package.use/10010-local-p1000'])
    expect(paths[0]).toBe('package.use/00010-local-p0')
  })

  test('what is provided is a package with its version', () => {
    expect(problems(piece('global', 'g', { 'profile/package.provided': 'net-misc/openssh-9.8\n' }))).toEqual([])
  })

  test('line files become folders, one file a piece, in the order of the pieces', () => {
    const files = composed([
      piece('cpu', 'generic', { 'package.use': 'a/a x' }),
      piece('local', 'group/desk', { 'package.use/editors': 'b/b y\n', 'package.use/web': 'c/c z\n' }),
      piece('machine', 'm', { 'profile/package.provided': 'd/d-1\n' }),
    ])
    expect(files).toEqual({
      'package.use/0010-cpu-generic': 'a/a x\n',
      'package.use/0020-local-group-desk/editors': 'b/b y\n',
      'package.use/0020-local-group-desk/web': 'c/c z\n',
      'profile/package.provided/0030-machine-m': 'd/d-1\n',
    })
  })

  test('bashrcs follow each other, other files of one path are replaced by the later piece, sets are added', () => {
    const pieces = [
      piece('cpu', 'a', { bashrc: 'one', 'env/fast': 'old' }),
      piece('global', 'b', { bashrc: 'two', 'env/fast': 'new' }),
    ]
    const { directory } = compose(pieces, [{ name: 'tools', file: 'package.sets/tools', text: 'a/a\r\n' }], LISTS)
    expect(Object.fromEntries(directory.files.map((file) => [file.path, file.bytes]))).toEqual({
      bashrc: '# a/bashrc\none\n\n# b/bashrc\ntwo\n',
      'env/fast': 'new',
      'sets/tools': 'a/a\n',
    })
  })

  test('a profile file names the profile', () => {
    const { directory } = compose([piece('global', 'g', { profile: 'gentoo:hardened\n' })], [], LISTS)
    expect(directory.profile).toBe('gentoo:hardened')
  })

  test('origins name the files that a composed one was made of', () => {
    const pieces = [
      piece('cpu', 'a', { 'make.conf': 'A=1', 'package.use/x': 'a/a b' }),
      piece('global', 'b', { 'make.conf/one': 'B=1' }),
    ]
    expect(Object.fromEntries(compose(pieces, [], LISTS).origins)).toEqual({
      'make.conf': ['a/make.conf', 'b/make.conf/one'],
      'package.use/0010-cpu-a/x': ['a/package.use/x'],
    })
  })

  test('the same pieces give the same bytes, in whatever order their files were read', () => {
    const files = {
      'make.conf/b': 'USE="b"',
      'make.conf/a': 'USE="a"',
      'package.use/z': 'a/a z',
      'package.use/y': 'a/a y',
    }
    const turned = Object.fromEntries(Object.entries(files).toReversed())
    expect(composed([piece('cpu', 'c', files)])).toEqual(composed([piece('cpu', 'c', turned)]))
  })

  describe('refuses, with place:', () => {
    test.each([
      [
        { 'make.profile': 'x' },
        'g/make.profile: make.profile is made by the program. Name the profile in a file "profile" as repository:path.',
      ],
      [
        { profile: 'gentoo/hardened' },
        'g/profile:1: a profile as repository:path was wanted; found "gentoo/hardened". An example: gentoo:default/linux/amd64/23.0.',
      ],
      [
        { profile: 'gentoo:../../etc' },
        'g/profile:1: a profile as repository:path was wanted; found "gentoo:../../etc". An example: gentoo:default/linux/amd64/23.0.',
      ],
      [
        { 'package.env': '\na/a fast' },
        'g/package.env:2: package.env names fast; none of the pieces has a file env/fast. Make it, or take the name away.',
      ],
    ])('%j', (files, message) => {
      expect(problems(piece('global', 'g', files))).toEqual([message])
    })

    test('mistakes in lines and in environments that package.env names', () => {
      const found = problems(
        piece('global', 'g', { 'package.use': 'a/a x\nnocategory y\n', 'package.env': 'a/a fast', 'env/fast': 'A="b' }),
      )
      expect(found).toHaveLength(2)
      expect(found.map((line) => line.split(' ')[0])).toEqual(['g/package.use:2:', 'g/env/fast:1:'])
    })
  })
})

test('repositoriesOf reads the sections of every file, later ones on top', () => {
  const pieces = [
    piece('global', 'g', {
      'repos.conf/gentoo.conf':
        '[DEFAULT]\nmain-repo = gentoo\nsync-type = git\n\n[gentoo]\nlocation = /var/db/repos/gentoo\nsync-uri: /srv/gentoo\n',
    }),
    piece('local', 'l', {
      'repos.conf': '# mine\n[overlay]\nsync-uri = https://example.org/o.git\n[gentoo]\nsync-uri = /srv/other\n',
    }),
  ]
  expect(repositoriesOf(compose(pieces, [], LISTS).directory)).toMatchObject([
    { name: 'gentoo', location: '/var/db/repos/gentoo', syncType: 'git', syncUri: '/srv/other', main: true },
    {
      name: 'overlay',
      location: '/var/db/repos/overlay',
      syncType: 'git',
      syncUri: 'https://example.org/o.git',
      main: false,
    },
  ])
})
