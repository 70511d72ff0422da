import { describe, expect, test } from 'vitest'
import { compilePlan } from './compile-plan.ts'
import { fingerprints, packagesToHave } from './fingerprints.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

type Part = Partial<ResolvedPackage> & { id: string }
const entry = (part: Part): ResolvedPackage => {
  const cpv = part.id.replace(/^\w+:/, '')
  const [, name = '', version = ''] = /^(.+?)-(\d.*)$/.exec(cpv) ?? []
  return {
    cpv,
    name,
    version,
    slot: '0',
    subslot: '0',
    repository: 'gentoo',
    use: [],
    needs: [],
    ...(part.installed === undefined ? { madeFrom: { ebuild: cpv } } : {}),
    ...part,
  }
}
const build = (id: string) => ({ id, kinds: ['build'] })
const run = (id: string) => ({ id, kinds: ['run'] })
const answer = (packages: Part[], installed: Resolved['installed'] = [], toolchain = 'gcc 14'): Resolved => ({
  packages: packages.map(entry),
  asked: {},
  installed,
  toolchain,
})
const ids = (entries: readonly ResolvedPackage[]) => entries.map((one) => one.id)

describe('fingerprints', () => {
  const lib = { id: 'target:dev-libs/lib-1' }
  const prog = { id: 'target:app-misc/prog-1', needs: [build('builder:dev-libs/lib-1'), run('target:dev-libs/lib-1')] }
  const host = { id: 'builder:dev-libs/lib-1' }

  test('the same package for the root and for building has one fingerprint', () => {
    const marks = fingerprints(answer([host, lib, prog]))
    expect(marks.get('target:dev-libs/lib-1')).toBe(marks.get('builder:dev-libs/lib-1'))
  })
  test.each<[string, Part[], string]>([
    ['USE', [{ ...lib, use: ['color'] }, { ...host, use: ['color'] }, prog], 'gcc 14'],
    [
      'what it is made from',
      [{ ...lib, madeFrom: { ebuild: 'patched' } }, { ...host, madeFrom: { ebuild: 'patched' } }, prog],
      'gcc 14',
    ],
    ['the toolchain', [lib, host, prog], 'gcc 15'],
  ])('a change in %s of a library changes the program built against it', (_what, packages, toolchain) => {
    const before = fingerprints(answer([lib, host, prog]))
    const after = fingerprints(answer(packages, [], toolchain))
    expect(after.get('target:dev-libs/lib-1')).not.toBe(before.get('target:dev-libs/lib-1'))
    expect(after.get('target:app-misc/prog-1')).not.toBe(before.get('target:app-misc/prog-1'))
  })
  test('a runtime dependency alone changes nothing', () => {
    const alone = { ...prog, needs: [run('target:dev-libs/lib-1')] }
    const before = fingerprints(answer([lib, alone])).get('target:app-misc/prog-1')
    expect(fingerprints(answer([{ ...lib, use: ['color'] }, alone])).get('target:app-misc/prog-1')).toBe(before)
  })
  describe('the builder has the library too', () => {
    const prog1 = 'target:app-misc/prog-1'
    const have = (digest: string, use: string[] = []) => [
      { cpv: 'dev-libs/lib-1', name: 'dev-libs/lib', slot: '0', use, digest, ebuild: 'dev-libs/lib-1' },
    ]
    const mark = (root: Part, digest: string, use?: string[]) =>
      fingerprints(answer([root, prog, { ...host, installed: digest }], have(digest, use))).get(prog1)

    test.each<[string, Part, string[], boolean]>([
      ['just as the root will: its copy counts', lib, [], true],
      ["with other flags: the root's counts", lib, ['color'], false],
      ["in another version: the root's counts", { id: 'target:dev-libs/lib-2' }, [], false],
      ["but the root's has patches: the root's counts", { ...lib, particular: true }, [], false],
    ])('%s', (_what, root, use, counts) => {
      expect(mark(root, 'one', use) !== mark(root, 'two', use)).toBe(counts)
      // What the plan merges and what the fingerprint counts is the same.
      const resolved = answer([root, prog, { ...host, installed: 'one' }], have('one', use))
      expect(compilePlan(resolved, () => true).merge.length === 0).toBe(counts)
      expect(
        mark({ ...root, madeFrom: { ebuild: 'dev-libs/lib-1', eclasses: 'other' } }, 'one', use) ===
          mark(root, 'one', use),
      ).toBe(counts)
    })
    test('machines that differ in one flag share what has nothing to do with it', () => {
      const apart = { id: 'target:app-misc/apart-1', needs: [build('builder:dev-util/tool-1')] }
      const tool = { id: 'builder:dev-util/tool-1', installed: 'x' }
      const of = (use: string[]) => fingerprints(answer([{ ...lib, use }, prog, { ...host, use }, apart, tool]))
      expect(of(['color']).get(prog1)).not.toBe(of([]).get(prog1))
      expect(of(['color']).get('target:app-misc/apart-1')).toBe(of([]).get('target:app-misc/apart-1'))
    })
    test('a tool that only the builder has counts', () => {
      const uses = { id: 'target:app-misc/uses-1', needs: [build('builder:dev-util/tool-1')] }
      const of = (installed: string) => fingerprints(answer([uses, { id: 'builder:dev-util/tool-1', installed }]))
      expect(of('one').get('target:app-misc/uses-1')).not.toBe(of('two').get('target:app-misc/uses-1'))
    })
  })

  describe('circles of build dependencies', () => {
    // a → b → c → a, with d → b outside, a chord c → b, one package alone, twins of a and b, and a package that needs itself.
    const needs: Record<string, string[]> = {
      a: ['b'],
      b: ['c', 'e'],
      c: ['a', 'b'],
      d: ['b', 'a'],
      e: [],
      f: ['f', 'd'],
    }
    const parts = Object.entries(needs).flatMap(([name, others]) =>
      (['a', 'b'].includes(name) ? ['target', 'builder'] : ['target']).map((where) => ({
        id: `${where}:x/${name}-1`,
        needs: others.map((other) => build(`${['a', 'b'].includes(other) ? 'builder' : 'target'}:x/${other}-1`)),
      })),
    )
    const sorted = (packages: Part[]) => Object.fromEntries([...fingerprints(answer(packages))].toSorted())

    test('fingerprints are the same in whatever order the packages come', () => {
      const expected = sorted(parts)
      expect(Object.keys(expected)).toHaveLength(parts.length)
      let seed = 1
      const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
      for (let round = 0; round < 300; round++) {
        const shuffled = parts
          .map((part) => ({ part: { ...part, needs: part.needs.toReversed() }, at: random() }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ part }) => part)
        expect(sorted(shuffled)).toEqual(expected)
      }
    })
    test('twins agree and members differ', () => {
      const marks = fingerprints(answer(parts))
      expect(marks.get('target:x/a-1')).toBe(marks.get('builder:x/a-1'))
      expect(marks.get('target:x/b-1')).toBe(marks.get('builder:x/b-1'))
      expect(new Set(marks.values()).size).toBe(6)
      expect(packagesToHave(answer(parts)).size).toBe(6)
    })
    test.each([
      ['c', ['a', 'b', 'c', 'd', 'f']],
      ['e', ['a', 'b', 'c', 'd', 'e', 'f']],
      ['d', ['d', 'f']],
      ['f', ['f']],
    ])('a change of %s reaches just what is built with it', (changed, reached) => {
      const before = fingerprints(answer(parts))
      const after = fingerprints(
        answer(
          parts.map((part) => (part.id.includes(`/${changed}-`) ? { ...part, madeFrom: { ebuild: 'other' } } : part)),
        ),
      )
      const differ = Object.keys(needs).filter(
        (name) => before.get(`target:x/${name}-1`) !== after.get(`target:x/${name}-1`),
      )
      expect(differ).toEqual(reached)
    })
  })
})

