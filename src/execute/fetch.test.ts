import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Json } from '../plan/json.ts'
import type { Resolved, ResolvedPackage } from '../plan/resolved.ts'
import type { Step } from '../plan/step.ts'
import { layoutOf, type Layout } from '../store/layout.ts'
import { PackageStore } from '../store/packages.ts'
import { changedSources } from '../store/sources.ts'
import { fetch } from './fetch.ts'
import type { Tools } from './handler.ts'

let layout: Layout
beforeEach(async () => {
  layout = layoutOf(await mkdtemp(join(tmpdir(), 'gm-fetch-')))
  await Promise.all([layout.distfiles, layout.scratch, layout.packages].map((path) => mkdir(path, { recursive: true })))
  await writeFile(join(layout.distfiles, 'lib-1.tar'), 'of lib')
  await writeFile(join(layout.distfiles, 'shared.tar'), 'of both')
})
afterEach(() => rm(layout.data, { recursive: true }))

const sha512 = (bytes: string) => createHash('sha512').update(bytes).digest('hex')

function entryOf(name: string, manifest: Record<string, string | null>, more: Partial<ResolvedPackage> = {}) {
  const entry: ResolvedPackage = {
    id: `target:app/${name}-1`,
    cpv: `app/${name}-1`,
    name: `app/${name}`,
    version: '1',
    slot: '0',
    subslot: '0',
    repository: 'lab',
    use: [],
    needs: [],
    madeFrom: { manifest },
    distfiles: Object.keys(manifest),
    ...more,
  }
  return entry
}

const lib = () => entryOf('lib', { 'lib-1.tar': sha512('of lib'), 'shared.tar': sha512('of both') })
const tool = (more: Partial<ResolvedPackage> = {}) => entryOf('tool', { 'shared.tar': sha512('of both') }, more)

/** What the step gives, or `asked` where it opens a container to ask Portage. */
async function fetched(packages: readonly ResolvedPackage[]) {
  const resolved: Resolved = { packages, asked: {}, installed: [], toolchain: {} }
  const input = { portage: { files: [] }, locations: {} }
  const step = { id: 'fetch:x', kind: 'fetch', label: '', input, parents: {} } as unknown as Step
  const output = (value: unknown) => ({ digest: 'd', value: value as Json })
  const parents = {
    resolved: output(resolved),
    tree: output({ tree: { engine: 'none', layers: [], digest: '' } }),
    seed: output({ profile: 'gentoo/x' }),
  }
  let n = 0
  const folder = async () => {
    const path = join(layout.data, `folder-${n++}`)
    await mkdir(path)
    return path
  }
  const open = () => Promise.reject(new Error('asked'))
  const tools = { engine: { open }, layout, packages: new PackageStore(layout), mirrors: [], had: () => {}, folder }
  return fetch.run({ key: 'k', step, parents }, tools as unknown as Tools).catch((error: unknown) => {
    if (error instanceof Error && error.message === 'asked') return 'asked'
    throw error
  })
}

test('sources that are what the Manifests want are not fetched, and are noted as verified', async () => {
  expect(await changedSources(layout, ['lib-1.tar'])).toEqual(['lib-1.tar'])
  expect(await fetched([lib(), tool()])).toMatchObject({
    value: ['lib-1.tar', 'shared.tar', 'shared.tar'],
    summary: 'all here already',
  })
  expect(await changedSources(layout, ['lib-1.tar', 'shared.tar'])).toEqual([])
})

test.each<[string, () => ResolvedPackage[]]>([
  ['is not here', () => [lib(), entryOf('new', { 'new-1.tar': sha512('of new') })]],
  ['is another file in another repository', () => [lib(), entryOf('two', { 'shared.tar': sha512('another') })]],
  ['is in no Manifest', () => [lib(), entryOf('none', { 'shared.tar': null })]],
])('Portage is asked about a source that %s', async (_what, packages) => {
  expect(await fetched(packages())).toBe('asked')
})

test('a source that nobody may fetch has to be the right one as well', async () => {
  const byHand = { files: ['shared.tar'], words: ['Buy it.'] }
  expect(await fetched([tool({ byHand })])).toMatchObject({ summary: 'all here already' })
  await writeFile(join(layout.distfiles, 'shared.tar'), 'half of')
  expect(await fetched([tool({ byHand })])).toBe('asked')
  await rm(join(layout.distfiles, 'shared.tar'))
  await expect(fetched([tool({ byHand })])).rejects.toMatchObject({ failure: { code: 'fetch-restricted' } })
})
