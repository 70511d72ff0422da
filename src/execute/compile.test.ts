import { expect, test } from 'vitest'
import type { Json } from '../plan/json.ts'
import type { Resolved } from '../plan/resolved.ts'
import { compile } from './compile.ts'
import type { Tools, Work } from './handler.ts'

const resolved: Resolved = {
  packages: [
    {
      id: 'target:app-misc/greet-1.0',
      cpv: 'app-misc/greet-1.0',
      name: 'app-misc/greet',
      version: '1.0',
      slot: '0',
      subslot: '0',
      repository: 'gentoo',
      use: [],
      needs: [],
      madeFrom: {},
    },
  ],
  asked: {},
  installed: [],
  toolchain: {},
}
const work: Work = {
  key: '',
  step: { id: 'compile:demo/porch', kind: 'compile', label: '', input: {}, parents: {} },
  parents: { resolved: { digest: '', value: resolved as unknown as Json } },
}

test('where every package is in the store, nothing was to do, and that is said', async () => {
  const there = { verified: () => Promise.resolve({}) }
  const parts: number[] = []
  const tools = { packages: there, had: (part: number) => void parts.push(part) } as unknown as Tools
  expect(await compile.run(work, tools)).toMatchObject({ summary: '0 compiled, 1 reused' })
  expect(parts).toEqual([0])
})
