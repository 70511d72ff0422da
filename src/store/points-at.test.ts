/** Against the shapes that handlers write: who changes one of those sees here that something would be taken for unneeded. */
import { expect, test } from 'vitest'
import type { TreeRef } from '../engine/engine.ts'
import {
  asValue,
  type PackagesValue,
  type PackedValue,
  type RepositoryValue,
  type RootValue,
  type SeedValue,
} from '../execute/values.ts'
import type { Json } from '../plan/json.ts'
import type { ResolvedPackage } from '../plan/resolved.ts'
import type { StepKind } from '../plan/step.ts'
import { pointsAt } from './points-at.ts'

const NOTHING = { trees: [], packages: [], packed: [], sources: [], snapshot: undefined }
const tree: TreeRef = { engine: 'embedded', layers: ['a', 'b'], digest: 'd' }

const seed: SeedValue = {
  tree,
  profile: 'gentoo:x',
  portage: { version: '3', incrementals: [] },
  arch: 'amd64',
} as SeedValue
const root: RootValue = { tree, packages: ['a/b-1'] }
const repository: RepositoryValue = { name: 'gentoo', revision: 'r1', tree, time: 1 }
const packages: PackagesValue = { fingerprints: { 'a/b-1': 'f1', 'a/c-1': 'f2' } }
const packed: Pick<PackedValue, 'folder'> = { folder: 'k1' }
const entry: Pick<ResolvedPackage, 'id' | 'distfiles'> = { id: 'target:a/b-1', distfiles: ['b-1.tar', 'b-1.patch'] }
const snapshot = { repository: 'gentoo', revision: 'r1' }

test.each<[StepKind, Json, object]>([
  ['seed', asValue(seed), { trees: [tree] }],
  ['builder', asValue({ tree }), { trees: [tree] }],
  ['root', asValue(root), { trees: [tree] }],
  ['finish', asValue({ tree }), { trees: [tree] }],
  ['repository', asValue(repository), { trees: [tree], snapshot }],
  ['cache', asValue(repository), { trees: [tree], snapshot }],
  ['compile', asValue(packages), { packages: ['f1', 'f2'] }],
  ['pack', { ...packed }, { packed: ['k1'] }],
  [
    'resolve',
    { packages: [{ ...entry, distfiles: [...(entry.distfiles ?? [])] }] },
    { sources: ['b-1.tar', 'b-1.patch'] },
  ],
  ['fetch', ['b-1.tar'], { sources: ['b-1.tar'] }],
  ['sign', { build: 'm/b' }, {}],
])('%s', (kind, value, expected) => {
  expect(pointsAt({ kind, output: { digest: 'd', value } })).toEqual({ ...NOTHING, ...expected })
})

test.each<Json>([
  null,
  'text',
  [],
  [null, 1],
  { tree: null },
  { tree: { layers: 'a' } },
  { packages: 1 },
  { fingerprints: [] },
])('what is no value of ours points at nothing: %j', (value) => {
  for (const kind of ['seed', 'resolve', 'compile', 'pack', 'repository', 'fetch'])
    expect(pointsAt({ kind, output: { digest: 'd', value } })).toEqual(NOTHING)
})
