/** Snapshots made ready as a build will use them, so that the first build after a sync does not wait for it. */
import { type Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { realiseSteps } from '../../execute/realise.ts'
import type { Run } from '../../execute/run.ts'
import { builderDefine, factsOf, namedRepositories, repositoriesFor } from '../../pipeline.ts'
import { distinct, planRepositories } from '../../plan/machines.ts'
import { listVariables } from '../../portage/variables.ts'
import { failIfAny } from '../failures.ts'

/** One whose metadata cache has to be made, and no profile was bootstrapped, waits for the first build. */
export async function unpackSnapshots(config: Config, lock: Lock, names: readonly string[], run: Run): Promise<void> {
  const facts = await factsOf(lock, Object.keys(lock.repositories), run.data, run.signal)
  // Lists do not matter for repos.conf.
  const known = { lists: listVariables([]), facts }
  const defines = [builderDefine(config), ...[...config.stage4s.values()].map((machine) => machine.stage3)]
  // Where one of a definition's repositories could not be synced, the others wait for the build with it.
  const whole = defines.filter((define) =>
    [...namedRepositories(config, [define]).keys()].every((name) => lock.repositories[name] !== undefined),
  )
  const planned = whole.flatMap((define) => repositoriesFor(config, lock, define, known))
  const wanted = planned.filter(({ name }) => names.includes(name))
  failIfAny(
    await realiseSteps(
      distinct(planRepositories([...wanted, ...wanted.flatMap((one) => one.cache?.masters ?? [])])),
      run,
    ),
  )
}
