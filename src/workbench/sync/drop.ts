/**
 * Snapshots that nothing names any more go: kept are those of the locks of all configurations that were synced into this data
 * directory, those that published stage4s were built from, and one more of each repository, so that going back needs no network.
 */
import { join } from 'node:path'
import type { Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { namesIn } from '../../system/files.ts'
import type { Run } from '../../execute/run.ts'
import type { Facts } from '../../store/collect/facts.ts'
import { isKeptSnapshot, snapshotsToKeep } from '../../store/collect/records.ts'
import { lockedBy, namedBy, otherLocks } from '../../store/named.ts'
import { pointsAt } from '../../store/points-at.ts'
import { dropSnapshots, keptSnapshots } from '../../upstream/kept-snapshots.ts'

export async function dropUnnamed(config: Config, lock: Lock, before: Lock, run: Run): Promise<void> {
  const others = await otherLocks(run, config.path)
  if (others === undefined) return
  const { revisions } = await namedBy([lock, before, ...others], run.data)
  const mirrors = await mirrorsOf(run)
  const keep = snapshotsToKeep({
    mirrors,
    named: new Map([...revisions].map(([name, by]) => [name, new Set(by.keys())])),
    locked: lockedBy([lock, ...others]),
  })
  for (const [name, { revisions: kept }] of mirrors) {
    const unnamed = kept.filter((revision) => keep.get(name)?.has(revision) !== true)
    const mirror = { gitDir: join(run.layout.git, name), signal: run.signal }
    // Of one that no lock has, clean decides.
    if (keep.has(name) && unnamed.length > 0) await dropSnapshots(unnamed, mirror)
  }
  await dropTrees(keep, run)
}

/** What each mirror keeps. */
export async function mirrorsOf({ layout, signal }: Pick<Run, 'layout' | 'signal'>): Promise<Facts['mirrors']> {
  const names = await namesIn(layout.git)
  const found = await Promise.all(
    names.map(async (name) => {
      const kept = await keptSnapshots({ gitDir: join(layout.git, name), signal })
      return [name, { at: 0, revisions: kept.map(({ revision }) => revision) }] as const
    }),
  )
  return new Map(found)
}

/** Trees of snapshots, and the records that know them. */
async function dropTrees(keep: ReturnType<typeof snapshotsToKeep>, run: Run): Promise<void> {
  const records = (await run.steps.all()).map((record) => ({ ...record, points: pointsAt(record) }))
  const isUnnamed = (record: (typeof records)[number]) =>
    ['repository', 'cache'].includes(record.kind) && !isKeptSnapshot(record, keep)
  const stay = records.filter((record) => !isUnnamed(record)).flatMap(({ points }) => points.trees)
  for (const record of records.filter(isUnnamed)) {
    // The record first: what a kill leaves behind is then a tree that nobody knows, which the next run removes.
    await run.steps.forget(record.key)
    for (const tree of record.points.trees) await run.openEngine.remove(tree, stay)
  }
}
