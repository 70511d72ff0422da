/**
 * Removes what goes. Wherever it is interrupted, the next clean sees the rest: what a record points at goes before it where
 * half of it would be noticed, trees go after it. A folder leaves its name first, so that half of one is never taken for one.
 */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Interrupted } from '../../errors.ts'
import { discardContainer } from '../../execute/failed.ts'
import type { Run } from '../../execute/run.ts'
import type { Decision, Facts } from '../../store/collect/facts.ts'
import { isMissing } from '../../system/files.ts'
import { unfinishedBeside } from '../../system/move.ts'
import { dropSnapshots } from '../../upstream/kept-snapshots.ts'
import type { Item } from './measure.ts'

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
      else if (item.path !== undefined) await removePath(item.path)
    }
  const stay = facts.records.filter(({ key }) => decision.records.has(key)).flatMap(({ points }) => points.trees)
  await run.openEngine.prune(stay)
  await removeSnapshots(items, run)
}

async function removePath(path: string): Promise<void> {
  const aside = unfinishedBeside(path)
  try {
    await rename(path, aside)
  } catch (error) {
    if (isMissing(error)) return
    // A disk without a single block left may refuse even that.
    if (!isFull(error)) throw error
    await rm(path, { recursive: true, force: true })
    return
  }
  await rm(aside, { recursive: true, force: true })
}

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
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
