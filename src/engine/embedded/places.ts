/** Where the engine keeps things below the data directory. */
import { randomBytes } from 'node:crypto'
import { join, relative, sep } from 'node:path'

export interface Places {
  /** One folder a layer, or one squashfs image. */
  readonly trees: string
  /** One folder a container. */
  readonly containers: string
  /** Layers being made. */
  readonly incoming: string
  /** What keepFiles gave and nobody took. */
  readonly kept: string
  /** With which ids the trees were made. */
  readonly ids: string
  readonly data: string
}

export function placesOf(data: string): Places {
  return {
    data,
    trees: join(data, 'store', 'trees'),
    ids: join(data, 'store', 'embedded-ids.json'),
    containers: join(data, 'scratch', 'containers'),
    incoming: join(data, 'scratch', 'incoming'),
    kept: join(data, 'scratch', 'kept'),
  }
}

/** Short: forty of them and more have to fit into the 4 KiB of overlayfs's options. */
export function newName(): string {
  return randomBytes(6).toString('hex')
}

/** What the name of a layer that is one squashfs image ends with. */
export const IMAGE = '.sqfs'

/** A name that we made ourselves, before it becomes part of a path or of a mount option. */
export function checkedName(name: string): string {
  return checked(name, /^[0-9a-f]{12}$/)
}

/** The same for a layer's name: a folder's or an image's. */
export function checkedLayer(name: string): string {
  return checked(name, LAYER)
}

const LAYER = /^[0-9a-f]{12}(\.sqfs)?$/

/** Whether a name is one that we gave a layer: whatever else lies beside layers is not ours. */
export function isLayer(name: string): boolean {
  return LAYER.test(name)
}

function checked(name: string, pattern: RegExp): string {
  if (!pattern.test(name)) throw new Error(`not a name of the embedded engine: ${JSON.stringify(name)}`)
  return name
}

/** Refuses a path that is not strictly below `folder`: what is removed is always ours. */
export function below(folder: string, path: string): string {
  const way = relative(folder, path)
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || way.startsWith(sep)) {
    throw new Error(`${path} is not below ${folder}`)
  }
  return path
}
