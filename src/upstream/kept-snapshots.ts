/** What a mirror keeps: every revision that was believed once, until it is dropped. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, isMissing, readIfThere, writeWhole } from '../system/files.ts'
import { gitSetting, type GitSetting } from '../system/git.ts'
import { run } from '../system/process.ts'
import { ask, FETCHED, forgetFacts, keptFacts, VERIFIED, type RepositoryType } from './repository-mirror.ts'

export interface KeptSnapshot {
  /** Commit id. */
  readonly revision: string
  readonly tree: string
  /** Epoch seconds. */
  readonly time: number
  readonly type: RepositoryType
  /** Primary fingerprint; missing for what was taken unverified. */
  readonly signedBy?: string
  /** What can be fetched again: the file name of a webrsync snapshot. */
  readonly from?: string
}

export interface KeptOptions {
  /** The mirror. */
  readonly gitDir: string
  readonly signal: AbortSignal
}

/** The newest first; none where there is no mirror. */
export async function keptSnapshots({ gitDir, signal }: KeptOptions): Promise<KeptSnapshot[]> {
  if (!(await exists(join(gitDir, 'HEAD')))) return []
  const format = '--format=%(objectname) %(tree) %(committerdate:unix)'
  const listed = await ask(gitSetting(gitDir), ['for-each-ref', format, VERIFIED], signal)
  const kept: KeptSnapshot[] = []
  for (const line of listed.split('\n')) {
    const [revision = '', tree = '', time] = line.split(' ')
    if (time !== undefined) kept.push({ revision, tree, time: Number(time), ...(await keptFacts(gitDir, revision)) })
  }
  return kept.toSorted((a, b) => b.time - a.time || (a.revision < b.revision ? -1 : 1))
}

/** How long making a mirror smaller may take: what is left then is done the next time. */
const SWEEPING_MS = 180_000

/** A mirror below this size is swept whenever something was dropped; one above it when it has grown by half. */
const SMALL = 32 * 1024 ** 2
const GROWN = 1.5
const MOST_PACKS = 50

/**
 * Forgets revisions, and, where that is worth the time, gives back the room that only they took. Ids that are not kept are
 * passed over.
 * @returns how many were dropped, and bytes that were freed now
 */
export async function dropSnapshots(
  revisions: readonly string[],
  { gitDir, signal }: KeptOptions,
): Promise<{ readonly dropped: number; readonly freed: number }> {
  const kept = new Set((await keptSnapshots({ gitDir, signal })).map(({ revision }) => revision))
  const gone = [...new Set(revisions)].filter((revision) => kept.has(revision))
  if (gone.length === 0) return { dropped: 0, freed: 0 }
  const git = gitSetting(gitDir)
  const before = await diskUse(gitDir)
  // What was fetched last is kept by its own name, if it is kept.
  const lines = [...gone.map((revision) => `delete ${VERIFIED}${revision}`), `delete ${FETCHED}`]
  await run([...git.argv, 'update-ref', '--stdin'], { env: git.env, signal, input: `${lines.join('\n')}\n` })
  for (const revision of gone) await forgetFacts(gitDir, revision)
  if (!isWorthwhile(await stateOf(gitDir, before))) return { dropped: gone.length, freed: 0 }
  await sweep(git, gitDir, signal)
  const after = await diskUse(gitDir)
  await writeWhole(join(gitDir, SWEPT), `${after}\n`)
  return { dropped: gone.length, freed: Math.max(0, before - after) }
}

/** The size that sweeping left behind. */
const SWEPT = 'gentoomuch/swept'

async function stateOf(gitDir: string, size: number): Promise<MirrorState> {
  const swept = Number((await readIfThere(join(gitDir, SWEPT))) ?? Number.NaN)
  const packs = (await entriesOf(join(gitDir, 'objects', 'pack'))).filter(({ name }) => name.endsWith('.pack')).length
  return { size, packs, swept }
}

export interface MirrorState {
  /** Bytes on disk. */
  readonly size: number
  readonly packs: number
  /** Bytes that the last sweeping left; NaN where there was none. */
  readonly swept: number
}

/** Whether sweeping a mirror after something was dropped is worth the time. Pure. */
export function isWorthwhile({ size, packs, swept }: MirrorState): boolean {
  return size < SMALL || packs > MOST_PACKS || Number.isNaN(swept) || size > swept * GROWN
}

/**
 * Packs everything anew, without looking for deltas: that would take minutes for what zlib does in seconds. One that takes
 * too long is given up, which harms nothing.
 */
async function sweep(git: GitSetting, gitDir: string, signal: AbortSignal): Promise<void> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(SWEEPING_MS)])
  try {
    await ask(git, ['-c', 'pack.window=0', '-c', 'gc.packRefs=true', 'gc', '--quiet', '--prune=now'], bounded)
  } catch (error) {
    if (signal.aborted || !bounded.aborted) throw error
    await rm(join(gitDir, 'gc.pid'), { force: true })
  }
}

/** Bytes that all files below a folder take on disk; 0 where there is none. */
export async function diskUse(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += await diskUse(path)
    else if (entry.isFile()) bytes += (await sizeOf(path)) ?? 0
  }
  return bytes
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).blocks * 512
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
