/** bootstrap: a stage3 whose signature was verified becomes the seed of a profile, and the profile gets its builder. */
import { join } from 'node:path'
import { isProfileName } from '../config/grammar.ts'
import type { Config } from '../config/model.ts'
import { readLock, updateLock, type Lock, type LockedProfile } from '../config/lock.ts'
import { EXIT, UserError } from '../errors.ts'
import { freeable } from '../execute/clean/freeable.ts'
import { judgeWhole } from '../execute/damaged.ts'
import { outputOf, realiseSteps } from '../execute/realise.ts'
import { demandRoom } from '../execute/room.ts'
import type { Run } from '../execute/run.ts'
import { valueOf, type SeedValue } from '../execute/values.ts'
import { planTrusted } from '../pipeline.ts'
import { builderDefine, namedRepositories, readRepositories } from '../repositories.ts'
import { seedOf } from '../plan/repositories.ts'
import { planSeed } from '../plan/snapshots.ts'
import { rememberConfiguration } from '../store/configurations.ts'
import { writeWhole } from '../system/files.ts'
import { failIfAny } from './failures.ts'
import { takeIn, type Stage3Choice } from './seeds.ts'

export interface Bootstrapped {
  readonly profile: string
  readonly stage3: string
  readonly sha512: string
  readonly signedBy: string
  /** Epoch seconds. */
  readonly signedAt: number
  /** The stage3 that the profile had; undefined for a new profile. */
  readonly before: string | undefined
  /** False where no repository has been synced yet: the builder is then made by the first build. */
  readonly builder: boolean
}

export async function bootstrap(
  config: Config,
  run: Run,
  profile: string,
  choice: Stage3Choice,
): Promise<Bootstrapped> {
  if (!isProfileName(profile))
    throw new UserError(
      'bad-profile-name',
      `A profile's name holds letters, digits and _ . + - (not first); found ${JSON.stringify(profile)}.`,
    )
  const lock = await readLock(config.path)
  const before = lock.profiles[profile]
  const stage3 = await takeIn(config, lock, run, { choice, before })
  const { name, sha512, primary: signedBy, signedAt } = stage3
  const entry: LockedProfile = { stage3: name, sha512, signedBy, signedAt }
  let portage: LockedProfile['portage']
  try {
    portage = await lookInto(config, lock, profile, entry, run)
  } catch (error) {
    // What was no stage3 after all is not kept; after an interruption, or on a full disk, it is, for the next try.
    if (error instanceof UserError && error.exit === EXIT.untrusted) await stage3.forget()
    throw error
  }
  const whole: LockedProfile = { ...entry, ...(portage === undefined ? {} : { portage }) }
  const withIt = (now: Lock): Lock => ({ ...now, profiles: { ...now.profiles, [profile]: whole } })
  // The profile is what it was until the new builder is whole.
  const builder = await makeBuilder(config, withIt(lock), profile, run)
  await rememberConfiguration(run.layout, config.path)
  await updateLock(config.path, withIt)
  if (config.env.profile === undefined) await setProfile(config, profile)
  if (!builder)
    run.emit({
      type: 'note',
      level: 'info',
      text: `The builder of ${profile} is made once the repositories are here.`,
      hint: 'gentoomuch sync',
    })
  return { profile, stage3: name, sha512, signedBy, signedAt, before: before?.stage3, builder }
}

/** Unpacks a seed, and asks its Portage what it is. */
async function lookInto(
  config: Config,
  lock: Lock,
  profile: string,
  entry: LockedProfile,
  run: Run,
): Promise<LockedProfile['portage']> {
  const step = planSeed(profile, seedOf(config, { ...lock, profiles: { [profile]: entry } }, profile))
  await demandRoom(await judgeWhole([step], run), run, () => freeable(config, run))
  const result = await realiseSteps([step], run)
  failIfAny(result)
  const { version, incrementals } = valueOf<SeedValue>(outputOf(result, step.id)).portage
  return { version, incrementals: [...incrementals] }
}

/** @returns whether it could be made: the builder's repositories have to be in the lock */
export async function makeBuilder(config: Config, lock: Lock, profile: string, run: Run): Promise<boolean> {
  const named = namedRepositories(config, [builderDefine(config)])
  if ([...named.keys()].some((name) => !Object.hasOwn(lock.repositories, name))) return false
  const repositories = await readRepositories({ config, lock }, [builderDefine(config)], run.data, run.signal)
  const steps = await planTrusted(config, lock, profile, repositories, run.signal)
  await demandRoom(await judgeWhole(steps, run), run, () => freeable(config, run))
  failIfAny(await realiseSteps(steps, run))
  return true
}

/** The profile that commands take when none is named. */
export async function setProfile(config: Config, profile: string): Promise<void> {
  await writeWhole(join(config.path, 'env', 'profile'), `${profile}\n`)
}
