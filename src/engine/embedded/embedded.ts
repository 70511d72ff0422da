/** The engine without a daemon: Linux namespaces, overlayfs, the host's own Python and tar. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { UserError } from '../../errors.ts'
import { exists, makeFolder, readIfThere, writeWhole } from '../../system/files.ts'
import type { Container, ContainerSpec, Engine, ImportOptions, TreeRef } from '../engine.ts'
import { EmbeddedContainer, specFile } from './container.ts'
import { getReady } from './enter.ts'
import { exportInto, exportTree } from './export-tree.ts'
import { importTree } from './import-tree.ts'
import { makeContainer } from './make-container.ts'
import { isOwnership, ownership, whoAmI, type Identity } from './identity.ts'
import { checkedName, isLayer, placesOf, type Places } from './places.ts'
import { programs } from './programs.ts'
import { layersOf, treeSources, treesOf, viewedLayers } from './views.ts'
import { answerOf, diskUse, markOf, removeBelow, type Where } from './workshop.ts'
import { checkEmbedded } from './check.ts'

/**
 * @param data absolute path of the data directory
 * @throws UserError what this host or user lacks, see `checkEmbedded`
 */
export async function openEmbedded(data: string): Promise<Engine> {
  const problem = await checkEmbedded()
  if (problem !== undefined) throw problem
  // A long run keeps the programs it began with, as it keeps its code.
  programs()
  const identity = await whoAmI()
  const places = placesOf(data)
  await sameOwner(identity, places)
  for (const folder of [places.trees, places.containers, places.incoming, places.kept]) {
    await makeFolder(folder)
  }
  await getReady(identity)
  return new Embedded({ identity, places, leaving: new Set() })
}

/** Trees are owned by the ids they were made with; with other ids they would belong to strangers. */
async function sameOwner(identity: Identity, places: Places): Promise<void> {
  const now = ownership(identity)
  const before = await readIfThere(places.ids)
  if (before === undefined) await writeWhole(places.ids, now)
  else if (before !== now) {
    if (!isOwnership(before))
      throw new UserError(
        'ids-damaged',
        `${places.ids} is damaged; it says which subordinate ids the trees in ${places.data} belong to.`,
        { hint: 'where /etc/subuid and /etc/subgid are as they were, remove it; else use another data directory' },
      )
    throw new UserError(
      'ids-changed',
      `The trees in ${places.data} belong to other subordinate ids (${before}) than this user has now (${now}).`,
      { hint: 'Give /etc/subuid and /etc/subgid their former ranges again, or use another data directory.' },
    )
  }
}

class Embedded implements Engine {
  readonly name = 'embedded'
  readonly #where: Where
  readonly #marks = new Map<string, Promise<string>>()

  constructor(where: Where) {
    this.#where = where
  }

