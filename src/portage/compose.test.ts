import { describe, expect, test } from 'vitest'
import { compose } from './compose.ts'
import type { ComposerPiece } from './model.ts'
import { repositoriesOf } from './reposConf.ts'
import { listVariables } from './variables.ts'

const piece = (rank: ComposerPiece['rank'], name: string, files: Record<string, string>): ComposerPiece => ({
  rank,
  name,
  files: Object.entries(files).map(([path, bytes]) => ({ path, bytes, file: `${name}/${path}`, executable: false })),
})
const composed = (pieces: ComposerPiece[], lists = listVariables([])) =>
  Object.fromEntries(compose(pieces, [], lists).directory.files.map((file) => [file.path, file.bytes]))

describe('compose', () => {
  test('list variables continue the value so far, the others replace it', () => {
    const files = composed([
      piece('cpu', 'znver3', { 'make.conf': 'CFLAGS="-O3"\nUSE="simd"\n' }),
      piece('global', 'global', { 'make.conf': 'CFLAGS="-O2"\nUSE="-simd ssl"\n' }),
    ])
    expect(files['make.conf']).toBe(
      [
        '# znver3/make.conf',
        'CFLAGS="-O3"',
        'USE="${USE} simd"',
        '',
        '# global/make.conf',
        'CFLAGS="-O2"',
        'USE="${USE} -simd ssl"',
        '',
      ].join('\n'),
    )
  })

  describe('USE_EXPAND groups, in which Portage refuses -x', () => {
    const lists = listVariables(['USE_EXPAND="VIDEO_CARDS CPU_FLAGS_X86"\n'])
    const group = (...values: string[]) =>
      composed(
        values.map((value, index) => piece('local', `p${index}`, { 'make.conf': `VIDEO_CARDS="${value}"\n` })),
        lists,
      )['make.conf']

    test('are counted together and written once, where they are named last', () => {
      expect(group('intel nouveau', '-nouveau amdgpu', 'vesa')).toBe(
        '# p0/make.conf\n\n# p1/make.conf\n\n# p2/make.conf\nVIDEO_CARDS="intel amdgpu vesa"\n',
      )
    })

    test.each([
      [['intel nouveau', '-* amdgpu'], 'amdgpu'],
      [['amdgpu -amdgpu', 'vesa amdgpu'], 'vesa amdgpu'],
      [['intel', '${VIDEO_CARDS} amdgpu'], 'intel amdgpu'],
      [['${VIDEO_CARDS} intel', 'amdgpu -intel'], '${VIDEO_CARDS} amdgpu'],
      [['${CARDS} intel', '-intel -vesa amdgpu'], '${CARDS} -vesa amdgpu'],
      [['-absent amdgpu'], 'amdgpu'],
    ])('%j is %j', (values, outcome) => {
      expect(group(...values)).toContain(`\nVIDEO_CARDS="${outcome}"\n`)
    })

    test('that only take words away are a mistake', () => {
      const { mistakes } = compose([piece('global', 'g', { 'make.conf': '\nVIDEO_CARDS="-vesa"\n' })], [], lists)
      expect(mistakes).toMatchObject([{ file: 'g/make.conf', line: 2 }])
    })
  })

  test('make.defaults of the profile folder is one file that stacks as make.conf does', () => {
    const files = composed([
      piece('cpu', 'a', { 'profile/make.defaults': 'USE="x"\n' }),
      piece('global', 'b', { 'profile/make.defaults': 'USE="-x y"\n' }),
    ])
    expect(files).toEqual({
      'profile/make.defaults':
        '# a/profile/make.defaults\nUSE="${USE} x"\n\n# b/profile/make.defaults\nUSE="${USE} -x y"\n',
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

  test('no file of a folder is lost under the name of another', () => {
    const files = composed([
      piece('global', 'g', { 'package.use/a+b': '1\n', 'package.use/a.b': '2\n', 'package.use/a/b': '3\n' }),
    ])
    expect(files).toEqual({
      'package.use/0010-global.a+b': '1\n',
      'package.use/0010-global.a.b': '2\n',
      'package.use/0010-global.a+b+2': '3\n',
    })
  })

  test('line files become folders, one file a piece, in the order of the pieces', () => {
    const files = composed([
      piece('cpu', 'generic', { 'package.use': 'a/a x' }),
      piece('local', 'group/desk', { 'package.use/editors': 'b/b y\n', 'package.use/web': 'c/c z\n' }),
      piece('machine', 'm', { 'profile/package.provided': 'd/d-1\n' }),
    ])
    expect(files).toEqual({
      'package.use/0010-cpu-generic': 'a/a x\n',
      'package.use/0020-local-group-desk.editors': 'b/b y\n',
      'package.use/0020-local-group-desk.web': 'c/c z\n',
      'profile/package.provided/0030-machine-m': 'd/d-1\n',
    })
  })

  test('bashrcs follow each other, other files of one path are replaced by the later piece, sets are added', () => {
    const pieces = [
      piece('cpu', 'a', { bashrc: 'one', 'env/fast': 'old' }),
      piece('global', 'b', { bashrc: 'two', 'env/fast': 'new' }),
    ]
    const { directory } = compose(pieces, [{ name: 'tools', text: 'a/a' }], new Set())
    expect(Object.fromEntries(directory.files.map((file) => [file.path, file.bytes]))).toEqual({
      bashrc: '# a/bashrc\none\n\n# b/bashrc\ntwo\n',
      'env/fast': 'new',
      'sets/tools': 'a/a\n',
    })
  })

  test('a profile file names the profile; make.profile is refused', () => {
    const result = compose([piece('global', 'g', { profile: 'gentoo:hardened\n', 'make.profile': 'x' })], [], new Set())
    expect(result.directory.profile).toBe('gentoo:hardened')
    expect(result.mistakes).toEqual([
      {
        file: 'g/make.profile',
        line: 1,
        message: 'make.profile is made by the program; name the profile in a file "profile" as repository:path.',
      },
    ])
  })

  test('mistakes name the file of the piece', () => {
    expect(compose([piece('global', 'g', { 'make.conf': '\nUSE="a' })], [], new Set()).mistakes).toEqual([
      { file: 'g/make.conf', line: 2, message: 'the value that begins here has no closing ".' },
    ])
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
  expect(repositoriesOf(compose(pieces, [], new Set()).directory)).toEqual([
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
