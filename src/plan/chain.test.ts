import { expect, test } from 'vitest'
import { chainTo } from './chain.ts'
import type { Resolved } from './resolved.ts'

function answer(needs: Readonly<Record<string, readonly string[]>>, asked: Resolved['asked']): Resolved {
  const packages = Object.entries(needs).map(([cpv, wanted]) => ({
    id: `target:${cpv}`,
    cpv,
    name: cpv.replace(/-\d+$/, ''),
    version: '1',
    slot: '0',
    subslot: '0',
    repository: 'gentoo',
    use: [],
    needs: wanted.map((one) => ({ id: `target:${one}`, kinds: ['run'] })),
  }))
  return { packages, asked, installed: [], toolchain: null }
}

const ANSWER = answer(
  { 'a/a-1': ['a/b-1'], 'a/b-1': ['a/c-1', 'a/a-1'], 'a/c-1': [], 'a/d-1': ['a/e-1'], 'a/e-1': ['a/c-1'], 'a/f-1': [] },
  { '@system': ['target:a/d-1'], '@web': ['target:a/a-1'] },
)

test('the shortest chain from an argument, also through a circle', () => {
  expect(chainTo(ANSWER, 'target:a/b-1')).toEqual({ argument: '@web', ids: ['target:a/a-1', 'target:a/b-1'] })
  expect(chainTo(ANSWER, 'target:a/c-1')).toEqual({
    argument: '@web',
    ids: ['target:a/a-1', 'target:a/b-1', 'target:a/c-1'],
  })
  expect(chainTo(ANSWER, 'target:a/d-1')).toEqual({ argument: '@system', ids: ['target:a/d-1'] })
})

test('none to what nothing wants', () => {
  expect(chainTo(ANSWER, 'target:a/f-1')).toBeUndefined()
})
