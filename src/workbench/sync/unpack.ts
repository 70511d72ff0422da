/** Snapshots made ready as a build will use them, so that the first build after a sync does not wait for it. */
import { join } from 'node:path'
import type { Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { UserError } from '../../errors.ts'
import type { Failure } from '../../events.ts'
import { realiseSteps } from '../../execute/realise.ts'
import type { Run } from '../../execute/run.ts'
import { builderDefine, factsOf, namedRepositories } from '../../repositories.ts'
import { planRepositories } from '../../plan/snapshots.ts'
import { plannedRepository } from '../../plan/repositories.ts'
import { hasRevision } from '../../upstream/repository-lists.ts'

/**
 * What cannot be made ready yet waits for the build: one whose master was not synced, or whose metadata cache wants a seed.
 * @returns failures by repository; the sync itself stands
 */
export async function unpackSnapshots(
  config: Config,
  lock: Lock,
  names: readonly string[],
  run: Run,
): Promise<ReadonlyMap<string, Failure>> {
  const defines = [builderDefine(config), ...[...config.stage4s.values()].map((machine) => machine.stage3)]
  const repositories = namedRepositories(config, defines)
  const facts = await factsOf(lock, await namesHere(lock, run), run.data, run.signal)
  const planned = names.flatMap((name) => {
    try {
      return [plannedRepository(name, { config, lock, repositories, facts })]
    } catch (error) {
      if (error instanceof UserError) return []
      throw error
    }
  })
  const { failures } = await realiseSteps(planRepositories(planned), run)
  return new Map([...failures].map(([id, failure]) => [id.replace(/^\w+:/, ''), failure]))
}

/** Locked repositories whose revisions the mirrors of this data directory have. */
async function namesHere(lock: Lock, run: Run): Promise<string[]> {
  const here = await Promise.all(
    Object.entries(lock.repositories).map(async ([name, { revision }]) => {
      const mirror = { gitDir: join(run.layout.git, name), signal: run.signal }
      return (await hasRevision(revision, mirror)) ? [name] : []
    }),
  )
  return here.flat()
}
