/** Makes what a container has on disk: `own/` with `upper` and `work` or `root`, `folders/N`, `vartmp`, `resolv.conf`. */
import { chmod, chown, lstat, mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { exists, makeFolder, readIfThere } from '../../system/files.ts'
import type { ContainerSpec, TreeRef } from '../engine.ts'
import { EmbeddedContainer } from './container.ts'
import { newName } from './places.ts'
import { isImage, layersOf, treeSources, viewedLayers } from './views.ts'
import { errand, removeBelow, type Where } from './workshop.ts'

/** Makes a container's folder on disk. */
export async function makeContainer(where: Where, spec: ContainerSpec): Promise<EmbeddedContainer> {
  const { identity, places } = where
  for (const { source } of spec.mounts) {
    if (typeof source === 'string' && !(await exists(source))) {
      throw new UserError('mount-missing', `${source} was to be mounted in a container, but it does not exist.`)
    }
  }
  const name = newName()
  const folder = join(places.containers, name)
  const own = join(folder, 'own')
  const mine = async (path: string, mode = 0o755) => {
    await mkdir(path)
    await chmod(path, mode)
    if (process.getuid?.() === 0) await chown(path, identity.uid, identity.gid)
  }
  await makeFolder(folder)
  try {
    await mine(own)
    await mine(join(own, 'vartmp'), 0o1777)
    await mine(join(own, 'folders'))
    for (const [n, target] of spec.folders.entries()) {
      await mine(join(own, 'folders', String(n)))
      const tree = spec.filled?.[target]
      if (tree !== undefined) await copyTree(where, tree, own, `folders/${n}`)
    }
    if (spec.network) await writeFile(join(own, 'resolv.conf'), (await readIfThere('/etc/resolv.conf')) ?? '')
    await (spec.root === 'copied' ? copyRoot(where, spec, own, mine) : coverRoot(where, spec, own, mine))
  } catch (error) {
    await removeBelow(identity, places.containers, folder)
    throw error
  }
  return new EmbeddedContainer(where, spec, name, false)
}

type Make = (path: string, mode?: number) => Promise<void>

/** The root folder of an overlay is the upper one: it has to look like the one it covers. An image's is root's, 0755. */
async function coverRoot({ places }: Where, spec: ContainerSpec, own: string, mine: Make): Promise<void> {
  const layer = layersOf(spec.tree).at(-1) ?? ''
  const top = await lstat(join(places.trees, layer))
  const upper = join(own, 'upper')
  await mine(upper, isImage(layer) ? 0o755 : top.mode & 0o7777)
  if (process.getuid?.() === 0 && !isImage(layer)) await chown(upper, top.uid, top.gid)
  await utimes(upper, top.atime, top.mtime)
  await mine(join(own, 'work'), 0o700)
}

/** The errand's copy of the tree on /tree into /layer, with all that a tree has. */
export const COPY = [
  'cp',
  '--no-dereference',
  '--recursive',
  '--reflink=auto',
  '--no-target-directory',
  '--preserve=mode,ownership,timestamps,links,xattr',
  '/tree',
  '/layer',
]

async function copyRoot(where: Where, spec: ContainerSpec, own: string, mine: Make): Promise<void> {
  await mine(join(own, 'root'))
  await copyTree(where, spec.tree, own, 'root')
}

/** Into an empty folder below `own`, which becomes like the tree's own top. */
async function copyTree({ identity, places }: Where, tree: TreeRef, own: string, folder: string): Promise<void> {
  await errand(identity, {
    sources: [{ name: 'own', path: own, access: 'rw' }, ...treeSources(places.trees, [tree])],
    views: [
      { kind: 'tree', layers: viewedLayers(tree), target: '/tree' },
      { kind: 'bind', source: `own/${folder}`, target: '/layer' },
    ],
    argv: COPY,
  })
}
