/**
 * Folders of the data directory and what of them is ours: names of our own form, of the right kind. Whatever else lies there
 * is somebody else's, is left and told of; a folder that is a link is left with all it leads to.
 */
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isRepositoryName } from '../../config/grammar.ts'
import type { Entry } from '../../store/collect/facts.ts'
import type { Layout } from '../../store/layout.ts'
import { isMissing } from '../../system/files.ts'

export type Place =
  'steps' | 'packages' | 'packed' | 'seeds' | 'downloads' | 'caches' | 'indexes' | 'git' | 'distfiles' | 'logs'

type Kind = 'folder' | 'file'

interface Form {
  readonly folder: (layout: Layout) => string
  readonly isOurs: (name: string, kind: Kind) => boolean
  readonly kinds: readonly Kind[]
}

/** `gentoo-20260101.tar.xz`, whole or in part: see `system/part.ts`. */
const SNAPSHOT = /^[A-Za-z0-9_][A-Za-z0-9_-]*-(latest|\d{8})\.tar\.xz(\.part(\.json)?)?$/

const DIGEST = /^[0-9a-f]{64}$/

const FORMS: Readonly<Record<Place, Form>> = {
  steps: { folder: ({ steps }) => steps, isOurs: (name) => /^[0-9a-f]{64}\.json$/.test(name), kinds: ['file'] },
  packages: { folder: ({ packages }) => packages, isOurs: (name) => DIGEST.test(name), kinds: ['folder'] },
  packed: { folder: ({ packed }) => packed, isOurs: (name) => DIGEST.test(name), kinds: ['folder'] },
  seeds: { folder: ({ seeds }) => seeds, isOurs: (name) => /^[0-9a-f]{128}$/.test(name), kinds: ['folder'] },
  // A stage3's has a folder; a snapshot's has the snapshot's name.
  downloads: {
    folder: ({ downloads }) => downloads,
    isOurs: (name, kind) => (kind === 'folder' ? /^[0-9a-f]{16}$/ : SNAPSHOT).test(name),
    kinds: ['folder', 'file'],
  },
  caches: { folder: ({ caches }) => caches, isOurs: isRepositoryName, kinds: ['folder'] },
  indexes: { folder: ({ indexes }) => indexes, isOurs: isRepositoryName, kinds: ['folder'] },
  git: { folder: ({ git }) => git, isOurs: isRepositoryName, kinds: ['folder'] },
  // Names are upstreams' here; who wanted them is what decides.
  distfiles: { folder: ({ distfiles }) => distfiles, isOurs: () => true, kinds: ['file'] },
  logs: {
    folder: ({ logs }) => logs,
    isOurs: (name) => /^\d{8}T\d{6}Z-[a-z]+(-[a-z]+)*(-\d+)?$/.test(name),
    kinds: ['folder'],
  },
}

export interface Seen {
  readonly entries: readonly Entry[]
  /** Absolute paths. */
  readonly strange: readonly string[]
}

export function pathIn(layout: Layout, place: Place, name: string): string {
  return join(FORMS[place].folder(layout), name)
}

export async function see(layout: Layout, place: Place): Promise<Seen> {
  const { folder, isOurs, kinds } = FORMS[place]
  const at = folder(layout)
  const link = await firstLink(layout, at)
  if (link !== undefined) return { entries: [], strange: [link] }
  const entries: Entry[] = []
  const strange: string[] = []
  for (const entry of await listed(at)) {
    const { name } = entry
    // What is being written, and what desktops leave.
    if (name.startsWith('.')) continue
    const path = join(at, name)
    const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : undefined
    if (kind !== undefined && kinds.includes(kind) && isOurs(name, kind))
      entries.push({ name, at: (await lstat(path)).mtimeMs })
    else strange.push(path)
  }
  return { entries, strange }
}

/** The first link on the way from the data directory to a folder of it. */
async function firstLink({ data }: Layout, folder: string): Promise<string | undefined> {
  let path = data
  for (const name of folder.slice(data.length).split('/').filter(Boolean)) {
    path = join(path, name)
    const info = await lstat(path).catch(() => undefined)
    if (info?.isSymbolicLink() === true) return path
  }
  return undefined
}

async function listed(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
