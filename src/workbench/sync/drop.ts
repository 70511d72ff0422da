/**
 * Snapshots that nothing names any more go: kept are those of the locks of all configurations that were synced into this data
 * directory, those that published stage4s were built from, and
 * the ones from before this sync, so that going back needs no network.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import type { TreeRef } from '../../engine/engine.ts'
import type { Run } from '../../execute/run.ts'
import { treesIn } from '../../execute/sweep.ts'
import { valueOf, type RepositoryValue } from '../../execute/values.ts'
import { dropSnapshots, keptSnapshots } from '../../upstream/kept-snapshots.ts'
import { namedRevisions, otherLocks } from './named.ts'

export async function dropUnnamed(config: Config, lock: Lock, before: Lock, run: Run): Promise<void> {
  const named = await namedRevisions([lock, ...(await otherLocks(run.layout, config.path))], run.data)
  const isNamed = (name: string, revision: string) =>
    named.get(name)?.has(revision) === true || before.repositories[name]?.revision === revision
  await dropTrees(isNamed, run)
  for (const name of await readdir(run.layout.git).catch(() => [])) {
    const mirror = { gitDir: join(run.layout.git, name), signal: run.signal }
    const kept = await keptSnapshots(mirror)
    const unnamed = kept.map(({ revision }) => revision).filter((revision) => !isNamed(name, revision))
    if (unnamed.length > 0) await dropSnapshots(unnamed, mirror)
  }
}

/** Trees of snapshots, and the records that know them. */
async function dropTrees(isNamed: (name: string, revision: string) => boolean, run: Run): Promise<void> {
  const records = await run.steps.all()
  const isUnnamed = ({ kind, output }: (typeof records)[number]) => {
    if (kind !== 'repository') return false
    const { name, revision } = valueOf<Partial<RepositoryValue>>(output)
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
