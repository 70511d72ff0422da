import { expect, test } from 'vitest'
import { atomLines, variableLines } from './explain-text.ts'

const EVIL = 'a\u001B[2J\nb'
const SEEN = 'a\\u001b[2J\\nb'
const saying = { piece: 'global', file: 'f', line: 1, says: EVIL, overrode: [], losesTo: undefined }

test('no value can draw on a terminal or begin a line', () => {
  const variable = { name: 'CFLAGS', isList: false, sayings: [saying], words: [], value: EVIL }
  expect(variableLines(variable, { value: EVIL }, undefined)).toEqual([
    `f:1 (global): ${SEEN}`,
    '',
    `It stands as: ${SEEN}`,
    '',
    `Portage: CFLAGS="${SEEN}"`,
  ])
  const list = { name: 'USE', isList: true, sayings: [], words: [{ word: EVIL, file: 'f', line: 1 }], value: undefined }
  expect(variableLines(list, undefined, EVIL)).toEqual([
    'No piece says anything of USE.',
    '',
    "Of the pieces' words these are left, and the profile's own that none of them takes away:",
    expect.stringContaining(`  ${SEEN} `),
    '',
    `Portage was not asked: ${SEEN}`,
  ])
  expect(atomLines('a/b', [{ base: 'package.use', sayings: [saying] }], { packages: [], more: 0 }, undefined)).toEqual([
    'package.use:',
    `  f:1 (global): ${SEEN}`,
    '',
    'Portage: a/b matches nothing in the current snapshot.',
  ])
})
