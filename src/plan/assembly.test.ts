import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assemblyOrder } from './assembly.ts'
import type { Need, Resolved, ResolvedPackage } from './resolved.ts'

type Part = { id: string; needs?: readonly Need[]; installed?: string }
const run = (...ids: string[]): Need[] => ids.map((id) => ({ id: `target:${id}`, kinds: ['run'] }))
const post = (id: string): Need => ({ id: `target:${id}`, kinds: ['post'] })
const install = (id: string): Need => ({ id: `builder:${id}`, kinds: ['install'] })

const entry = ({ id, ...part }: Part): ResolvedPackage => {
  const cpv = id.replace(/^\w+:/, '')
  const [, name = '', version = ''] = /^(.+?)-(\d.*)$/.exec(cpv) ?? []
  return { id, cpv, name, version, slot: '0', subslot: '0', repository: 'gentoo', use: [], needs: [], ...part }
}
const answer = (packages: Part[], asked: Record<string, string[]>): Resolved => ({
  packages: packages.map(entry),
  asked: Object.fromEntries(Object.entries(asked).map(([set, ids]) => [set, ids.map((id) => `target:${id}`)])),
  installed: [],
  toolchain: '',
})
/** `@set: a b` with `/` before what goes into the container's own root. */
const said = (resolved: Resolved, sets: string[]) =>
  assemblyOrder(resolved, sets).map(
    ({ argument, merges }) =>
      `${argument}: ${merges.map(({ entry: { cpv }, into }) => (into === 'builder' ? `/${cpv}` : cpv)).join(' ')}`,
  )

describe('the order of assembling', () => {
  test('baselayout first, then what each set adds, what is needed before what needs it', () => {
    const packages = [
      { id: 'target:a/shell-1', needs: run('s/libc-1') },
      { id: 'target:s/libc-1' },
      { id: 'target:sys-apps/baselayout-2.17' },
      { id: 'target:w/server-1', needs: run('s/libc-1', 'w/ssl-3') },
      { id: 'target:w/ssl-3', needs: run('s/libc-1') },
    ]
    const asked = { '@system': ['a/shell-1', 'sys-apps/baselayout-2.17'], '@web': ['w/server-1', 'a/shell-1'] }
    expect(said(answer(packages, asked), ['@system', '@web'])).toEqual([
      '@system: sys-apps/baselayout-2.17 s/libc-1 a/shell-1',
      '@web: w/ssl-3 w/server-1',
    ])
  })
  test('PDEPEND comes after, and names decide the rest', () => {
    const packages = [
      { id: 'target:a/b-1', needs: [post('a/plugin-1')] },
      { id: 'target:a/plugin-1', needs: run('a/b-1') },
      { id: 'target:a/a-1' },
    ]
    expect(said(answer(packages, { '@s': ['a/b-1', 'a/a-1'] }), ['@s'])).toEqual(['@s: a/a-1 a/b-1 a/plugin-1'])
  })
  test('packages that need each other come in the order of their names', () => {
    const packages = [
      { id: 'target:a/y-1', needs: run('a/x-1') },
      { id: 'target:a/x-1', needs: run('a/y-1') },
    ]
    expect(said(answer(packages, { '@s': ['a/x-1', 'a/y-1'] }), ['@s'])).toEqual(['@s: a/y-1 a/x-1'])
  })
  test('what IDEPEND wants goes into / before, with what it needs, again in each segment, unless the builder has it', () => {
    const packages = [
      { id: 'target:a/one-1', needs: [install('t/tool-1')] },
      { id: 'target:a/two-1', needs: [install('t/tool-1')] },
      { id: 'target:a/three-1', needs: [install('t/tool-1'), install('t/there-1')] },
      { id: 'builder:t/tool-1', needs: [{ id: 'builder:t/lib-1', kinds: ['run'] }] },
      { id: 'builder:t/lib-1' },
      { id: 'builder:t/there-1', installed: 'x' },
    ]
    expect(said(answer(packages, { '@s': ['a/one-1', 'a/two-1'], '@t': ['a/three-1'] }), ['@s', '@t'])).toEqual([
      '@s: /t/lib-1 /t/tool-1 a/one-1 a/two-1',
      '@t: /t/lib-1 /t/tool-1 a/three-1',
    ])
  })
  test('a package that no argument names is not lost; a set that adds nothing is no segment', () => {
    const packages = [{ id: 'target:a/a-1' }, { id: 'target:a/b-1' }]
    expect(said(answer(packages, { '@system': ['a/b-1'], '@s': ['a/b-1'] }), ['@system', '@s'])).toEqual([
      '@system: a/b-1',
      '@s: a/a-1',
    ])
  })
})

describe('for any answer', () => {
  const graph = fc.integer({ min: 1, max: 12 }).chain((count) =>
    fc.record({
      edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.constantFrom('run', 'post')), {
        maxLength: 30,
      }),
      sets: fc.array(fc.array(fc.nat(count - 1), { maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      order: fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
    }),
  )
  type Graph = { edges: [number, number, string][]; sets: number[][]; order: number[] }
  const id = (index: number) => `c/p${String(index).padStart(2, '0')}-1`
  const resolvedOf = ({ edges, sets, order }: Graph): Resolved =>
    answer(
      order.map((index) => ({
        id: `target:${id(index)}`,
        needs: edges
          .filter(([from]) => from === index)
          .map(([, to, kind]) => ({ id: `target:${id(to)}`, kinds: [kind] })),
      })),
      Object.fromEntries(sets.map((members, n) => [`@${n}`, members.map(id)])),
    )
  const names = (sets: number[][]) => sets.map((_, n) => `@${n}`)
  const merged = (value: Graph) =>
    assemblyOrder(resolvedOf(value), names(value.sets)).flatMap(({ merges }) => merges.map(({ entry: { cpv } }) => cpv))

  test('every package once, whatever the order of the answer', () => {
    fc.assert(
      fc.property(graph, (value) => {
        const order = merged(value)
        expect(order.toSorted()).toEqual(value.order.map(id).toSorted())
        expect(merged({ ...value, order: value.order.toReversed() })).toEqual(order)
      }),
    )
  })
  test('what a package needs stands before it, unless they need each other', () => {
    fc.assert(
      fc.property(graph, (value) => {
        const reach = (from: number, seen = new Set<number>()): Set<number> => {
          for (const [a, b] of value.edges) if (a === from && !seen.has(b)) reach(b, seen.add(b))
          return seen
        }
        const order = merged(value)
        for (const [from, to, kind] of value.edges)
          if (kind === 'run' && from !== to && !reach(to).has(from))
            expect(order.indexOf(id(to))).toBeLessThan(order.indexOf(id(from)))
      }),
    )
  })
  test('one more set behind leaves the segments before it as they were', () => {
    fc.assert(
      fc.property(graph, fc.array(fc.nat(11), { maxLength: 3 }), (value, more) => {
        const known = more.filter((index) => index < value.order.length)
        const longer = { ...value, sets: [...value.sets, known] }
        // The last set of all takes what nobody names.
        const segments = (of: Graph) =>
          assemblyOrder(resolvedOf(of), names(of.sets)).filter(({ argument }) =>
            names(value.sets).slice(0, -1).includes(argument),
          )
        expect(segments(longer)).toEqual(segments(value))
      }),
    )
  })
})
