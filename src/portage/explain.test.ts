import { expect, test } from 'vitest'
import { parseAtom } from './atoms/atom.ts'
import { compose } from './compose.ts'
import { explainAtom, explainVariable } from './explain.ts'
import { LISTS, piece } from './pieces.testkit.ts'

const PIECES = [
  piece('cpu', 'znver3', {
    'make.conf': 'CFLAGS="-O2"\nUSE="simd"\nVIDEO_CARDS="intel"\n',
    'package.use': '=app-misc/greet-1.1 nls\napp-misc/greet color\n',
  }),
  piece('global', 'g', { 'make.conf': 'USE="-simd ssl"\n', 'package.mask': '>=app-misc/greet-2\n' }),
  piece('local', 'desk', {
    'make.conf': '\nCFLAGS="${CFLAGS} -g"\nUSE="-ssl x"\nVIDEO_CARDS="-intel vesa"\n',
    'package.use': 'app-misc/greet -nls -color\nother/thing nls\n',
  }),
]
const composed = compose(PIECES, [], LISTS)
const place = ({ file, line }: { file: string; line: number }) => `${file}:${line}`

test('profile/make.defaults stands before make.conf, as Portage reads them', () => {
  const both = compose(
    [piece('cpu', 'c', { 'profile/make.defaults': 'FOO="one"\n', 'make.conf': 'FOO="two"\n' })],
    [],
    LISTS,
  )
  const { sayings, value } = explainVariable(both, 'FOO')
  expect([sayings.map((one) => place(one)), value]).toEqual([['c/profile/make.defaults:1', 'c/make.conf:1'], 'two'])
  expect(sayings.at(-1)?.overrode.map(place)).toEqual(['c/profile/make.defaults:1'])
})

test('USE and the groups are one list', () => {
  const pieces = [
    piece('cpu', 'a', { 'make.conf': 'VIDEO_CARDS="intel vesa"\nUSE="x"\n' }),
    piece('global', 'b', { 'make.conf': 'USE="-video_cards_intel"\n' }),
    piece('local', 'c', { 'make.conf': 'USE="-video_cards_* y"\n' }),
  ]
  const one = compose(pieces.slice(0, 2), [], LISTS)
  expect(explainVariable(one, 'VIDEO_CARDS').words.map(({ word }) => word)).toEqual(['vesa', '-intel'])
  expect(explainVariable(one, 'VIDEO_CARDS').sayings.map(({ says }) => says)).toEqual([
    'intel vesa',
    'USE: -video_cards_intel',
  ])
  expect(explainVariable(one, 'USE').words.map(({ word }) => word)).toEqual([
    'video_cards_vesa',
    'x',
    '-video_cards_intel',
  ])
  const all = compose(pieces, [], LISTS)
  expect(explainVariable(all, 'VIDEO_CARDS').words.map(({ word }) => word)).toEqual(['-*'])
})

test('-* of a later line contradicts every flag that an earlier one gives', () => {
  const found = compose(
    [piece('cpu', 'a', { 'package.use': 'a/a x\n' }), piece('global', 'b', { 'package.use': 'a/a -*\n' })],
    [],
    LISTS,
  )
  const parsed = parseAtom('a/a')
  if ('mistake' in parsed) throw new Error('an atom')
  expect(explainAtom(found, parsed.atom)[0]?.sayings.at(-1)?.overrode.map(place)).toEqual(['a/package.use:1'])
})

test('a list: who says what, what that overrode, what is left', () => {
  const { isList, sayings, words, value } = explainVariable(composed, 'USE')
  expect(isList).toBe(true)
  expect(sayings.map((one) => [place(one), one.piece, one.says, one.overrode.map(place)])).toEqual([
    ['znver3/make.conf:3', 'cpu znver3', 'VIDEO_CARDS: intel', []],
    ['znver3/make.conf:2', 'cpu znver3', 'simd', []],
    ['g/make.conf:1', 'global', '-simd ssl', ['znver3/make.conf:2']],
    ['desk/make.conf:4', 'local desk', 'VIDEO_CARDS: -intel vesa', ['znver3/make.conf:3']],
    ['desk/make.conf:3', 'local desk', '-ssl x', ['g/make.conf:1']],
  ])
  expect(words.map((one) => [one.word, place(one)])).toEqual([
    ['-simd', 'g/make.conf:1'],
    ['-video_cards_intel', 'desk/make.conf:4'],
    ['video_cards_vesa', 'desk/make.conf:4'],
    ['-ssl', 'desk/make.conf:3'],
    ['x', 'desk/make.conf:3'],
  ])
  expect(value).toBeUndefined()
})

test('a group: word by word', () => {
  expect(explainVariable(composed, 'VIDEO_CARDS').words.map((one) => [one.word, place(one)])).toEqual([
    ['-intel', 'desk/make.conf:4'],
    ['vesa', 'desk/make.conf:4'],
  ])
})

test('a variable that is replaced: the value that stands', () => {
  const { isList, sayings, value } = explainVariable(composed, 'CFLAGS')
  expect([isList, value]).toEqual([false, '-O2 -g'])
  expect(sayings.at(-1)?.overrode.map(place)).toEqual(['znver3/make.conf:1'])
  expect(explainVariable(composed, 'MAKEOPTS')).toMatchObject({ sayings: [], value: undefined })
})

test('packages: every line that can mean them, what it overrode, what it loses to', () => {
  const parsed = parseAtom('app-misc/greet')
  if ('mistake' in parsed) throw new Error('an atom')
  const files = explainAtom(composed, parsed.atom)
  expect(files.map(({ base }) => base)).toEqual(['package.mask', 'package.use'])
  expect(
    files[1]?.sayings.map((one) => [
      place(one),
      one.says,
      one.overrode.map(place),
      one.losesTo === undefined ? undefined : place(one.losesTo),
    ]),
  ).toEqual([
    ['znver3/package.use:1', '=app-misc/greet-1.1 nls', [], undefined],
    ['znver3/package.use:2', 'app-misc/greet color', [], undefined],
    ['desk/package.use:1', 'app-misc/greet -nls -color', ['znver3/package.use:2'], 'znver3/package.use:1'],
  ])
})
