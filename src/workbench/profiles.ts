/** profile ls | set */
import type { Config } from '../config/model.ts'
import { readLock } from '../config/lock.ts'
import { suggest } from '../config/names.ts'
import { UserError } from '../errors.ts'
import { layoutOf } from '../store/layout.ts'
import { exists } from '../system/files.ts'
import { join } from 'node:path'
import { setProfile } from './bootstrap.ts'

export interface ListedProfile {
  readonly name: string
  readonly stage3: string
  readonly signedBy: string
  /** Whether the verified stage3 is in this data directory. */
  readonly here: boolean
  readonly set: boolean
}

export async function listProfiles(config: Config, data: string): Promise<ListedProfile[]> {
  const { profiles } = await readLock(config.path)
  const { seeds } = layoutOf(data)
  return Promise.all(
    Object.entries(profiles).map(async ([name, { stage3, sha512, signedBy }]) => ({
      name,
      stage3,
      signedBy,
      here: await exists(join(seeds, sha512, stage3)),
      set: config.env.profile === name,
    })),
  )
}

export async function chooseProfile(config: Config, name: string): Promise<void> {
  const { profiles } = await readLock(config.path)
  if (profiles[name] === undefined) {
    const hint = suggest(name, Object.keys(profiles)) ?? `gentoomuch bootstrap ${name} STAGE3`
    throw new UserError('unknown-profile', `There is no profile named ${name}.`, { hint })
  }
  await setProfile(config, name)
}
