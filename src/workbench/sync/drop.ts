/**
 * Snapshots that nothing names any more go: kept are those of the locks of all configurations that were synced into this data
 * directory, those that published stage4s were built from, and
 * one more of each repository, so that going back needs no network.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import type { TreeRef } from '../../engine/engine.ts'
import type { Run } from '../../execute/run.ts'
import { treesIn } from '../../execute/sweep.ts'
import { snapshotIn } from '../../execute/values.ts'
import { dropSnapshots, keptSnapshots } from '../../upstream/kept-snapshots.ts'
import { namedBy, otherLocks } from '../named.ts'

export async function dropUnnamed(config: Config, lock: Lock, before: Lock, run: Run): Promise<void> {
  const others = await otherLocks(run, config.path)
  if (others === undefined) return
  const { revisions } = await namedBy([lock, before, ...others], run.data)
  const keep = new Map<string, Set<string>>()
  for (const name of await readdir(run.layout.git).catch(() => [])) {
    const mirror = { gitDir: join(run.layout.git, name), signal: run.signal }
    const named = new Set(revisions.get(name)?.keys())
    // Sorted by time: the newest one besides the lock's is what going back would go to.
    const kept = (await keptSnapshots(mirror)).map(({ revision }) => revision)
    const back = kept.find((revision) => revision !== lock.repositories[name]?.revision)
    if (back !== undefined) named.add(back)
    keep.set(name, named)
    const unnamed = kept.filter((revision) => !named.has(revision))
    if (unnamed.length > 0) await dropSnapshots(unnamed, mirror)
  }
  await dropTrees((name, revision) => keep.get(name)?.has(revision) === true, run)
}

/** Trees of snapshots, and the records that know them. */
async function dropTrees(isNamed: (name: string, revision: string) => boolean, run: Run): Promise<void> {
  const records = await run.steps.all()
  const isUnnamed = (record: (typeof records)[number]) => {
    const snapshot = snapshotIn(record)
    if (snapshot === undefined) return false
    const { name, revision } = snapshot
    return name === undefined || revision === undefined || !isNamed(name, revision)
  }
  const unnamed = records.filter(isUnnamed)
  const keep: TreeRef[] = records.filter((record) => !isUnnamed(record)).flatMap(({ output }) => treesIn(output))
  for (const record of unnamed) {
    // The record first: what a kill leaves behind is then a tree that nobody knows, which the next run removes.
    await run.steps.forget(record.key)
    for (const tree of treesIn(record.output)) await run.openEngine.remove(tree, keep)
  }
}
