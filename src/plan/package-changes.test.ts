import { expect, test } from 'vitest'
import { askersOf, chainsTo } from './chains.ts'
import type { Json } from './json.ts'
import { identified, packageChanges } from './package-changes.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

const MADE = {
  ebuild: 'e',
  eclasses: { base: '1' },
  filesdir: '',
  manifest: { 'a.tar': '1' },
  environment: { CFLAGS: '-O2 -pipe' },
  patches: {},
  bashrcs: {},
  savedconfig: {},
} satisfies Json

function entry(cpv: string, more: Partial<ResolvedPackage> = {}): ResolvedPackage {
  const [, name = '', version = ''] = /^(.*)-(\d.*)$/.exec(cpv) ?? []
  const plain = { id: `target:${cpv}`, cpv, name, version, slot: '0', subslot: '0', repository: 'gentoo' }
  return { ...plain, use: ['nls'], needs: [], madeFrom: MADE, ...more }
}

const answer = (packages: readonly ResolvedPackage[], more: Partial<Resolved> = {}): Resolved => ({
  packages,
  asked: {},
  installed: [],
  toolchain: { gcc: '12' },
  ...more,
})

/** Why the first package of `now` is another one. */
function changes(now: Resolved, before: Resolved) {
  const [first] = now.packages
  if (first === undefined) throw new Error('no package')
  return packageChanges(first, identified(now), identified(before))
}

const A = entry('dev-libs/a-1')

test('the same package, and one that there was not', () => {
  expect(changes(answer([A]), answer([A]))).toEqual([])
  expect(changes(answer([A]), answer([entry('dev-libs/b-1')]))).toBeUndefined()
})

test.each<[string, Partial<ResolvedPackage>, string[]]>([
  ['USE', { use: ['color'] }, ['USE: +color -nls']],
  ['an edited ebuild', { madeFrom: { ...MADE, ebuild: 'f' } }, ['its ebuild was edited']],
  ['a file beside it', { madeFrom: { ...MADE, filesdir: 'f' } }, ['a file in its files/ changed']],
  ['an eclass', { madeFrom: { ...MADE, eclasses: { base: '2' } } }, ['eclass base: changed']],
  ['a source', { madeFrom: { ...MADE, manifest: { 'a.tar': '2' } } }, ['source a.tar: changed']],
  ['a patch', { madeFrom: { ...MADE, patches: { a: { 'x.patch': '1' } } } }, ['patch a/x.patch: new']],
  ['CFLAGS', { madeFrom: { ...MADE, environment: { CFLAGS: '-O3 -pipe' } } }, ['CFLAGS: -O2 → -O3']],
  ['the repository', { repository: 'overlay' }, ['from overlay instead of gentoo']],
])('%s', (_, more, said) => {
  expect(changes(answer([entry('dev-libs/a-1', more)]), answer([A]))).toEqual(said)
})

test('another version, whose ebuild and sources are of course others', () => {
  const next = entry('dev-libs/a-2', { subslot: '2', madeFrom: { ...MADE, ebuild: 'f', manifest: { 'a2.tar': '2' } } })
  expect(changes(answer([next]), answer([A]))).toEqual(['version 1 → 2', 'sub-slot 0 → 2'])
})

test('the toolchain, and what it is built with', () => {
  expect(changes(answer([A], { toolchain: { gcc: '13' } }), answer([A]))).toEqual(['gcc: 12 → 13'])
  const patched = (letter: string) =>
    answer([A], { toolchain: { gcc: '12', 'sys-devel/gcc x': `12 ${letter.repeat(64)}` } })
  expect(changes(patched('a'), patched('b'))).toEqual(['sys-devel/gcc x: its files are others'])
  const user = entry('app-misc/u-1', { needs: [{ id: A.id, kinds: ['build'] }] })
  const other = entry('dev-libs/a-1', { use: [] })
  expect(changes(answer([user, other]), answer([user, A]))).toEqual([
    'dev-libs/a-1, which it is built with, is another one',
  ])
  expect(changes(answer([user, A]), answer([{ ...user, needs: [] }, A]))).toEqual(['built with dev-libs/a-1 now'])
})

test('who provides a virtual that it is built with', () => {
  const user = entry('app-misc/u-1', { needs: [{ id: 'target:virtual/v-0', kinds: ['build'] }] })
  const provided = (by: string) =>
    answer([user, entry('virtual/v-0', { needs: [{ id: `target:${by}`, kinds: ['run'] }] }), entry(by)])
  expect(changes(provided('dev-libs/b-1'), provided('dev-libs/a-1'))).toEqual([
    'no longer built with dev-libs/a-1',
    'built with dev-libs/b-1 now',
  ])
})

test('what `:=` binds it to', () => {
  const user = (...kinds: string[]) => entry('app-misc/u-1', { needs: [{ id: A.id, kinds }] })
  const next = entry('dev-libs/a-1', { subslot: '2' })
  expect(changes(answer([user('run', 'bound'), next]), answer([user('run', 'bound'), A]))).toEqual([
    'bound to dev-libs/a:0/2 instead of dev-libs/a:0/0',
  ])
  expect(changes(answer([user('run', 'bound'), A]), answer([user('run'), A]))).toEqual(['bound to dev-libs/a:0/0 now'])
  expect(changes(answer([user('run'), A]), answer([user('run', 'bound'), A]))).toEqual([
    'no longer bound to dev-libs/a:0/0',
  ])
})

test('the shortest way from each set, the shortest first, with how each asks', () => {
  const need = (cpv: string, ...kinds: string[]) => ({ id: `target:${cpv}`, kinds })
  const resolved = answer(
    [
      entry('a/one-1', { needs: [need('a/two-1', 'run')] }),
      entry('a/two-1', { needs: [need('a/three-1', 'build', 'run'), need('a/one-1', 'post')] }),
      entry('a/three-1'),
      entry('a/four-1', { needs: [need('a/three-1', 'install')] }),
      entry('a/alone-1'),
    ],
    { asked: { '@system': ['target:a/one-1'], '@set': ['target:a/alone-1', 'target:a/four-1'], '@none': [] } },
  )
  expect(chainsTo(resolved, 'target:a/three-1')).toEqual([
    { root: '@set', links: [{ id: 'target:a/four-1', kinds: [] }, need('a/three-1', 'install')] },
    {
      root: '@system',
      links: [{ id: 'target:a/one-1', kinds: [] }, need('a/two-1', 'run'), need('a/three-1', 'build', 'run')],
    },
  ])
  expect(chainsTo(resolved, 'target:a/one-1')).toEqual([
    { root: '@system', links: [{ id: 'target:a/one-1', kinds: [] }] },
  ])
  expect(chainsTo(resolved, 'target:a/none-1')).toEqual([])
  expect(askersOf(resolved, 'target:a/three-1')).toEqual([
    { id: 'target:a/two-1', kinds: ['build', 'run'] },
    { id: 'target:a/four-1', kinds: ['install'] },
  ])
})
