/**
 * Removes what goes. Wherever it is interrupted, the next clean sees the rest: what a record points at goes before it where
 * half of it would be noticed, trees go after it. What goes leaves its name first, so that half of it is never taken for it.
 */
import { join } from 'node:path'
import { Interrupted } from '../../errors.ts'
import { discardContainer } from '../../execute/failed.ts'
import type { Run } from '../../execute/run.ts'
import type { Decision, Facts } from '../../store/collect/facts.ts'
import { removeFolder } from '../../system/move.ts'
import { dropSnapshots } from '../../upstream/kept-snapshots.ts'
import type { Item } from '../../execute/clean/measure.ts'

const ORDER: readonly Item['what'][] = [
  'source',
  'package',
  'packed',
  'record',
  'note',
  'container',
  'stage3',
  'download',
  'cache',
  'index',
  'mirror',
  'log',
]

export async function removeItems(items: readonly Item[], decision: Decision, facts: Facts, run: Run): Promise<void> {
  for (const what of ORDER)
    for (const item of items.filter((one) => one.what === what)) {
      if (run.signal.aborted) throw new Interrupted()
      if (what === 'container') await discardContainer(item.name, run)
      else if (item.path !== undefined) await removeFolder(item.path)
    }
  const stay = facts.records.filter(({ key }) => decision.records.has(key)).flatMap(({ points }) => points.trees)
  await run.openEngine.prune(stay)
  await removeSnapshots(items, run)
}

async function removeSnapshots(items: readonly Item[], { layout, signal }: Run): Promise<void> {
  const byRepository = new Map<string, string[]>()
  for (const { what, name } of items) {
    if (what !== 'snapshot') continue
    const [repository = '', revision = ''] = name.split(' ')
    byRepository.set(repository, [...(byRepository.get(repository) ?? []), revision])
  }
  for (const [repository, revisions] of byRepository)
    await dropSnapshots(revisions, { gitDir: join(layout.git, repository), signal })
}
