/** What one process inside is to see, and the words that tell it to the stages which bring it about. Pure. */

/** Something of the host that the container's mounts are made of. */
export interface Source {
  /** A short name; mounts refer to it (and to what lies below it). */
  readonly name: string
  /** Any absolute path of the host; links on the way are followed before anything is covered. */
  readonly path: string
  /** `image` is a squashfs image, mounted read-only. */
  readonly access: 'ro' | 'rw' | 'image'
}

export type View =
  /** The root is a source as it stands, or the host's programs. */
  | { readonly kind: 'plain'; readonly source: string }
  /** The root is the layers with `own/upper` above them. */
  | { readonly kind: 'layered'; readonly layers: readonly string[] }
  /** /dev, /proc, /sys, /run, /tmp. */
  | { readonly kind: 'standard' }
  | { readonly kind: 'bind'; readonly source: string; readonly target: string }
  /** Layers, read-only. */
  | { readonly kind: 'tree'; readonly layers: readonly string[]; readonly target: string }
  | { readonly kind: 'tmpfs'; readonly target: string }

export interface Enclosure {
  readonly sources: readonly Source[]
  readonly views: readonly View[]
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly network: 'own' | 'host'
  /** `sockets` are what node has; `pipes` cost a copy, but can be opened again as /dev/stdout. */
  readonly io: 'terminal' | 'pipes' | 'sockets'
}

/** The source that the host's programs are. */
export const PROGRAMS = 'programs'

/** Folders that exist on every host; one is covered, in the container's mount namespace only, to gather everything in. */
const BASES = ['/mnt', '/media', '/srv', '/opt', '/run', '/home', '/tmp']

/**
 * The first folder that hides none of the sources when it is covered.
 * @param sources their real paths, without links
 * @param there whether something is a folder, and no link to one
 */
export function baseFor(sources: readonly string[], there: (path: string) => boolean, bases = BASES): string {
  const free = bases.find(
    (base) => there(base) && !sources.some((path) => path === base || path === '/' || path.startsWith(`${base}/`)),
  )
  if (free === undefined) throw new Error(`no folder of ${bases.join(', ')} is free to mount on`)
  return free
}

/** overlayfs names the highest layer first, the contract the lowest. */
export function lowers(layers: readonly string[]): string {
  return layers.toReversed().join(':')
}

function viewWords(view: View): string[] {
  switch (view.kind) {
    case 'plain':
      return ['plain', view.source]
    case 'layered':
      return ['layered', lowers(view.layers)]
    case 'standard':
      return ['standard']
    case 'bind':
      return ['bind', view.source, view.target]
    case 'tree':
      return ['tree', lowers(view.layers), view.target]
    case 'tmpfs':
      return ['tmpfs', view.target]
  }
}

/** What `enclose/stages.py` is told for a command in an enclosure. */
export function enclosureWords(
  enclosure: Enclosure,
  where: { readonly base: string; readonly uidMap: string; readonly gidMap: string },
): string[] {
  const environment = Object.entries(enclosure.env).map(([name, value]) => `${name}=${value}`)
  const wantsPrograms = enclosure.views.some((view) => view.kind === 'plain' && view.source === PROGRAMS)
  return [
    'enclosure',
    where.base,
    where.uidMap,
    where.gidMap,
    ...enclosure.sources.flatMap((source) => [source.access, source.name, source.path]),
    ...(wantsPrograms ? ['programs'] : []),
    '--',
    enclosure.network,
    enclosure.io,
    ...enclosure.views.flatMap(viewWords),
    '--',
    enclosure.cwd,
    String(environment.length),
    ...environment,
    ...enclosure.argv,
  ]
}

/** What it is told for a command on the host's own file system. */
export function ownWords(argv: readonly string[]): string[] {
  return ['own', ...argv]
}

export interface Taken {
  /** Absolute. */
  readonly folder: string
  /** Below it. */
  readonly path: string
  /** Absolute path of a file that does not exist yet. */
  readonly to: string
}

/** What it is told to copy one file. */
export function takeWords({ folder, path, to }: Taken): string[] {
  return ['take', to, folder, ...path.split('/')]
}

/** What it is told to give a complete layer its name. */
export function publishWords(path: string, final: string): string[] {
  return ['publish', path, final]
}

/** Words as one order: see `enclose/words.py`. */
export function orderOf(words: readonly string[]): Buffer {
  const text = Buffer.from(words.map((word) => `${word}\0`).join(''))
  return Buffer.concat([Buffer.from(`${text.length}\n`), text])
}
