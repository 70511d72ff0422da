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
import { portageSource } from './portage.ts'
import { EPOCH, PORTAGE } from './pins.ts'

export async function baseKey(): Promise<string> {
  const script = await readFile(recipe('recipe', 'base.sh'), 'utf8')
  return keyOf([debianKey(await hostSources()), PORTAGE, EPOCH, ENVIRONMENT, script])
}

/** Hands the base to `work` as a tree, and removes the tree afterwards. */
export async function withBase<T>(making: Making, work: (tree: TreeRef) => Promise<T>): Promise<T> {
  const path = await kept(making.cache, 'base.tar.zst', await baseKey(), (to) => makeBase(making, to))
  return withTree(making, path, work)
}

async function makeBase(making: Making, to: string): Promise<void> {
  const archive = await debian(making)
  const portage = await portageSource(making)
  await withTree(making, archive, async (tree) => {
    progress(making, 2, `installing Portage ${PORTAGE.version}`)
    const container = await making.engine.open({
      tree,
      mounts: [RECIPE_MOUNT, { source: portage, target: '/run/in/portage.tar.gz', readOnly: true }],
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
  })
}

async function withTree<T>(making: Making, archive: string, work: (tree: TreeRef) => Promise<T>): Promise<T> {
  const { engine, signal } = making
  const tar = programFilter(['zstd', '--quiet', '--decompress'], { signal })
  const [tree] = await Promise.all([engine.importTree(tar), pipeline(createReadStream(archive), tar)])
  try {
    return await work(tree)
  } finally {
    await engine.remove(tree, [])
  }
}

async function exportTo({ engine, signal }: Making, tree: TreeRef, path: string): Promise<void> {
  const pack = programFilter(['zstd', '--quiet', '-3', '-T0'], { signal })
  await pipeline(await engine.exportTree(tree, { epoch: EPOCH }), pack, createWriteStream(path))
}
