import { expect, test } from 'vitest'
import { compose } from '../../portage/compose.ts'
import type { ComposerPiece } from '../../portage/model.ts'
import { LISTS, piece } from '../../portage/pieces.testkit.ts'
import { differencesOf } from './diff.ts'
import { shownFiles } from './show.ts'

const cpu = piece('cpu', 'generic', { 'make.conf': 'CFLAGS="-O2"\n' })
const desk = piece('local', 'desk', { 'package.use/x': 'a/a b\n' })
const web = piece('local', 'web', { 'package.use': 'c/c d\n', profile: 'gentoo:hardened\n' })
const one = compose([cpu, desk], [], LISTS)
const other = compose([cpu, web, desk], [], LISTS)

test('a piece at another place in the stack is no difference; files and the profile are', () => {
  const found = differencesOf(['one', one.directory], ['other', other.directory])
  expect(found.map(({ before, after }) => [before, after])).toEqual([
    [undefined, 'package.use/0020-local-web'],
    [undefined, 'profile'],
  ])
  expect(found[0]?.patch).toBe('--- /dev/null\n+++ other/package.use/0020-local-web\n@@ -0,0 +1,1 @@\n+c/c d\n')
  expect(differencesOf(['one', one.directory], ['one', one.directory])).toEqual([])
})

test('bytes and modes count, not only what is text', () => {
  const bytes = (text: string, executable: boolean): ComposerPiece => ({
    rank: 'global',
    name: 'g',
    files: [{ path: 'patches/a', file: 'g/patches/a', bytes: text, executable }],
  })
  const patches = (before: readonly [string, boolean], after: readonly [string, boolean] | undefined) => {
    const [left, right] = [before, after].map(
      (file) => compose(file === undefined ? [] : [bytes(...file)], [], LISTS).directory,
    )
    if (left === undefined || right === undefined) throw new Error('two were composed')
    return differencesOf(['one', left], ['other', right]).map(({ patch }) => patch)
  }
  // Neither is UTF-8; as text both would be one replacement character.
  expect(patches(['a\u00ff', false], ['a\u00fe', false])).toEqual([
    'Binary files one/patches/a and other/patches/a differ\n',
  ])
  expect(patches(['a\u00ff', false], undefined)).toEqual(['Binary files one/patches/a and /dev/null differ\n'])
  expect(patches(['a\n', false], ['a\n', true])).toEqual([
    'diff --git one/patches/a other/patches/a\nold mode 100644\nnew mode 100755\n',
  ])
  expect(patches(['a\n', true], undefined)).toEqual([
    'deleted file mode 100755\n--- one/patches/a\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n',
  ])
  expect(patches(['\u00c3\u00a4\n', true], ['\u00c3\u00b6\n', true])).toEqual([
    '--- one/patches/a\n+++ other/patches/a\n@@ -1,1 +1,1 @@\n-ä\n+ö\n',
  ])
  expect(patches(['a', true], ['a', true])).toEqual([])
})

test('show takes a file, a folder, or a path as it is in the root', () => {
  const paths = (path?: string) => shownFiles(other, path).map((file) => file.path)
  expect(paths()).toEqual(['make.conf', 'package.use/0020-local-web', 'package.use/0030-local-desk/x'])
  expect(paths('package.use')).toEqual(['package.use/0020-local-web', 'package.use/0030-local-desk/x'])
  expect(paths('/etc/portage/make.conf')).toEqual(['make.conf'])
  expect(shownFiles(other, 'make.conf')[0]).toEqual({
    path: 'make.conf',
    text: '# generic/make.conf\nCFLAGS="-O2"\n',
    from: ['generic/make.conf'],
  })
  expect(() => paths('package.uss')).toThrow(
    'The composed /etc/portage has no package.uss; it has make.conf, package.use.',
  )
})
