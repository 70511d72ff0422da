/** What runs leave: nothing when they end, and after a kill the next one clears up. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layout } from '../store/layout.ts'
import { treesIn } from '../store/points-at.ts'
import { exists, makeFolder, namesIn } from '../system/files.ts'
import { endAgent } from '../system/gpg-agent.ts'
import { sweepMoves } from '../system/move.ts'
import { foldersOfFailed } from './failed.ts'
import type { Run } from './run.ts'

/** Clears the working space; after a kill also what was made and written down nowhere. */
export async function sweep(run: Run): Promise<void> {
  await run.openEngine.sweep()
  await clearScratch(run)
  // A run that was killed right at its beginning had not said yet that it works, one at its end not any more.
  const { data, store, settled } = run.layout
  for (const folder of [data, store, settled]) await removeTemporaries(folder)
  if (!(await exists(run.layout.working))) return
  await sweepFiles(run.layout)
  // What gpg itself started for a killed run in a home of its own would stay; a passphrase asked for once more is the price.
  if (run.signer?.home !== undefined) await endAgent(run.signer.home)
  const records = await run.steps.all()
  await run.openEngine.prune(records.flatMap((record) => treesIn(record.output)))
}

/** Removes every file and folder that had not got its name yet. */
export async function sweepFiles(layout: Layout): Promise<void> {
  const { data, store, git, caches, indexes, steps, last, uses, failed, packages, packed, seeds, stages } = layout
  const { downloads, distfiles, logs } = layout
  const mirrors = (await namesIn(git)).flatMap((name) =>
    ['kept', 'facts'].map((kind) => join(git, name, 'gentoomuch', kind)),
  )
  for (const folder of [data, store, steps, last, uses, failed, ...mirrors]) await removeTemporaries(folder)
  const machines = (await namesIn(stages)).map((name) => join(stages, name))
  const moved = [store, steps, packages, packed, seeds, distfiles, caches, indexes, git, downloads, logs, ...machines]
  for (const folder of [...moved, last, uses]) if (await exists(folder)) await sweepMoves(folder)
}

/** Empties the working space, but for what failed containers have mounted. */
export async function clearScratch(run: Run): Promise<void> {
  const { scratch } = run.layout
  const needed = await foldersOfFailed(run)
  await makeFolder(scratch)
  for (const name of await readdir(scratch))
    if (!needed.has(join(scratch, name))) await rm(join(scratch, name), { recursive: true, force: true })
}

/** Files that `writeWhole` had not renamed yet. */
async function removeTemporaries(folder: string): Promise<void> {
  const names = await namesIn(folder)
  await Promise.all(
    names
      .filter((name) => name.startsWith('.') && name.endsWith('.tmp'))
      .map((name) => rm(join(folder, name), { force: true })),
  )
}
