import { describe, expect, test } from 'vitest'
import type { ContainerSpec } from '../engine.ts'
import { containerViews, layersOf, readingViews } from './views.ts'

const at = { own: '/data/own', trees: '/data/trees' }
const tree = { engine: 'embedded', layers: ['000000000001', '000000000002'], digest: 'd' }
const spec = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  tree,
  mounts: [],
  folders: [],
  tmpfs: [],
  env: {},
  network: false,
  ...more,
})

describe('a container', () => {
  test('sees its root first, then what is mounted, outermost first', () => {
    const { views } = containerViews(
      spec({
        folders: ['/a/b/c'],
        tmpfs: ['/a'],
        mounts: [{ source: '/host', target: '/a/b', readOnly: true }],
      }),
      at,
    )
    expect(views.slice(0, 2)).toEqual([{ kind: 'layered', layers: tree.layers }, { kind: 'standard' }])
    expect(views.slice(2).map((view) => 'target' in view && view.target)).toEqual(['/a', '/var/tmp', '/a/b', '/a/b/c'])
  })

  test('reaches mounts read-only and nothing but its own folder writable', () => {
    const mounts = [{ source: '/host', target: '/m', readOnly: true as const }]
    const { sources } = containerViews(spec({ mounts, network: true }), at)
    expect(sources.map((source) => [source.name, source.access])).toEqual([
      ['own', 'rw'],
      ['trees', 'ro'],
      ['m0', 'ro'],
      ['resolv', 'ro'],
    ])
  })

  test('copied is its own copy', () => {
    expect(containerViews(spec({ root: 'copied' }), at).views[0]).toEqual({ kind: 'plain', source: 'own/root' })
  })
})

describe('layers', () => {
  test('are names of ours and of this engine', () => {
    expect(() => layersOf({ ...tree, layers: ['../../etc'] })).toThrow('not a name')
    expect(() => layersOf({ ...tree, layers: [] })).toThrow('without layers')
    expect(() => layersOf({ ...tree, engine: 'docker' })).toThrow('docker')
  })
})

describe('images', () => {
  const [low, high] = ['000000000003.sqfs', '000000000004']
  const mixed = { engine: 'embedded', layers: [low, high], digest: 'd' }
  const alone = { ...mixed, layers: [low] }

  test('are mounted once, beside the folder of the layers, by whatever uses them', () => {
    const mounts = [mixed, alone].map((source, n) => ({ source, target: `/m${n}`, readOnly: true as const }))
    const seen = containerViews(spec({ tree: mixed, mounts }), at)
    expect(seen.sources.slice(1)).toEqual([
      { name: 'trees', path: '/data/trees', access: 'ro' },
      { name: `images/${low}`, path: `/data/trees/${low}`, access: 'image' },
    ])
    expect(seen.views[0]).toEqual({ kind: 'layered', layers: [`../images/${low}`, high] })
    expect(seen.views).toContainEqual({ kind: 'tree', layers: [`../images/${low}`], target: '/m1' })
  })

  test('of a copied root are needed no more', () => {
    expect(containerViews(spec({ tree: mixed, root: 'copied' }), at).sources.map((source) => source.name)).toEqual([
      'own',
      'trees',
    ])
  })

  test('are there for reading', () => {
    const seen = readingViews(spec({ tree: mixed }), at, '/x')
    expect(seen.sources.map((source) => source.access)).toEqual(['rw', 'ro', 'image'])
    expect(seen.views).toEqual([{ kind: 'tree', layers: [`../images/${low}`, high, '../own/upper'], target: '/tree' }])
  })
})

describe('reading', () => {
  const folders = ['/out', '/var/out']

  test('a folder needs nothing but the folder', () => {
    const seen = readingViews(spec({ folders }), at, '/var/out/')
    expect(seen.sources.map((source) => source.name)).toEqual(['own'])
    expect(seen.views).toEqual([{ kind: 'bind', source: 'own/folders/1', target: '/tree/out' }])
    expect(seen.folder).toBe('/tree')
  })

  test('below a folder', () => {
    const seen = readingViews(spec({ folders }), at, '/out/a/b')
    expect(seen.views).toEqual([{ kind: 'bind', source: 'own/folders/0', target: '/tree' }])
    expect(seen.folder).toBe('/tree/a')
  })

  test('elsewhere looks at the layers and what the container changed', () => {
    const seen = readingViews(spec({ folders }), at, '/outside/x')
    expect(seen.views).toEqual([{ kind: 'tree', layers: [...tree.layers, '../own/upper'], target: '/tree' }])
    expect(seen.folder).toBe('/tree/outside')
    expect(readingViews(spec(), at, '/../..').folder).toBe('/tree')
  })
})
