import { describe, expect, test } from 'vitest'
import { compilePlan, fingerprints, packagesToHave, type Resolved, type ResolvedPackage } from './resolved.ts'

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
    ...(part.installed === undefined ? { madeFrom: cpv } : {}),
    ...part,
  }
}
const build = (id: string) => ({ id, kinds: ['build'] })
const run = (id: string) => ({ id, kinds: ['run'] })
const answer = (packages: Part[], installed: Resolved['installed'] = [], toolchain = 'gcc 14'): Resolved => ({
  packages: packages.map(entry),
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
    ['what it is made from', [{ ...lib, madeFrom: 'patched' }, { ...host, madeFrom: 'patched' }, prog], 'gcc 14'],
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
  test("the root's own package counts, not the builder's copy", () => {
    const has = { id: 'builder:dev-libs/lib-1', installed: 'one' }
    const before = fingerprints(answer([lib, prog, has])).get('target:app-misc/prog-1')
    expect(fingerprints(answer([lib, prog, { ...has, installed: 'two' }])).get('target:app-misc/prog-1')).toBe(before)
    const tool = { id: 'builder:dev-util/tool-1', installed: 'one' }
    const uses = { id: 'target:app-misc/uses-1', needs: [build('builder:dev-util/tool-1')] }
    const first = fingerprints(answer([uses, tool])).get('target:app-misc/uses-1')
    expect(fingerprints(answer([uses, { ...tool, installed: 'two' }])).get('target:app-misc/uses-1')).not.toBe(first)
  })
  test('a circle of build dependencies comes to an end, and is the same from both sides', () => {
    const a = { id: 'target:x/a-1', needs: [build('target:x/b-1')] }
    const b = { id: 'target:x/b-1', needs: [build('target:x/a-1')] }
    expect(fingerprints(answer([a, b])).size).toBe(2)
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
    const installed = [{ cpv: 'dev-libs/lib-1', name: 'dev-libs/lib', slot: '0', use: [] }]
    const has = { id: 'builder:dev-libs/lib-1', installed: 'x' }
    const coloured = { ...libTarget, use: ['color'] }
    const plan = compilePlan(answer([coloured, prog, has, { ...tool, installed: 'y' }], installed), all)
    expect(ids(plan.merge)).toEqual(['target:dev-libs/lib-1'])
    expect(ids(plan.build)).toEqual(['target:app-misc/prog-1'])
  })
  test('the builder has just that: nothing is merged', () => {
    const installed = [{ cpv: 'dev-libs/lib-1', name: 'dev-libs/lib', slot: '0', use: [] }]
    const has = { id: 'builder:dev-libs/lib-1', installed: 'x' }
    const plan = compilePlan(answer([libTarget, prog, has, { ...tool, installed: 'y' }], installed), all)
    expect(ids(plan.merge)).toEqual([])
    expect(ids(plan.build)).toEqual(['target:dev-libs/lib-1', 'target:app-misc/prog-1'])
  })
})
