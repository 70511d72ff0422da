/** Locked repositories → planned ones, with who makes the metadata cache of those that bring none. Pure. */
import type { Lock } from '../config/lock.ts'
import type { Config } from '../config/model.ts'
import { suggest } from '../config/names.ts'
import { UserError } from '../errors.ts'
import type { Repository } from '../portage/model.ts'
import { visible } from '../visible.ts'
import type { PlannedRepository, PlannedSeed } from './snapshots.ts'

/** What planning asks of a locked revision. */
export interface SnapshotFacts {
  readonly masters: readonly string[]
  /** It names no masters: then Portage takes the main repository. */
  readonly inheritsMain: boolean
  /** It brings its metadata cache. */
  readonly cached: boolean
}

export interface Planning {
  readonly config: Config
  readonly lock: Lock
  /** Of one composed repos.conf, by name. */
  readonly repositories: ReadonlyMap<string, Repository>
  readonly facts: ReadonlyMap<string, SnapshotFacts>
}

type Plain = Omit<PlannedRepository, 'cache'>

/** @throws UserError `not-synced`, `missing-master` */
export function plannedRepository(name: string, planning: Planning): PlannedRepository {
  const { config, lock, facts } = planning
  const plain = snapshotOf(name, planning)
  const maker = makerOf(config, lock)
  if (maker === undefined || facts.get(name)?.cached !== false) return { ...plain, cache: undefined }
  const masters = mastersOf(name, planning).map((master) => ({
    ...snapshotOf(master, planning),
    cached: facts.get(master)?.cached !== false,
  }))
  return { ...plain, cache: { profile: maker, seed: seedOf(config, lock, maker), masters } }
}

function snapshotOf(name: string, { lock, repositories }: Planning): Plain {
  const locked = lock.repositories[name]
  if (locked === undefined)
    throw new UserError('not-synced', `The repository ${name} has not been synced here yet.`, {
      hint: 'gentoomuch sync',
    })
  const { revision, tree, time } = locked
  return { name, revision, tree, time, location: repositories.get(name)?.location ?? `/var/db/repos/${name}` }
}

/** All that it inherits from, its masters' masters too, each once and not itself. */
function mastersOf(name: string, { repositories, facts }: Planning): string[] {
  const main = [...repositories.values()].flatMap((one) => (one.main ? [one.name] : []))
  const found = new Set<string>()
  const gather = (from: string): void => {
    const known = facts.get(from)
    for (const master of known?.inheritsMain === true ? main : (known?.masters ?? [])) {
      if (master === name || found.has(master)) continue
      if (!repositories.has(master)) throw missingMaster(from, master)
      found.add(master)
      gather(master)
    }
  }
  gather(name)
  return [...found]
}

export function missingMaster(name: string, master: string): UserError {
  const shown = visible(master)
  return new UserError('missing-master', `The repository ${name} inherits from ${shown}, which no repos.conf names.`, {
    hint: `add a [${shown}] section to repos.conf`,
  })
}

/** The profile whose seed does what any seed can do: the chosen one, else the first of the lock. */
export function makerOf(config: Config, lock: Lock): string | undefined {
  const { profile = '' } = config.env
  return lock.profiles[profile] === undefined ? Object.keys(lock.profiles)[0] : profile
}

/** @throws UserError `unknown-profile` */
export function seedOf(config: Config, lock: Lock, profile: string): PlannedSeed {
  const locked = Object.hasOwn(lock.profiles, profile) ? lock.profiles[profile] : undefined
  if (locked !== undefined)
    return { sha512: locked.sha512, primary: locked.signedBy, name: locked.stage3, arch: config.env.arch }
  const suggestion = suggest(profile, Object.keys(lock.profiles))
  throw new UserError('unknown-profile', `The profile ${profile} has not been bootstrapped.`, {
    hint: `gentoomuch bootstrap ${profile} STAGE3${suggestion === undefined ? '' : `; ${suggestion}`}`,
  })
}
