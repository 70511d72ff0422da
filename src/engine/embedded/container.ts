/** One container of the embedded engine: a folder on disk, entered anew for each command. */
import { createHash } from 'node:crypto'
import { dirname, join, posix } from 'node:path'
import { writeWhole } from '../../system/files.ts'
import type { Argv, Container, ContainerSpec, Exit, FilesRef, Io, TreeRef } from '../engine.ts'
import { enter } from './enter.ts'
import { keepFiles } from './keep-files.ts'
import { checkedName, type Places } from './places.ts'
import { containerViews } from './views.ts'
import { keepLayer, removeBelow, type Where } from './workshop.ts'

export class EmbeddedContainer implements Container {
  readonly #where: Where
  readonly #spec: ContainerSpec
  readonly #name: string
  readonly #own: string
  #running = false
  #moved = false
  #preserved = false
  #closed = false

  constructor(where: Where, spec: ContainerSpec, name: string, preserved: boolean) {
    this.#where = where
    this.#spec = spec
    this.#name = name
    this.#own = join(where.places.containers, checkedName(name), 'own')
    this.#preserved = preserved
  }

  async run(argv: Argv, io: Io, signal: AbortSignal): Promise<Exit> {
    if (this.#running) throw new Error('a container runs one command at a time')
    if (this.#moved) throw new Error('the state of this container was kept; open another one')
    this.#running = true
    try {
      const enclosure = {
        ...containerViews(this.#spec, { own: this.#own, trees: this.#where.places.trees }),
        argv,
        env: { ...this.#spec.env, ...io.env },
        cwd: io.cwd ?? '/',
        network: this.#spec.network ? ('host' as const) : ('own' as const),
        io: io.terminal ? ('terminal' as const) : ('pipes' as const),
      }
      return { status: await enter(this.#where.identity, enclosure, io, signal) }
    } finally {
      this.#running = false
    }
  }

  async keepTree(at: string): Promise<TreeRef> {
    if (posix.resolve(at) !== '/') {
      const folder = this.#folder(at)
      if (folder === undefined) throw new Error(`${at} is not one of the container's folders`)
      const { layer, digest, mark } = await keepLayer(this.#where, folder)
      return { engine: 'embedded', layers: [layer], digest, marks: [mark] }
    }
    if (this.#running) throw new Error('the state of a container is kept while a command runs in it')
    this.#moved = true
    const copied = this.#spec.root === 'copied'
    const state = join(this.#own, copied ? 'root' : 'upper')
    const { layer, digest, mark } = await keepLayer(this.#where, state)
    if (copied) return { engine: 'embedded', layers: [layer], digest, marks: [mark] }
    const under = this.#spec.tree
    return {
      engine: 'embedded',
      layers: [...under.layers, layer],
      digest: stacked(under.digest, digest),
      marks: [...(under.marks ?? []), mark],
    }
  }

  async keepFiles(at: string): Promise<FilesRef> {
    return keepFiles(this.#where, this.#spec, this.#own, at)
  }

  async preserve(): Promise<string> {
    await writeWhole(specFile(this.#where.places, this.#name), JSON.stringify(this.#spec))
    this.#preserved = true
    return this.#name
  }

  close(): Promise<void> {
    if (this.#preserved || this.#closed) return Promise.resolve()
    this.#closed = true
    const { identity, places, leaving } = this.#where
    // Nobody has to wait for it.
    const removing = removeBelow(identity, places.containers, dirname(this.#own))
      .catch(() => undefined)
      .finally(() => leaving.delete(removing))
    leaving.add(removing)
    return Promise.resolve()
  }

  /** Where a folder of the container is on the host. */
  #folder(at: string): string | undefined {
    const n = this.#spec.folders.findIndex((folder) => posix.resolve(folder) === posix.resolve(at))
    return n === -1 ? undefined : join(this.#own, 'folders', String(n))
  }
}

/** The digest of a tree of layers, from the lower layers' and the upper one's. */
export function stacked(under: string, layer: string): string {
  return createHash('sha256').update(`${under}\n${layer}\n`).digest('hex')
}

export function specFile(places: Places, name: string): string {
  return join(places.containers, checkedName(name), 'preserved.json')
}
