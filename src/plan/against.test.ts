import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePlan } from './compile-plan.ts'
import { fingerprints, identitiesOf } from './fingerprints.ts'
import { digestOf } from './json.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

const entry = (id: string, part: Partial<ResolvedPackage> = {}): ResolvedPackage => {
  const cpv = id.replace(/^\w+:/, '')
  const [, name = '', version = ''] = /^(.+?)-(\d.*)$/.exec(cpv) ?? []
  const own = part.installed === undefined ? { madeFrom: { ebuild: cpv } } : {}
  return { id, cpv, name, version, slot: '0', subslot: '0', repository: 'gentoo', use: [], needs: [], ...own, ...part }
}
const answer = (packages: ResolvedPackage[], installed: Resolved['installed'] = []): Resolved => ({
  packages,
  asked: {},
  installed,
  toolchain: 'gcc 14',
})
const need = (id: string, ...kinds: string[]) => ({ id, kinds })
const markOf = (resolved: Resolved, id: string) => fingerprints(resolved).get(id)

describe('a virtual that a package is built with', () => {
  const user = entry('target:x/user-1', { needs: [need('builder:virtual/v-0', 'build')] })
  const provided = (provider: string, part: Partial<ResolvedPackage> = {}) =>
    answer([
      entry(`builder:x/${provider}-1`, part),
      entry('builder:virtual/v-0', { needs: [need(`builder:x/${provider}-1`, 'run')] }),
      user,
    ])

  test('stands for its provider: another one, or the same with other flags, makes another package', () => {
    const one = markOf(provided('one'), user.id)
    expect(markOf(provided('two'), user.id)).not.toBe(one)
    expect(markOf(provided('one', { use: ['flag'] }), user.id)).not.toBe(one)
    expect(markOf(provided('one'), user.id)).toBe(one)
  })
})

describe('the builder has a library whose ebuild was edited since', () => {
  const user = entry('target:x/user-1', { needs: [need('builder:x/lib-1', 'build')] })
  const resolved = (ebuild: string) =>
    answer(
      [entry('target:x/lib-1', { madeFrom: { ebuild } }), user, entry('builder:x/lib-1', { installed: 'files' })],
      [{ cpv: 'x/lib-1', name: 'x/lib', slot: '0', use: [], digest: 'files', ebuild: 'as it was' }],
    )

  test("the root's is merged, and counts", () => {
    expect(markOf(resolved('edited'), user.id)).not.toBe(markOf(resolved('as it was'), user.id))
    expect(compilePlan(resolved('edited'), () => true).merge.map(({ id }) => id)).toEqual(['target:x/lib-1'])
    expect(compilePlan(resolved('as it was'), () => true).merge).toEqual([])
  })
})

describe('`:=` of what a package only runs with', () => {
  const user = entry('target:x/user-1', { needs: [need('target:x/lib-1', 'run', 'bound')] })
  const resolved = (part: Partial<ResolvedPackage> = {}) => answer([entry('target:x/lib-1', part), user])

  test('another sub-slot makes another package, other flags do not', () => {
    const before = markOf(resolved(), user.id)
    expect(markOf(resolved({ subslot: '2' }), user.id)).not.toBe(before)
    expect(markOf(resolved({ use: ['flag'] }), user.id)).toBe(before)
  })
  test('the library stands there first, so that its sub-slot is what is written down', () => {
    const plan = compilePlan(resolved(), () => true)
    expect([plan.merge, plan.build].map((entries) => entries.map(({ id }) => id))).toEqual([
      ['target:x/lib-1'],
      ['target:x/user-1'],
    ])
  })
  test('not where compiling it takes the other one', () => {
    const first = entry('target:x/first-1', { needs: [need('target:x/second-1', 'post', 'bound')] })
    const second = entry('target:x/second-1', { needs: [need('target:x/first-1', 'build')] })
    const top = entry('target:x/top-1', { needs: [need('target:x/second-1', 'build')] })
    const plan = compilePlan(answer([first, second, top]), () => true)
    expect(plan.merge.map(({ cpv }) => cpv)).toEqual(['x/first-1', 'x/second-1'])
  })
})

describe('whatever the answer', () => {
  /** Packages p0 … pN with edges of all kinds between them, circles too. */
  const graphs = fc.integer({ min: 2, max: 9 }).chain((count) =>
    fc
      .array(
        fc.record({
          from: fc.nat(count - 1),
          to: fc.nat(count - 1),
          kind: fc.constantFrom('build', 'run', 'post', 'install'),
        }),
        { maxLength: 20 },
      )
      .map((edges) => ({ count, edges })),
  )
  type Graph = typeof graphs extends fc.Arbitrary<infer T> ? T : never
  const idOf = (index: number) => `target:x/p${index}-1`
  const resolvedOf = ({ count, edges }: Graph, changed = -1) =>
    answer(
      Array.from({ length: count }, (_, index) =>
        entry(idOf(index), {
          needs: edges.filter(({ from }) => from === index).map(({ to, kind }) => need(idOf(to), kind)),
          use: index === changed ? ['changed'] : [],
        }),
      ),
    )

  test('a change reaches what is built with it, through any number of builds, and nothing else', () => {
    fc.assert(
      fc.property(graphs, fc.nat(8), (graph, pick) => {
        const changed = pick % graph.count
        const reached = new Set([changed])
        for (const one of reached)
          for (const { from, to, kind } of graph.edges) if (kind === 'build' && to === one) reached.add(from)
        const [before, after] = [fingerprints(resolvedOf(graph)), fingerprints(resolvedOf(graph, changed))]
        const differ = [...before.keys()].filter((id) => before.get(id) !== after.get(id))
        expect(differ.toSorted()).toEqual([...reached].map(idOf).toSorted())
      }),
    )
  })
  test('a fingerprint is the digest of its ingredients', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const marks = fingerprints(resolvedOf(graph))
        for (const [id, { ingredients }] of identitiesOf(resolvedOf(graph)))
          expect(marks.get(id)).toBe(digestOf(ingredients))
        expect(new Set(marks.values()).size).toBe(graph.count)
      }),
    )
  })
})
