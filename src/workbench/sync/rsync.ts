/** A repository by rsync: the seed's Portage transfers and verifies it, then it is taken into the mirror. */
import { rm } from 'node:fs/promises'
import type { Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { UserError } from '../../errors.ts'
import { outputOf, realiseSteps } from '../../execute/realise.ts'
import { rsyncRepository } from '../../execute/rsync.ts'
import type { Run } from '../../execute/run.ts'
import { toolsFor } from '../../execute/tools.ts'
import { snapshotIn, valueOf, type SeedValue } from '../../execute/values.ts'
import { makerOf, seedOf } from '../../plan/repositories.ts'
import { planSeed } from '../../plan/snapshots.ts'
import type { Repository } from '../../portage/model.ts'
import { importRsynced } from '../../upstream/import-rsynced.ts'
import type { FetchOptions, RepositorySnapshot, RepositorySource } from '../../upstream/repository.ts'
import { exportTrusted, snapshotRole } from '../../upstream/trust.ts'
import { failIfAny } from '../failures.ts'

export interface RsyncSetting {
  readonly config: Config
  readonly lock: Lock
  readonly run: Run
  readonly fetch: FetchOptions
}

/** @throws UserError `no-seed` before the first bootstrap: it is the seed's Portage that verifies */
export async function fetchByRsync(
  repository: Repository,
  source: RepositorySource,
  { config, lock, run, fetch }: RsyncSetting,
): Promise<RepositorySnapshot> {
  const maker = makerOf(config, lock)
  if (maker === undefined)
    throw new UserError('no-seed', `${repository.name} comes by rsync, and it is a seed's Portage that verifies it.`, {
      hint: 'gentoomuch bootstrap PROFILE STAGE3, then sync',
    })
  const step = planSeed(maker, seedOf(config, lock, maker))
  const result = await realiseSteps([step], run)
  failIfAny(result)
  const { tools, release } = await toolsFor(step, run)
  try {
    const files = await rsyncRepository(
      { ...repository, syncUri: source.uri },
      {
        seed: valueOf<SeedValue>(outputOf(result, step.id)).tree,
        keys: source.verify ? await exportTrusted(snapshotRole(source.keys, source.name), source.keys) : undefined,
        previous: await previousTree(repository.name, lock, run),
      },
      tools,
    )
    try {
      return await importRsynced(files.path, source, fetch)
    } finally {
      await rm(files.path, { recursive: true, force: true })
    }
  } finally {
    await release()
  }
}

/** The tree of the locked revision, if it is unpacked here. */
async function previousTree(name: string, lock: Lock, run: Run) {
  const revision = lock.repositories[name]?.revision
  for (const record of await run.steps.all()) {
    const found = snapshotIn(record)
    if (found?.name !== name || found.revision !== revision || found.tree === undefined) continue
    if (await run.openEngine.has(found.tree)) return found.tree
  }
  return undefined
}
