/** The Debian base with Portage in it: where the repository is completed and the seed is merged. */
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { TreeRef } from '../src/engine/engine.ts'
import { programFilter } from '../src/system/stream.ts'
import { hostSources } from './apt-sources.ts'
import { keyOf } from './content.ts'
import { debian, debianKey } from './debian.ts'
import { kept } from './kept.ts'
import { ENVIRONMENT, progress, RECIPE_MOUNT, recipe, runScript, type Making } from './making.ts'
import { GEMATO, EPOCH, PORTAGE } from './pins.ts'
import { gematoWheel, portageSource } from './python.ts'

export async function baseKey(): Promise<string> {
  const script = await readFile(recipe('recipe', 'base.sh'), 'utf8')
  return keyOf([debianKey(await hostSources()), PORTAGE, GEMATO, EPOCH, ENVIRONMENT, script])
}

/** The base as a tree: imported when it is first asked for, and only once. */
export interface Base {
  tree(): Promise<TreeRef>
}

/** Hands the base to `work`, and removes its tree afterwards. */
export async function withBase<T>(making: Making, work: (base: Base) => Promise<T>): Promise<T> {
  let tree: Promise<TreeRef> | undefined
  const load = async () =>
    importFrom(making, await kept(making.cache, 'base.tar.zst', await baseKey(), (to) => makeBase(making, to)))
  try {
    return await work({ tree: () => (tree ??= load()) })
  } finally {
    const imported = await tree?.catch(() => undefined)
    if (imported !== undefined) await making.engine.remove(imported, [])
  }
}

async function makeBase(making: Making, to: string): Promise<void> {
  const archive = await debian(making)
  const sources = { portage: await portageSource(making), gemato: await gematoWheel(making) }
  const tree = await importFrom(making, archive)
  try {
    await installPortage(making, tree, sources, to)
  } finally {
    await making.engine.remove(tree, [])
  }
}

async function installPortage(
  making: Making,
  tree: TreeRef,
  sources: { readonly portage: string; readonly gemato: string },
  to: string,
): Promise<void> {
  progress(making, 2, `installing Portage ${PORTAGE.version}`)
  const container = await making.engine.open({
    tree,
    mounts: [
      RECIPE_MOUNT,
      { source: sources.portage, target: '/run/in/portage.tar.gz', readOnly: true },
      { source: sources.gemato, target: '/run/in/gemato.whl', readOnly: true },
    ],
    folders: [],
    tmpfs: [],
    env: ENVIRONMENT,
    network: false,
  })
  try {
    await runScript(making, container, 'base.sh')
    const made = await container.keepTree('/')
    await exportTo(making, made, to)
    await making.engine.remove(made, [tree])
  } finally {
    await container.close()
  }
}

async function importFrom({ engine, signal }: Making, archive: string): Promise<TreeRef> {
  const tar = programFilter(['zstd', '--quiet', '--decompress'], { signal })
  const [tree] = await Promise.all([engine.importTree(tar), pipeline(createReadStream(archive), tar)])
  return tree
}

async function exportTo({ engine, signal }: Making, tree: TreeRef, path: string): Promise<void> {
  const pack = programFilter(['zstd', '--quiet', '-3', '-T0'], { signal })
  await pipeline(await engine.exportTree(tree, { epoch: EPOCH }), pack, createWriteStream(path))
}
