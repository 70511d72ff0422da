import { expect, test } from 'vitest'
import { isWorthwhile } from './kept-snapshots.ts'

const MIB = 1024 ** 2

test.each([
  ['a small one', { size: 31 * MIB, packs: 1, swept: 31 * MIB }, true],
  ['one that was never swept', { size: 100 * MIB, packs: 1, swept: Number.NaN }, true],
  ['one that has hardly grown', { size: 149 * MIB, packs: 50, swept: 100 * MIB }, false],
  ['one that has grown by half', { size: 151 * MIB, packs: 2, swept: 100 * MIB }, true],
  ['one of many packs', { size: 110 * MIB, packs: 51, swept: 100 * MIB }, true],
])('%s', (_what, state, worthwhile) => {
  expect(isWorthwhile(state)).toBe(worthwhile)
})
