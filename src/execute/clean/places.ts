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

interface Form {
  readonly folder: (layout: Layout) => string
  readonly isOurs: (name: string) => boolean
  readonly kind: 'folder' | 'file'
}

const DIGEST = /^[0-9a-f]{64}$/

const FORMS: Readonly<Record<Place, Form>> = {
  steps: { folder: ({ steps }) => steps, isOurs: (name) => /^[0-9a-f]{64}\.json$/.test(name), kind: 'file' },
  packages: { folder: ({ packages }) => packages, isOurs: (name) => DIGEST.test(name), kind: 'folder' },
  packed: { folder: ({ packed }) => packed, isOurs: (name) => DIGEST.test(name), kind: 'folder' },
  seeds: { folder: ({ seeds }) => seeds, isOurs: (name) => /^[0-9a-f]{128}$/.test(name), kind: 'folder' },
  downloads: { folder: ({ downloads }) => downloads, isOurs: (name) => /^[0-9a-f]{16}$/.test(name), kind: 'folder' },
  caches: { folder: ({ caches }) => caches, isOurs: isRepositoryName, kind: 'folder' },
  indexes: { folder: ({ indexes }) => indexes, isOurs: isRepositoryName, kind: 'folder' },
  git: { folder: ({ git }) => git, isOurs: isRepositoryName, kind: 'folder' },
  // Names are upstreams' here; who wanted them is what decides.
  distfiles: { folder: ({ distfiles }) => distfiles, isOurs: () => true, kind: 'file' },
  logs: {
    folder: ({ logs }) => logs,
    isOurs: (name) => /^\d{8}T\d{6}Z-[a-z]+(-[a-z]+)*(-\d+)?$/.test(name),
    kind: 'folder',
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
  const { folder, isOurs, kind } = FORMS[place]
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
    const isKind = kind === 'folder' ? entry.isDirectory() : entry.isFile()
    if (isKind && isOurs(name)) entries.push({ name, at: (await lstat(path)).mtimeMs })
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
