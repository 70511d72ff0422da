/** Where sources are fetched from: addresses, and folders of this host (make.conf(5): a plain path). */
import { stat } from 'node:fs/promises'
import type { Mount } from '../engine/engine.ts'
import { pathOf } from '../upstream/mirrors.ts'
import { StepFailure } from './failure.ts'

/**
 * Where containers have the folders of this host. Not where they stand on the host: Portage fetches as its own user, whom
 * a seed keeps out of many folders, of root's home for one.
 */
const BELOW = '/var/cache/mirrors'

export interface Mirrors {
  /** GENTOO_MIRRORS for Portage in a container, which has `mounts`; undefined where there is no mirror. */
  readonly gentooMirrors: string | undefined
  readonly mounts: readonly Mount[]
  /** The folders of this host among them. */
  readonly folders: readonly string[]
  /** Those of them that Portage's user cannot look into: only their owner may. */
  readonly closed: readonly string[]
  /** Paths at which no folder is: a typing error, or a disk that is not mounted. */
  readonly missing: readonly string[]
}

/** @param words what GENTOO_MIRRORS would be on this host, in the order in which they are asked; folders that are not there are left out */
export async function mirrorsOf(words: readonly string[]): Promise<Mirrors> {
  const there = await Promise.all([...new Set(words)].map(modeOf))
  const wanted = there.filter(({ path, mode }) => path === undefined || mode !== undefined)
  const found = wanted.flatMap(({ path, mode }) => (path === undefined || mode === undefined ? [] : [{ path, mode }]))
  const folders = found.map(({ path }) => path)
  const targetOf = (path: string) => `${BELOW}/${folders.indexOf(path)}`
  const names = wanted.map(({ word, path }) => (path === undefined ? word : targetOf(path)))
  return {
    gentooMirrors: names.length === 0 ? undefined : names.join(' '),
    mounts: folders.map((path) => ({ source: path, target: targetOf(path), readOnly: true })),
    folders,
    missing: there.flatMap(({ path, mode }) => (path !== undefined && mode === undefined ? [path] : [])),
    closed: found.filter(({ mode }) => (mode & 0o005) !== 0o005).map(({ path }) => path),
  }
}

const REFUSED = new RegExp(String.raw`Permission denied: '${BELOW}/(\d+)(/[^']*)'`)

/** A failure of Portage's in which it may not read a file of a mirror says which one that is here, and what to do. Pure. */
export function tellingRefused(error: unknown, { folders }: Pick<Mirrors, 'folders'>): unknown {
  if (!(error instanceof StepFailure)) return error
  for (const line of error.failure.lastLines ?? []) {
    const [, number, path = ''] = REFUSED.exec(line) ?? []
    const folder = number === undefined ? undefined : folders[Number(number)]
    if (folder === undefined) continue
    const hint = `Portage fetches as a user of its own, who may not read ${folder}${path}: chmod o+r lets it, where the folders between have o+x`
    return new StepFailure({ ...error.failure, hint })
  }
  return error
}

interface Mirror {
  readonly word: string
  /** Set for folders of this host. */
  readonly path?: string
  /** Undefined where no such folder is there. */
  readonly mode?: number
}

async function modeOf(word: string): Promise<Mirror> {
  const path = pathOf(word)
  if (path === undefined) return { word }
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() === true ? { word, path, mode: found.mode } : { word, path }
}