  async importTree(tar: Readable, options: ImportOptions = {}): Promise<TreeRef> {
    return importTree(this.#where, tar, options)
  }

  async open(spec: ContainerSpec): Promise<Container> {
    return makeContainer(this.#where, spec)
  }

  async reopen(name: string): Promise<Container> {
    const text = (await this.preserved()).includes(name) && (await readIfThere(specFile(this.#where.places, name)))
    if (!text) {
      throw new UserError('unknown-container', `No container ${JSON.stringify(name)} is kept here.`)
    }
    const spec = JSON.parse(text) as ContainerSpec
    const mounts: ContainerSpec['mounts'][number][] = []
    // What was handed to a step from scratch may be gone; the shell that looks at the failure works without.
    for (const mount of spec.mounts) {
      const there = typeof mount.source === 'string' ? await exists(mount.source) : await this.has(mount.source)
      if (there) mounts.push(mount)
    }
    return new EmbeddedContainer(this.#where, { ...spec, mounts }, name, true)
  }

  async preserved(): Promise<readonly string[]> {
    const { places } = this.#where
    const names: string[] = []
    for (const name of await entries(places.containers)) {
      if (await exists(join(places.containers, name, 'preserved.json'))) names.push(name)
    }
    return names
  }

  async discard(name: string): Promise<void> {
    const { identity, places } = this.#where
    if ((await this.preserved()).includes(name)) {
      await removeBelow(identity, places.containers, join(places.containers, name))
    }
  }

  async exportTree(tree: TreeRef, { epoch }: { readonly epoch: number }): Promise<Readable> {
    return Promise.resolve(exportTree(this.#where, tree, epoch))
  }

  async exportInto(pipe: string, tree: TreeRef, { epoch }: { readonly epoch: number }): Promise<Readable> {
    return Promise.resolve(exportInto(this.#where, pipe, tree, epoch))
  }

  async readFile(tree: TreeRef, path: string, options: { readonly maxBytes: number }): Promise<Buffer | undefined> {
    const { identity, places } = this.#where
    const answer = await answerOf(identity, {
      sources: treeSources(places.trees, [tree]),
      views: [{ kind: 'tree', layers: viewedLayers(tree), target: '/tree' }],
      argv: ['bash', '--norc', '-c', programs().read, 'read', '/tree', path, String(options.maxBytes)],
    })
    return answer.length === 0 ? undefined : answer.subarray(answer.indexOf(0x0a) + 1)
  }

  async sizeOf(what: TreeRef | string): Promise<number> {
    const { identity, places } = this.#where
    if (typeof what !== 'string') return diskUse(identity, this.#folders(what))
    if (!(await this.preserved()).includes(what)) return 0
    return diskUse(identity, [join(places.containers, checkedName(what))])
  }

  async has(tree: TreeRef): Promise<boolean> {
    if (tree.engine !== this.name) return false
    const there = await Promise.all(this.#folders(tree).map((folder) => exists(folder)))
    return there.every(Boolean)
  }

  async isWhole(tree: TreeRef): Promise<boolean> {
    if (!(await this.has(tree))) return false
    const { layers, marks = [] } = tree
    for (const [n, layer] of layers.entries()) if ((await this.#markOf(layer)) !== marks[n]) return false
    return true
  }

  async remove(tree: TreeRef, keep: readonly TreeRef[]): Promise<void> {
    const { identity, places } = this.#where
    const needed = await this.#needed(keep)
    for (const layer of layersOf(tree)) {
      if (!needed.has(layer)) await removeLayer(identity, places, layer)
    }
  }

  async unneeded(keep: readonly TreeRef[], discarding: readonly string[] = []): Promise<readonly TreeRef[]> {
    const needed = await this.#needed(keep, discarding)
    const layers = (await entries(this.#where.places.trees)).filter((name) => isLayer(name) && !needed.has(name))
    return layers.map((layer) => ({ engine: this.name, layers: [layer], digest: '' }))
  }

  async prune(keep: readonly TreeRef[]): Promise<void> {
    const { identity, places } = this.#where
    for (const { layers } of await this.unneeded(keep))
      for (const layer of layers) await removeLayer(identity, places, layer)
  }

  async sweep(): Promise<void> {
    const { identity, places, leaving } = this.#where
    await Promise.all(leaving)
    const preserved = await this.preserved()
    const left: Record<string, string[]> = {
      [places.containers]: (await entries(places.containers)).filter((name) => !preserved.includes(name)),
      [places.incoming]: await entries(places.incoming),
      [places.kept]: await entries(places.kept),
      [places.trees]: (await entries(places.trees)).filter((name) => name.startsWith('.')),
    }
    for (const [folder, names] of Object.entries(left))
      await removeBelow(identity, folder, ...names.map((name) => join(folder, name)))
  }

  /** Looked at once: what many machines stand on is not looked at for each of them. */
  #markOf(layer: string): Promise<string> {
    const known = this.#marks.get(layer) ?? markOf(this.#where.identity, join(this.#where.places.trees, layer))
    this.#marks.set(layer, known)
    return known
  }

  /** The layers of trees that are kept, and of preserved containers. */
  async #needed(keep: readonly TreeRef[], discarding: readonly string[] = []): Promise<ReadonlySet<string>> {
    const trees = [...keep]
    for (const name of (await this.preserved()).filter((one) => !discarding.includes(one))) {
      const text = await readIfThere(specFile(this.#where.places, name))
      if (text !== undefined) trees.push(...treesOf(JSON.parse(text) as ContainerSpec))
    }
    return new Set(trees.flatMap((tree) => tree.layers))
  }

  #folders(tree: TreeRef): string[] {
    return layersOf(tree).map((layer) => join(this.#where.places.trees, layer))
  }
}

async function removeLayer(identity: Identity, places: Places, layer: string): Promise<void> {
  await removeBelow(identity, places.trees, join(places.trees, layer))
}

async function entries(folder: string): Promise<string[]> {
  return (await exists(folder)) ? readdir(folder) : []
}
