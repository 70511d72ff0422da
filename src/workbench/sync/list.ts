/** sync --list: the snapshots that are kept here, and who names each. */
import { join } from 'node:path'
import type { Lock } from '../../config/lock.ts'
import { layoutOf } from '../../store/layout.ts'
import { namesIn } from '../../system/files.ts'
import { keptSnapshots } from '../../upstream/kept-snapshots.ts'
import { namedBy } from '../../store/named.ts'

export interface ListedSnapshot {
  readonly name: string
  readonly type: string
  readonly revision: string
  /** Epoch seconds. */
  readonly time: number
  readonly signedBy: string | undefined
  /** Whether builds use it now. */
  readonly locked: boolean
  /** Published builds that were made of it. */
  readonly builds: readonly string[]
}

/** Newest first within each repository. */
export async function listSnapshots(
  lock: Lock,
  data: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ListedSnapshot[]> {
  const { git } = layoutOf(data)
  const { revisions } = await namedBy([lock], data)
  const there = (await namesIn(git)).toSorted()
  const chosen = names.length === 0 ? there : there.filter((name) => names.includes(name))
  const lists = chosen.map(async (name) => {
    const kept = await keptSnapshots({ gitDir: join(git, name), signal })
    return kept
      .toSorted((a, b) => b.time - a.time)
      .map(({ type, revision, time, signedBy }) => ({
        name,
        type,
        revision,
        time,
        signedBy,
        locked: lock.repositories[name]?.revision === revision,
        builds: (revisions.get(name)?.get(revision) ?? []).filter((by) => by.includes('/')),
      }))
  })
  return (await Promise.all(lists)).flat()
}

export function listedLines(snapshots: readonly ListedSnapshot[]): string[] {
  return snapshots.map(({ name, revision, time, locked, builds, signedBy }) => {
    const at = new Date(time * 1000).toISOString().replace(/\.\d+/, '')
    const notes = [
      ...(signedBy === undefined ? ['unverified'] : []),
      ...(builds.length === 1
        ? [`in ${builds[0]}`]
        : builds.length > 1
          ? [`in ${builds.length} published stage4s`]
          : []),
    ]
    return `${locked ? '*' : ' '} ${name}  ${revision}  ${at}${notes.length > 0 ? `  ${notes.join(', ')}` : ''}`
  })
}
