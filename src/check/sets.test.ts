import { expect, test } from 'vitest'
import { compose } from '../portage/compose.ts'
import { LISTS, piece } from '../portage/pieces.testkit.ts'
import { SNAPSHOT } from './checked.testkit.ts'
import { unknownSets } from './sets.ts'

const WANTED = ['mine', 'theirs', 'greetings', 'world', 'ours', 'deep-mine']

function unknown(files: Readonly<Record<string, string>>): string[] {
  const set = {
    name: 'tools',
    file: 'package.sets/tools',
    text: '',
    includes: WANTED.map((name, index) => ({ name, line: index + 1 })),
  }
  const { directory } = compose([piece('global', 'g', files)], [], LISTS)
  const ours = new Map([['ours', { ...set, includes: [] }]])
  return unknownSets([{ sets: [set], directory }], ours, [SNAPSHOT]).map(
    ({ line, message }) => `${line}: ${message.split(',')[0] ?? ''}`,
  )
}

const NO = (...names: string[]) => names.map((name) => `${WANTED.indexOf(name) + 1}: there is no package set ${name}`)

test.each([
  [{}, NO('mine', 'theirs', 'deep-mine')],
  [{ 'sets/mine': 'a/a\n', 'sets/theirs.metadata': '' }, NO('theirs', 'deep-mine')],
  // Portage knows it as deep/mine, and what package.sets/ includes has a dash.
  [{ 'sets/deep/mine': 'a/a\n' }, NO('mine', 'theirs', 'deep-mine')],
  [{ 'sets.conf': '[theirs]\nclass = portage.sets.dbapi.OwnerSet\n' }, NO('mine', 'deep-mine')],
  [{ 'sets.conf/x': '[section]\nname = theirs\n[mine]\nmultiset = no\n' }, NO('deep-mine')],
  [{ 'sets.conf': '[all of them]\nmultiset = true\ndirectory = /srv/sets\n' }, []],
  [{ 'sets.configured': '[theirs]\nmultiset = true\n' }, NO('mine', 'theirs', 'deep-mine')],
])('sets of pieces: %j', (files, expected) => expect(unknown(files)).toEqual(expected))