test('a package that root and building want differently is never taken for one', () => {
  const lib = { id: 'target:dev-libs/lib-1' }
  expect([...packagesToHave(answer([lib, { id: 'builder:dev-libs/lib-1' }])).keys()]).toEqual(['dev-libs/lib-1'])
  expect(() => packagesToHave(answer([lib, { id: 'builder:dev-libs/lib-1', use: ['x'] }]))).toThrow('two ways at once')
})

describe('compilePlan', () => {
  const tool = { id: 'builder:dev-util/tool-1' }
  const lib = { id: 'builder:dev-libs/lib-1' }
  const libTarget = { id: 'target:dev-libs/lib-1' }
  const prog = {
    id: 'target:app-misc/prog-1',
    needs: [build('builder:dev-libs/lib-1'), build('builder:dev-util/tool-1'), run('target:dev-libs/lib-1')],
  }
  const all = () => true

  test('what others build with is merged, in order; the rest is only compiled; nothing twice', () => {
    const plan = compilePlan(answer([tool, lib, libTarget, prog]), all)
    expect(ids(plan.merge)).toEqual(['builder:dev-util/tool-1', 'builder:dev-libs/lib-1'])
    expect(ids(plan.build)).toEqual(['target:app-misc/prog-1'])
  })
  test('nothing is merged when nothing is missing', () => {
    expect(compilePlan(answer([tool, lib, libTarget, prog]), () => false)).toEqual({ merge: [], build: [] })
  })
  test('a missing program pulls the library that is there already in again', () => {
    const plan = compilePlan(answer([tool, lib, libTarget, prog]), (one) => one.cpv === 'app-misc/prog-1')
    expect(ids(plan.merge)).toEqual(['builder:dev-util/tool-1', 'builder:dev-libs/lib-1'])
  })
  test('the builder has the library with other flags: it builds against what the root will have', () => {
    const installed = [
      { cpv: 'dev-libs/lib-1', name: 'dev-libs/lib', slot: '0', use: [], digest: 'x', ebuild: 'dev-libs/lib-1' },
    ]
    const has = { id: 'builder:dev-libs/lib-1', installed: 'x' }
    const coloured = { ...libTarget, use: ['color'] }
    const plan = compilePlan(answer([coloured, prog, has, { ...tool, installed: 'y' }], installed), all)
    expect(ids(plan.merge)).toEqual(['target:dev-libs/lib-1'])
    expect(ids(plan.build)).toEqual(['target:app-misc/prog-1'])
  })
  test('the builder has just that: nothing is merged', () => {
    const installed = [
      { cpv: 'dev-libs/lib-1', name: 'dev-libs/lib', slot: '0', use: [], digest: 'x', ebuild: 'dev-libs/lib-1' },
    ]
    const has = { id: 'builder:dev-libs/lib-1', installed: 'x' }
    const plan = compilePlan(answer([libTarget, prog, has, { ...tool, installed: 'y' }], installed), all)
    expect(ids(plan.merge)).toEqual([])
    expect(ids(plan.build)).toEqual(['target:dev-libs/lib-1', 'target:app-misc/prog-1'])
  })
  test('what a merged package is built with goes before it, with what that needs to run', () => {
    const use = ['x']
    const has = (name: string) => ({ id: `builder:x/${name}-1`, installed: name })
    const parts = [
      { id: 'target:x/top-1', use, needs: [build('builder:x/mid-1')] },
      { id: 'target:x/mid-1', use, needs: [build('builder:x/low-1')] },
      { id: 'target:x/low-1', use, needs: [run('target:x/base-1')] },
      { id: 'target:x/base-1', use },
      { id: 'target:x/user-1', needs: [build('builder:x/top-1')] },
      ...['top', 'mid', 'low'].map(has),
    ]
    const plan = compilePlan(answer(parts), all)
    expect(ids(plan.merge)).toEqual(['target:x/low-1', 'target:x/base-1', 'target:x/mid-1', 'target:x/top-1'])
  })
})
