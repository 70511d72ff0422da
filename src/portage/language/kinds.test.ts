import { describe, expect, test } from 'vitest'
import { entriesFolderOf, ignoredByPortage, kindOf } from './kinds.ts'

const opaque = (base: string) => ({ kind: 'opaque', base })

describe('kindOf', () => {
  test.each([
    ['package.use', { kind: 'package', of: 'use', base: 'package.use' }],
    ['package.use/x/y', { kind: 'package', of: 'use', base: 'package.use' }],
    ['package.accept_keywords/README', { kind: 'package', of: 'keywords', base: 'package.accept_keywords' }],
    ['package.accept_restrict', { kind: 'package', of: 'restrict', base: 'package.accept_restrict' }],
    [
      'profile/package.use.stable.mask',
      { kind: 'package', of: 'profile-use', base: 'profile/package.use.stable.mask' },
    ],
    ['profile/use.force/a', { kind: 'package', of: 'flags', base: 'profile/use.force' }],
    ['profile/packages', { kind: 'package', of: 'packages', base: 'profile/packages' }],
    ['profile/package.provided', { kind: 'package', of: 'provided', base: 'profile/package.provided' }],
    ['sets/web/front', { kind: 'package', of: 'set', base: 'sets' }],
    ['sets/web.metadata', { kind: 'lines', base: 'sets' }],
    ['make.conf', { kind: 'assignments', base: 'make.conf', sourcing: true }],
    ['make.conf/10-use', { kind: 'assignments', base: 'make.conf', sourcing: true }],
    ['profile/make.defaults', { kind: 'assignments', base: 'profile/make.defaults', sourcing: false }],
    ['repos.conf/gentoo.conf', { kind: 'ini', base: 'repos.conf' }],
    ['binrepos.conf', { kind: 'ini', base: 'binrepos.conf' }],
    ['env/debug.conf', { kind: 'assignments', base: 'env', sourcing: true }],
    ['env/dev-libs/openssl', opaque('env')],
    ['categories', { kind: 'lines', base: 'categories' }],
    ['mirrors/local', { kind: 'lines', base: 'mirrors' }],
    ['bashrc', opaque('bashrc')],
    ['patches/a/b/x.patch', opaque('patches')],
    ['patches/a/b/.hidden', opaque('patches')],
    ['profile/bashrc/debug.sh', opaque('profile/bashrc')],
    ['package.use/.git/config', { kind: 'ignored', base: 'package.use' }],
    ['package.use/old~', { kind: 'ignored', base: 'package.use' }],
    ['sets/CVS/Root', { kind: 'ignored', base: 'sets' }],
    ['package.use/CVS', { kind: 'package', of: 'use', base: 'package.use' }],
    ['package.provided', { kind: 'unknown' }],
    ['use.mask', { kind: 'unknown' }],
    ['profile/parent', { kind: 'unknown' }],
    ['profile/packages/x', { kind: 'unknown' }],
    ['package.ues', { kind: 'unknown' }],
    ['profile', { kind: 'unknown' }],
    ['', { kind: 'unknown' }],
  ])('%s', (path, kind) => {
    expect(kindOf(path)).toEqual(kind)
  })

  test('a file deeper in env/ is read as assignments where package.env names it', () => {
    expect(kindOf('env/gcc/old', new Set(['gcc/old']))).toEqual({ kind: 'assignments', base: 'env', sourcing: true })
  })
})

test('Portage passes over leftovers', () => {
  expect(['.x', 'x~', '.git'].map((name) => ignoredByPortage(name))).toEqual([true, true, true])
  expect(['README', 'x.bak', '~x', 'CVS'].map((name) => ignoredByPortage(name))).toEqual([false, false, false, false])
  expect(['CVS', 'RCS', 'SCCS', 'x'].map((name) => ignoredByPortage(name, true))).toEqual([true, true, true, false])
})

test.each([
  ['package.use', 'package.use'],
  ['package.use/a/b', 'package.use'],
  ['profile/package.use.force/x', 'profile/package.use.force'],
  ['repos.conf/x.conf', 'repos.conf'],
  ['mirrors', 'mirrors'],
  ['sets/tools', undefined],
  ['make.conf/x', undefined],
  ['profile/packages', undefined],
  ['categories', undefined],
  ['bashrc', undefined],
  ['patches/a/b/c.patch', undefined],
])('entriesFolderOf %s is %s', (path, folder) => {
  expect(entriesFolderOf(path)).toBe(folder)
})
