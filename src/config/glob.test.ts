import fc from 'fast-check'
import { expect, test } from 'vitest'
import { literalPath, pathMatcher } from './glob.ts'

test.each([
  ['etc/motd', ['etc/motd'], ['etc/motd2', 'etc', 'motd', 'etc/motd/x']],
  ['etc/*.conf', ['etc/a.conf', 'etc/.conf'], ['etc/a.conf/x', 'etc/x/a.conf', 'etc/conf']],
  ['srv/**', ['srv', 'srv/a', 'srv/a/.b/c'], ['srvs', 'x/srv']],
  ['**/key', ['key', 'a/key', 'a/b/key'], ['a/keys', 'key/a']],
  ['a/**/b/**/c', ['a/b/c', 'a/x/b/y/z/c', 'a/b/b/c'], ['a/c', 'a/b/cc']],
  ['x**y', ['xy', 'xaby'], ['x/y']],
  ['[a-c]?[!x^]', ['a-z', 'bbb'], ['dbb', 'aax', 'aa^', 'aa']],
  ['[]a]', [']', 'a'], ['[]a]']],
  ['[^a]', ['b', 'ü'], ['a']],
  ['a[b', ['a[b'], ['ab']],
  ['a\\*\\\\', ['a*\\'], ['ab\\']],
  ['ü?', ['üä', 'ü𝄞'], ['ü']],
])('%s', (pattern, yes, no) => {
  const matches = pathMatcher(pattern)
  expect(yes.filter((path) => !matches(path))).toEqual([])
  expect(no.filter(matches)).toEqual([])
})

test('a path that is escaped is meant by itself alone, and literal', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-c*?[\]\\!^-]{1,12}$/),
      fc.stringMatching(/^[a-c*?[\]\\!^-]{1,12}$/),
      (one, other) => {
        const escaped = one.replaceAll(/[*?[\]\\]/g, '\\$&')
        expect(literalPath(escaped)).toBe(one)
        expect(pathMatcher(escaped)(other)).toBe(one === other)
        expect(pathMatcher(escaped)(one)).toBe(true)
      },
    ),
  )
})

test('what may mean several paths is not literal', () => {
  expect(['a*', 'a?', '[a]', 'a\\\\*'].map(literalPath)).toEqual([undefined, undefined, undefined, undefined])
  expect(literalPath('a\\*b/c')).toBe('a*b/c')
})

test('many stars take no longer', () => {
  const start = performance.now()
  expect(pathMatcher(`${'a*'.repeat(200)}b`)('a'.repeat(2000))).toBe(false)
  expect(performance.now() - start).toBeLessThan(500)
})
