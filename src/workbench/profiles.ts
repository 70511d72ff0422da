/** profile ls | set | update | rm */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readLock, updateLock, type Lock } from '../config/lock.ts'
import type { Config } from '../config/model.ts'
import { suggest } from '../config/names.ts'
import { UserError } from '../errors.ts'
import type { Run } from '../execute/run.ts'
import { layoutOf } from '../store/layout.ts'
import { exists } from '../system/files.ts'
import { namedBy, otherLocks } from '../store/named.ts'
import { bootstrap, makeBuilder, setProfile, type Bootstrapped } from './bootstrap.ts'
import type { Stage3Choice } from './seeds.ts'

export interface ListedProfile {
  readonly name: string
  readonly stage3: string
  readonly signedBy: string
  /** Epoch seconds; undefined where an earlier version of this program bootstrapped it. */
  readonly signedAt: number | undefined
  /** Whether the verified stage3 is in this data directory. */
  readonly here: boolean
  readonly set: boolean
}

export async function listProfiles(config: Config, data: string): Promise<ListedProfile[]> {
  const { profiles } = await readLock(config.path)
  const { seeds } = layoutOf(data)
  return Promise.all(
    Object.entries(profiles).map(async ([name, { stage3, sha512, signedBy, signedAt }]) => ({
      name,
      stage3,
      signedBy,
      signedAt,
      here: await exists(join(seeds, sha512, stage3)),
      set: config.env.profile === name,
    })),
  )
}

export async function chooseProfile(config: Config, name: string): Promise<void> {
  known(await readLock(config.path), name)
  await setProfile(config, name)
}

export interface Updated {
  readonly profile: string
  readonly stage3: string
  /** What there was before; the same where only the builder was made anew. */
  readonly before: string
}

export interface UpdateOptions {
  /** Moves the seed to the newest one of this flavour; an empty text: of the flavour that it has. */
  readonly latest: string | undefined
  readonly choice: Omit<Stage3Choice, 'stage3' | 'signature'>
}

/** Makes the builder anew for the lock as it is now, or from a newer seed. The old one stays until the new one is whole. */
export async function updateProfile(
  config: Config,
  run: Run,
  name: string | undefined,
  { latest, choice }: UpdateOptions,
): Promise<Updated> {
  const lock = await readLock(config.path)
  const profile = name ?? config.env.profile
  if (profile === undefined)
    throw new UserError('no-profile', 'No profile is set.', { hint: 'gentoomuch bootstrap PROFILE STAGE3' })
  const { stage3 } = known(lock, profile)
  if (latest === undefined) {
    if (!(await makeBuilder(config, lock, profile, run)))
      throw new UserError('not-synced', 'No repository has been synced yet.', { hint: 'gentoomuch sync' })
    return { profile, stage3, before: stage3 }
  }
  const flavour = latest === '' ? flavourOf(stage3, config.env.arch) : latest
  const moved: Bootstrapped = await bootstrap(config, run, profile, {
    ...choice,
    signature: undefined,
    stage3: { latest: flavour },
  })
  return { profile, stage3: moved.stage3, before: stage3 }
}

/** `stage3-amd64-hardened-openrc-20260101T000000Z.tar.xz` → `hardened-openrc`. */
export function flavourOf(stage3: string, arch: string): string {
  const subject = /^stage3-(.+)-\d{8}T\d{6}Z\.tar\.\w+$/.exec(stage3)?.[1]
  if (subject === undefined)
    throw new UserError('no-flavour', `The name ${stage3} does not say which flavour of stage3 it is.`, {
      hint: 'name it: --latest FLAVOUR; gentoomuch bootstrap --list shows them',
    })
  return subject.startsWith(`${arch}-`) ? subject.slice(arch.length + 1) : subject
}

/**
 * Forgets a profile: its place in the lock, and its stage3 where neither another profile nor a published stage4 has it.
 * @throws UserError `profile-in-use` while machines are made with it
 */
export async function removeProfile(config: Config, run: Run, name: string): Promise<void> {
  const lock = await readLock(config.path)
  const { sha512 } = known(lock, name)
  const users = [...config.stage4s.values()].filter(({ profile }) => profile === name)
  if (users.length > 0)
    throw new UserError(
      'profile-in-use',
      `${users.map((one) => one.name).join(', ')} would have no profile without ${name}.`,
      {
        hint: 'name another profile in their `profile` files first',
      },
    )
  const lockNow = await updateLock(config.path, ({ profiles, ...rest }) => ({
    ...rest,
    profiles: Object.fromEntries(Object.entries(profiles).filter(([other]) => other !== name)),
  }))
  if (config.env.profile === name) await rm(join(config.path, 'env', 'profile'), { force: true })
  const others = await otherLocks(run, config.path)
  if (others === undefined) return
  const { seeds } = await namedBy([lockNow, ...others], run.data)
  if (!seeds.has(sha512)) await rm(join(run.layout.seeds, sha512), { recursive: true, force: true })
}

function known(lock: Lock, name: string) {
  const found = Object.hasOwn(lock.profiles, name) ? lock.profiles[name] : undefined
  if (found !== undefined) return found
  const hint = suggest(name, Object.keys(lock.profiles)) ?? `gentoomuch bootstrap ${name} STAGE3`
  throw new UserError('unknown-profile', `There is no profile named ${name}.`, { hint })
}
