import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptiesTheRoot, normalisePattern } from './empties-the-root.ts'

describe('what would empty the root', () => {
  test.each([
    ['/', 'the whole root'],
    ['//', 'the whole root'],
    ['.', 'the whole root'],
    ['./', 'the whole root'],
    ['..', 'the whole root'],
    ['../..', 'the whole root'],
    ['/usr/..', 'the whole root'],
    ['/home/me/../..', 'the whole root'],
    ['\\.\\.', 'the whole root'],
    ['*', 'the whole root'],
    ['/*', 'the whole root'],
    ['/**', 'the whole root'],
    ['/*/', 'the whole root'],
    ['/*/*', 'the whole root'],
    ['/*/..', 'the whole root'],
    ['/?*', 'the whole root'],
    ['/[a-z]*', 'the whole root'],
    ['/[!.]*', 'the whole root'],
    ['/[[:alpha:]]*', 'the whole root'],
    ['/[z-a]*', 'the whole root'],
    ['/.*', 'the whole root'],
    ['/usr/.*', 'the whole root'],
    ['/root/.*', 'the whole root'],
    ['/home/../.?', 'the whole root'],
    ['/usr', '/usr'],
    ['usr', '/usr'],
    ['/usr/', '/usr'],
    ['//usr//', '/usr'],
    ['/./etc/.', '/etc'],
    ['/opt/../var', '/var'],
    ['/\\usr', '/usr'],
    ['/us?', '/usr'],
    ['/[u]sr', '/usr'],
    ['/lib*', '/lib, /lib32, /lib64, /libx32'],
    ['/lib64', '/lib64'],
    ['/?bin', '/sbin'],
    ['/proc', '/proc'],
    ['/dev', '/dev'],
    ['/usr/*', 'all of /usr'],
    ['/etc/**', 'all of /etc'],
    ['/var/?*', 'all of /var'],
    ['/{usr,etc}', undefined],
  ])('%s', (pattern, what) => expect(emptiesTheRoot(pattern)).toBe(what))

  test.each([
    '/usr/share/doc',
    '/usr/share/doc/*',
    '/usr/share/*',
    '/*/share',
    '/var/cache/distfiles/*',
    '/var/tmp/*',
    '/boot',
    '/home',
    '/opt/*',
    '/root/.bash_history',
    '/root/.[!.]*',
    '/usr/share/../src',
    '/usr/.*/srv',
    '/proc/*',
    '/run/*',
    '/etc/*.conf',
    '/etc/[a-c]*',
    '/lib/*a',
    '/\\*',
    'README',
  ])('%s may go', (pattern) => expect(emptiesTheRoot(pattern)).toBeUndefined())

  test('however a path to a folder of the root is written, it is seen', () => {
    const noise = fc.array(fc.constantFrom('.', '', 'x/..', 'usr/..', '*/..'), { maxLength: 4 })
    fc.assert(
      fc.property(noise, fc.constantFrom('', 'usr', 'etc', 'var', '*'), noise, (before, name, after) => {
        expect(emptiesTheRoot([...before, name, ...after].join('/'))).toBeDefined()
      }),
    )
  })

  // Some matchers try each way to share a name among the stars, and each way to close a bracket.
  test.each([
    [`/${'*'.repeat(2000)}x`, undefined],
    [`/${'*'.repeat(2000)}`, 'the whole root'],
    [`/${'*?'.repeat(1000)}`, undefined],
    [`/[${'[:x:]'.repeat(200)}`, undefined],
    [`/${'['.repeat(4000)}`, undefined],
    [`/x${'/.*'.repeat(1000)}`, 'the whole root'],
    ['*'.repeat(65_536), 'the whole root'],
  ])('%# is answered at once', (pattern, what) => {
    const begin = performance.now()
    expect(emptiesTheRoot(pattern)).toBe(what)
    expect(performance.now() - begin).toBeLessThan(5_000)
  })

  test('it answers whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('*', '?', '[', ']', '!', '^', '-', '\\', '/', '.', 'u', '{', '$') }),
        (text) => {
          expect(emptiesTheRoot(text)).toSatisfy((what) => what === undefined || typeof what === 'string')
        },
      ),
    )
  })
})

test('patterns are absolute and plain', () => {
  expect(['usr/src', '/a//b/./c', '/a/../../b', '/a\\ b', '/a\\*'].map(normalisePattern)).toEqual([
    '/usr/src',
    '/a/b/c',
    '/b',
    '/a b',
    '/a\\*',
  ])
})
