import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Engine, TreeRef } from '../engine/engine.ts'
import type { Resolved, ResolvedPackage } from '../plan/resolved.ts'
import type { Output, Step } from '../plan/step.ts'
import { layoutOf } from '../store/layout.ts'
import { StepStore } from '../store/steps.ts'
import { SharedLayers } from './layers.ts'
import { asValue } from './values.ts'

let folder: string
let store: StepStore
/** Names of the layers that are damaged. */
const damaged = new Set<string>()
const told: string[] = []
const engine = { isWhole: ({ layers }: TreeRef) => Promise.resolve(!damaged.has(layers[0] ?? '')) } as unknown as Engine

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-layers-'))
  const layout = layoutOf(folder)
  for (const path of [layout.steps, layout.last, layout.uses]) await mkdir(path, { recursive: true })
  store = new StepStore(layout)
  damaged.clear()
  told.splice(0)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const made = { slot: '0', subslot: '0', repository: 'gentoo', version: '1', use: [], needs: [], merging: 'm' }

function packages(...names: string[]): ResolvedPackage[] {
  return names.map((name) => ({
    id: `target:a/${name}-1`,
    cpv: `a/${name}-1`,
    name: `a/${name}`,
    madeFrom: {},
    ...made,
  }))
}

const SYSTEM = Array.from({ length: 20 }, (_, index) => `system${index}`)

/** A machine with a large @system and a package of its own. */
function machine(name: string, own = name): { root: Step; resolve: Step; answer: Output } {
  const all = packages(...SYSTEM, own)
  const resolved: Resolved = {
    packages: all,
    asked: { '@system': all.slice(0, -1).map(({ id }) => id), '@own': [`target:a/${own}-1`] },
    installed: [],
    toolchain: '',
  }
  const resolve: Step = { id: `resolve:${name}`, kind: 'resolve', label: '', input: {}, parents: {} }
  const parents = { builder: 'builder', resolved: resolve.id, packages: `compile:${name}` }
  const root: Step = { id: `root:${name}`, kind: 'root', label: '', input: { sets: ['own'], locations: {} }, parents }
  return { root, resolve, answer: { digest: name, value: asValue(resolved) } }
}

const BUILDER: Step = { id: 'builder', kind: 'builder', label: '', input: {}, parents: {} }
const BUILT: Output = { digest: 'the builder', value: {} }

function work({ root, answer }: ReturnType<typeof machine>) {
  return { step: root, key: 'k', parents: { builder: BUILT, resolved: answer } }
}

function treeOf(name: string): TreeRef {
  return { engine: 'embedded', layers: [name], digest: name }
}

describe('the layer of a root', () => {
  const [one, two] = [machine('one'), machine('two')]
  const begun = () => {
    const layers = new SharedLayers(store, engine, [BUILDER, one.root, two.root], (layer) => told.push(layer))
    layers.came(BUILDER, BUILT)
    return layers
  }

  test('is made for another root that is still to come, once that one is resolved', () => {
    const layers = begun()
    expect(layers.claim(work(one), undefined)).toEqual([])
    layers.came(two.resolve, two.answer)
    expect(layers.claim(work(one), undefined)).toMatchObject([{ depth: 1, packages: 20 }])
    expect(layers.claimedBy(work(one))).toMatchObject([{ depth: 1 }])
    expect(layers.claimedBy(work(two))).toEqual([])
  })

  test.each<[string, (layers: SharedLayers) => void]>([
    ['is there', (layers) => layers.came(two.root, { digest: '', value: {} })],
    ['failed', (layers) => layers.left(two.root)],
  ])('is not made for one that %s', (_, end) => {
    const layers = begun()
    layers.came(two.resolve, two.answer)
    end(layers)
    expect(layers.claim(work(one), undefined)).toEqual([])
  })

  test('is found by the other, in a later run as well, and named and made again when it is damaged', async () => {
    const layers = begun()
    layers.came(one.resolve, one.answer)
    layers.came(two.resolve, two.answer)
    const [beginning] = layers.claim(work(one), undefined)
    if (beginning === undefined) throw new Error('there is nothing to make')
    await layers.keep(beginning, treeOf('shared'), 1)
    const kept = await layers.find(work(two))
    expect(kept).toEqual({ beginning, tree: treeOf('shared') })
    expect(layers.claim(work(two), kept)).toEqual([])
    expect(await new SharedLayers(store, engine).find(work(two))).toEqual(kept)
    expect(await store.uses()).toMatchObject([{ id: `layer:${beginning.key}`, key: beginning.key }])
    damaged.add('shared')
    expect(await layers.find(work(two))).toBeUndefined()
    expect(layers.claim(work(two), undefined)).toEqual([beginning])
    expect(await layers.find(work(two))).toBeUndefined()
    expect(told).toEqual(['shared'])
    expect(await store.find(beginning.key)).toBeUndefined()
  })

  test('is another one on another builder', async () => {
    const layers = begun()
    const [beginning] = layers.courseOf(work(one)).beginnings
    if (beginning === undefined) throw new Error('there is no beginning')
    await layers.keep(beginning, treeOf('shared'), 1)
    const elsewhere = { ...work(two), parents: { ...work(two).parents, builder: { digest: 'another', value: {} } } }
    expect(await layers.find(elsewhere)).toBeUndefined()
  })
})
