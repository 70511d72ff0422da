import { expect, test } from 'vitest'
import { compose } from '../../portage/compose.ts'
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

test('show takes a file, a folder, or a path as it is in the root', () => {
  const paths = (path?: string) => shownFiles(other, path).map((file) => file.path)
  expect(paths()).toEqual(['make.conf', 'package.use/0020-local-web', 'package.use/0030-local-desk.x'])
  expect(paths('package.use')).toEqual(['package.use/0020-local-web', 'package.use/0030-local-desk.x'])
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
