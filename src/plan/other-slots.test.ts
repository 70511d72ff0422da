import { expect, test } from 'vitest'
import { otherSlots } from './other-slots.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

const entry = (id: string, more: Partial<ResolvedPackage> = {}): ResolvedPackage => {
  const cpv = id.replace(/^\w+:/, '')
  const [, name = '', version = ''] = /^(.+?)-(\d.*)$/.exec(cpv) ?? []
  return { id, cpv, name, version, slot: '0', subslot: '0', repository: 'gentoo', use: [], needs: [], ...more }
}
const has = (slot: string) => ({ cpv: `x/lib-${slot}.5`, name: 'x/lib', slot, use: [] })
const lib = entry('target:x/lib-1', { slot: '1' })
const user = (...kinds: string[]) => entry('target:x/user-1', { needs: [{ id: lib.id, kinds }] })
const asked = (packages: readonly ResolvedPackage[]): Resolved => ({
  packages,
  asked: {},
  installed: [has('1'), has('2'), { ...has('2'), name: 'x/other', cpv: 'x/other-2' }],
  toolchain: '',
})

test('another slot than the one that is bound to must not be taken for it', () => {
  expect(otherSlots(asked([lib, user('run', 'bound')]), () => true)).toEqual(['x/lib-2.5'])
})

const second = entry('builder:x/lib-2', { slot: '2', installed: 'x' })
const tool = entry('builder:x/tool-1', { needs: [{ id: second.id, kinds: ['build'] }] })
test('that Portage looked at it does not matter', () => {
  expect(otherSlots(asked([lib, user('run', 'bound'), second]), () => true)).toEqual(['x/lib-2.5'])
})
test.each<[string, Resolved, boolean]>([
  ['nothing binds to it', asked([lib, user('run')]), true],
  ['nothing is compiled', asked([lib, user('run', 'bound')]), false],
  ['somebody builds with that slot', asked([lib, user('run', 'bound'), second, tool]), true],
])('it stays where %s', (_why, resolved, missing) => {
  expect(otherSlots(resolved, () => missing)).toEqual([])
})
