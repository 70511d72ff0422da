/** A container's spec as sources and views of its enclosure. Pure. */
import { posix } from 'node:path'
import type { ContainerSpec, TreeRef } from '../engine.ts'
import type { Source, View } from './enclosure.ts'
import { checkedLayer, IMAGE } from './places.ts'

export interface Seen {
  readonly sources: readonly Source[]
  readonly views: readonly View[]
}

/** A tree's layers, each a name that may stand in a mount option. */
export function layersOf(tree: TreeRef): readonly string[] {
  if (tree.engine !== 'embedded') throw new Error(`a tree of the engine ${tree.engine}, not of embedded`)
  if (tree.layers.length === 0) throw new Error('a tree without layers')
  return tree.layers.map(checkedLayer)
}

/** A tree's layers as views name them: below the source `trees`, or beside it where they are images. */
export function viewedLayers(tree: TreeRef): readonly string[] {
  return layersOf(tree).map((layer) => (isImage(layer) ? `../${imageSource(layer)}` : layer))
}

/** What the views of these trees are made of: the folder of all layers, and each image once. */
export function treeSources(folder: string, trees: readonly TreeRef[]): Source[] {
  const images = new Set(trees.flatMap((tree) => layersOf(tree).filter(isImage)))
  return [
    { name: 'trees', path: folder, access: 'ro' },
    ...[...images].map((layer) => ({
      name: imageSource(layer),
      path: posix.join(folder, layer),
      access: 'image' as const,
    })),
  ]
}

export function isImage(layer: string): boolean {
  return layer.endsWith(IMAGE)
}

function imageSource(layer: string): string {
  return `images/${layer}`
}

interface At {
  /** The container's folder on disk. */
  readonly own: string
  readonly trees: string
}

/**
 * @param at the container's folder, with `upper`, `work` or `root`, `folders/N`, `vartmp`, and `resolv.conf` when it has a network
 */
export function containerViews(spec: ContainerSpec, at: At): Seen {
  const copied = spec.root === 'copied'
  const sources: Source[] = [{ name: 'own', path: at.own, access: 'rw' }, ...treeSources(at.trees, treesOf(spec))]
  const inside: (View & { readonly target: string })[] = [
    { kind: 'bind', source: 'own/vartmp', target: '/var/tmp' },
    ...spec.folders.map((target, n) => ({ kind: 'bind' as const, source: `own/folders/${n}`, target })),
    ...spec.tmpfs.map((target) => ({ kind: 'tmpfs' as const, target })),
  ]
  spec.mounts.forEach(({ source, target }, n) => {
    if (typeof source === 'string') {
      sources.push({ name: `m${n}`, path: source, access: 'ro' })
      inside.push({ kind: 'bind', source: `m${n}`, target })
    } else {
      inside.push({ kind: 'tree', layers: viewedLayers(source), target })
    }
  })
  if (spec.network) {
    sources.push({ name: 'resolv', path: `${at.own}/resolv.conf`, access: 'ro' })
    inside.push({ kind: 'bind', source: 'resolv', target: '/etc/resolv.conf' })
  }
  const root: View = copied
    ? { kind: 'plain', source: 'own/root' }
    : { kind: 'layered', layers: viewedLayers(spec.tree) }
  return { sources, views: [root, { kind: 'standard' }, ...outermostFirst(inside)] }
}

/** The trees that a container is put together from; a copied root no longer needs its own. */
export function treesOf(spec: ContainerSpec): TreeRef[] {
  const mounted = spec.mounts.flatMap(({ source }) => (typeof source === 'string' ? [] : [source]))
  return spec.root === 'copied' ? mounted : [spec.tree, ...mounted]
}

/** What is mounted in a mount comes after it, whatever the order it was asked for in. */
function outermostFirst<T extends { readonly target: string }>(views: readonly T[]): T[] {
  const depth = (view: T) => view.target.split('/').filter(Boolean).length
  return views.toSorted((a, b) => depth(a) - depth(b))
}

/**
 * How an errand reads `path` of a container: below /tree, in the given folder. A folder of the container is reached
 * without the rest of it, so that a command may go on.
 */
export function readingViews(spec: ContainerSpec, at: At, path: string): Seen & { readonly folder: string } {
  const wanted = posix.resolve('/', path)
  const own: Source = { name: 'own', path: at.own, access: 'rw' }
  const place = folderOf(spec, wanted)
  if (place !== undefined) {
    const { inside } = place
    const target = inside === '' ? posix.join('/tree', posix.basename(wanted)) : '/tree'
    const views: View[] = [{ kind: 'bind', source: `own/${place.folder}`, target }]
    return { sources: [own], views, folder: posix.resolve('/tree', posix.dirname(inside)) }
  }
  const folder = posix.resolve(`/tree${posix.dirname(wanted)}`)
  if (spec.root === 'copied') {
    return { sources: [own], views: [{ kind: 'bind', source: 'own/root', target: '/tree' }], folder }
  }
  const layers = [...viewedLayers(spec.tree), '../own/upper']
  return {
    sources: [own, ...treeSources(at.trees, [spec.tree])],
    views: [{ kind: 'tree', layers, target: '/tree' }],
    folder,
  }
}

/** Which of the container's folders a path is in: below `own`, and the rest of the way. */
export function folderOf(spec: ContainerSpec, path: string): { folder: string; inside: string } | undefined {
  const wanted = posix.resolve('/', path)
  const n = spec.folders.findIndex((folder) => isWithin(posix.resolve('/', folder), wanted))
  const found = spec.folders[n]
  if (found === undefined) return undefined
  return { folder: `folders/${n}`, inside: posix.relative(posix.resolve('/', found), wanted) }
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}
