import { describe, expect, test } from 'vitest'
import { assemblyOrder } from './assembly.ts'
import { beginningsOf, helpersOf, withoutRepetition, worthKeeping, type Beginning } from './layers.ts'
import type { Need, Resolved, ResolvedPackage } from './resolved.ts'

const run = (...ids: string[]): Need[] => ids.map((id) => ({ id: `target:${id}`, kinds: ['run'] }))
const install = (id: string): Need => ({ id: `builder:${id}`, kinds: ['install'] })

function entry(id: string, more: Partial<ResolvedPackage> = {}): ResolvedPackage {
  const cpv = id.replace(/^\w+:/, '')
  const [, name = '', version = ''] = /^(.+?)-(\d.*)$/.exec(cpv) ?? []
  const made = { madeFrom: { ebuild: 'e' }, merging: 'm' }
  return { id, cpv, name, version, slot: '0', subslot: '0', repository: 'gentoo', use: [], needs: [], ...made, ...more }
}

const SYSTEM = [entry('target:s/libc-1'), entry('target:s/shell-1', { needs: run('s/libc-1') })]
const ASKED = { '@system': ['target:s/shell-1'], '@web': ['target:w/server-1'] }

function answer(packages: readonly ResolvedPackage[], asked: Resolved['asked'] = ASKED): Resolved {
  return { packages, asked, installed: [], toolchain: '' }
}

function segmentsOf(resolved: Resolved) {
  return withoutRepetition(assemblyOrder(resolved, Object.keys(resolved.asked)))
}

function keysOf(resolved: Resolved, surroundings = 'here'): string[] {
  return beginningsOf(segmentsOf(resolved), resolved, surroundings).map(({ key }) => key)
}

describe('a beginning', () => {
  const server = entry('target:w/server-1')
  const keys = keysOf(answer([...SYSTEM, server]))

  test('is there after each segment, with what is in the root then', () => {
    const resolved = answer([...SYSTEM, server])
    expect(
      beginningsOf(segmentsOf(resolved), resolved, 'here').map(({ depth, packages }) => [depth, packages]),
    ).toEqual([
      [1, 2],
      [2, 3],
    ])
  })

  test('is the same for machines that are different only afterwards', () => {
    const other = keysOf(answer([...SYSTEM, entry('target:d/base-1')], { ...ASKED, '@web': ['target:d/base-1'] }))
    expect(other[0]).toBe(keys[0])
    expect(other[1]).not.toBe(keys[1])
  })

  test.each<[string, Partial<ResolvedPackage>]>([
    ['settings to merge with', { merging: 'INSTALL_MASK' }],
    ['flags', { use: ['doc'] }],
    ['ebuild', { madeFrom: { ebuild: 'other' } }],
    ['bashrc', { madeFrom: { ebuild: 'e', bashrcs: { '/etc/portage/bashrc': 'b' } } }],
  ])('is another one with another %s of one of its packages', (_, more) => {
    const changed = keysOf(answer([entry('target:s/libc-1', more), ...SYSTEM.slice(1), server]))
    expect(changed[0]).not.toBe(keys[0])
    const later = keysOf(answer([...SYSTEM, entry('target:w/server-1', more)]))
    expect([later[0] === keys[0], later[1] === keys[1]]).toEqual([true, false])
  })

  test('is another one with the same packages in another order, in other portions or elsewhere', () => {
    const two = [entry('target:a/a-1'), entry('target:a/b-1')] as const
    const asked = { '@x': ['target:a/a-1', 'target:a/b-1'] }
    const turned = [entry('target:a/a-1', { needs: run('a/b-1') }), two[1]]
    const all = [
      keysOf(answer(two, asked)),
      keysOf(answer(turned, asked)),
      keysOf(answer(two, { '@x': ['target:a/a-1'], '@y': ['target:a/b-1'] })),
      keysOf(answer(two, asked), 'there'),
    ].map((keysOfOne) => keysOfOne.at(-1))
    expect(new Set(all).size).toBe(4)
  })

  test('ends where it is not known what merging a package does', () => {
    const { merging: _, ...unknown } = server
    expect(keysOf(answer([...SYSTEM, unknown]))).toEqual(keys.slice(0, 1))
  })
})

test('helpers of IDEPEND are wanted once a container, and again by whoever goes on', () => {
  const needs = [install('h/tool-1')]
  const resolved = answer([
    entry('builder:h/tool-1'),
    entry('target:s/shell-1', { needs }),
    entry('target:w/server-1', { needs }),
  ])
  const segments = segmentsOf(resolved)
  expect(segments.map(({ merges }) => merges.map((merge) => merge.entry.cpv))).toEqual([
    ['h/tool-1', 's/shell-1'],
    ['w/server-1'],
  ])
  expect(helpersOf(segments.slice(0, 1)).map((merge) => merge.entry.cpv)).toEqual(['h/tool-1'])
})

describe('worth keeping', () => {
  const root = (...keys: string[]): Beginning[] =>
    keys.map((key, index) => ({ key, depth: index + 1, packages: (index + 1) * 10 }))
  const kept = (own: Beginning[], others: Beginning[][], have?: number) =>
    worthKeeping(own, others, have).map(({ key }) => key)

  test('is nothing for a root alone, or among roots that begin otherwise', () => {
    expect(kept(root('a', 'b'), [])).toEqual([])
    expect(kept(root('a', 'b'), [root('x', 'y')])).toEqual([])
  })
  test('is where others leave it, and nothing in between', () => {
    expect(kept(root('a', 'b', 'c'), [root('a', 'b', 'x'), root('a', 'b', 'y')])).toEqual(['b'])
    expect(kept(root('a', 'b', 'c'), [root('a', 'x'), root('a', 'b', 'c')])).toEqual(['a', 'c'])
  })
  test('is not what spares a few merges', () => {
    expect(kept(root('a'), [root('a', 'b')], 8)).toEqual([])
    expect(kept(root('a'), Array<Beginning[]>(5).fill(root('a', 'b')), 8)).toEqual(['a'])
  })
})
