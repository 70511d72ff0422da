import { expect, test } from 'vitest'
import { because } from './because.ts'
import type { Json } from './json.ts'

const ingredients = (input: Json, recipe: Json = 1, parents: Json = {}): Json => ({ input, recipe, parents })
const portage = (files: Readonly<Record<string, string>>, profile = 'gentoo:a'): Json => ({
  portage: { profile, files: Object.entries(files).map(([path, bytes]) => ({ path, bytes, executable: false })) },
})
const changed = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) =>
  because(ingredients(portage(before)), ingredients(portage(after)))

test('nothing changed', () => {
  expect(because(ingredients({ a: 1 }), ingredients({ a: 1 }))).toEqual([])
})

test.each([
  ['dev-libs/a color', 'dev-libs/a -color', ['USE of dev-libs/a: color → -color']],
  ['dev-libs/a color', 'dev-libs/a color nls', ['USE of dev-libs/a: now also nls']],
  ['dev-libs/a color nls', 'dev-libs/a color # and no more', ['USE of dev-libs/a: no longer nls']],
  ['', '# of mine\ndev-libs/a color', ['USE of dev-libs/a: now color']],
  ['a/a x\nb/b y', 'b/b y\na/a x', ['package.use/10: its lines stand otherwise']],
])('package.use: %j → %j', (before, after, said) => {
  expect(changed({ 'package.use/10': before }, { 'package.use/10': after })).toEqual(said)
})

test('variables, masks, patches, files with lines; a rewrite is not told line by line', () => {
  const lines = (from: number) => Array.from({ length: 9 }, (_, n) => `a/p${from + n}`).join('\n')
  expect(
    changed(
      {
        'make.conf': 'CFLAGS="-O2 -pipe"\nUSE="${USE} a b"\n',
        'package.mask/1': 'a/a\n',
        'patches/a/b/x.patch': 'old',
        'sets/s': 'a/a\n',
        'sets/t': lines(0),
      },
      {
        'make.conf': 'CFLAGS="-O3 -pipe"\nUSE="${USE} b c d"\nL10N="de"\n',
        'package.mask/1': 'a/b\n',
        'patches/a/b/x.patch': 'new',
        'patches/a/b/y.patch': 'new',
        'sets/s': 'a/a\nb/b\n',
        'sets/t': lines(9),
      },
    ),
  ).toEqual([
    'CFLAGS: -O2 → -O3',
    'USE: a → c d',
    'L10N: now de',
    'package.mask: -a/a',
    'package.mask: +a/b',
    'patches/a/b/x.patch: changed',
    'patches/a/b/y.patch: new',
    'sets/s: now b/b',
    ...Array.from({ length: 6 }, (_, n) => `sets/t: now a/p${9 + n}`),
    'sets/t: 12 more lines changed',
  ])
})

test('what else a step works with', () => {
  const before = {
    sets: ['a', 'b'],
    hostname: null,
    revision: '0123456789abcdef',
    tree: 'x',
    time: 1,
    timezone: { name: 'UTC', file: 'f' },
    scripts: [{ name: 's', text: '1' }],
    services: [{ name: 'sshd' }],
    compression: 'zstd',
  }
  const after = {
    sets: ['b', 'c'],
    hostname: 'box',
    revision: 'fedcba9876543210',
    tree: 'y',
    time: 2,
    timezone: { name: 'Europe/Berlin', file: 'f' },
    scripts: [
      { name: 's', text: '2' },
      { name: 't', text: '2' },
    ],
    services: [],
    compression: 'xz',
  }
  const parents = [
    { builder: '1', 'repository gentoo': '1' },
    { builder: '2', 'repository gentoo': '2', seed: '1' },
  ] as const
  expect(because(ingredients(before, 1, parents[0]), ingredients(after, 2, parents[1]))).toEqual([
    'compression: zstd → xz',
    'host name: none → box',
    'revision: 0123456789ab → fedcba987654',
    'script s: changed',
    'script t: new',
    'service sshd: gone',
    'sets: +c -a',
    'time zone: UTC → Europe/Berlin',
    'this version of gentoomuch does the step in another way',
    'the builder came out otherwise',
    'the repository gentoo came out otherwise',
    'the seed is new to it',
  ])
})
