/** Seeds and repositories → the steps that everything else begins with. */
import type { Step } from './step.ts'

export interface PlannedRepository {
  readonly name: string
  readonly revision: string
  readonly tree: string
  /** Committer time, epoch seconds: "now" for what is built from it. */
  readonly time: number
  /** Where Portage looks for it. */
  readonly location: string
  /** For one that comes without a metadata cache: who makes it. */
  readonly cache: PlannedCache | undefined
}

export interface PlannedCache {
  /** The profile whose seed's Portage makes it. */
  readonly profile: string
  readonly seed: PlannedSeed
  /** The repositories that it inherits from, and those that they do, in their order. */
  readonly masters: readonly PlannedMaster[]
}

export interface PlannedMaster extends Omit<PlannedRepository, 'cache'> {
  /** It brings its metadata cache itself: then what others inherit from is what machines have. */
  readonly cached: boolean
}

export interface PlannedSeed {
  readonly sha512: string
  /** Primary fingerprint of the key that signed it. */
  readonly primary: string
  /** The stage3's file name. */
  readonly name: string
  /** Gentoo's ARCH that it has to be for. */
  readonly arch: string
}

export function planSeed(profile: string, seed: PlannedSeed): Step {
  return {
    id: `seed:${profile}`,
    kind: 'seed',
    label: `unpack the seed of ${profile}`,
    input: { ...seed },
    parents: {},
  }
}

/** Repositories as read-only trees, with what the metadata caches of those that bring none are made of. */
export function planRepositories(repositories: readonly PlannedRepository[]): Step[] {
  return distinct(
    repositories.flatMap((repository) => {
      const { cache } = repository
      if (cache === undefined) return [planSnapshot(repository, `repository:${repository.name}`)]
      return [
        planSeed(cache.profile, cache.seed),
        planSnapshot(repository, `snapshot:${repository.name}`),
        ...cache.masters.map((master) => planSnapshot(master, masterStep(master))),
        planCached(repository, cache),
      ]
    }),
  )
}

function masterStep({ name, cached }: PlannedMaster): string {
  return `${cached ? 'repository' : 'snapshot'}:${name}`
}

/** A repository as it came. */
function planSnapshot({ name, revision, tree, time }: Omit<PlannedRepository, 'cache'>, id: string): Step {
  return {
    id,
    kind: 'repository',
    label: `unpack repository ${name}`,
    input: { name, revision, tree, time },
    parents: {},
  }
}

/** With its metadata cache, for those who want the repository. Of its masters the snapshots do: eclasses are what counts, and two may inherit from each other. */
function planCached({ name, revision, tree, time, location }: PlannedRepository, cache: PlannedCache): Step {
  const { masters, profile } = cache
  return {
    id: `repository:${name}`,
    kind: 'cache',
    label: `make the metadata cache of ${name}`,
    input: { name, revision, tree, time, locations: locationsOf([{ name, location }, ...masters]) },
    parents: {
      ...Object.fromEntries(masters.map((master) => [`repository ${master.name}`, masterStep(master)])),
      snapshot: `snapshot:${name}`,
      seed: `seed:${profile}`,
    },
  }
}

/** Each step once: what several plans name is one step. */
export function distinct(steps: readonly Step[]): Step[] {
  return [...new Map(steps.map((step) => [step.id, step])).values()]
}

/** Roles `repository NAME` → step id. */
export function treesOf(repositories: readonly PlannedRepository[]): Record<string, string> {
  return Object.fromEntries(repositories.map(({ name }) => [`repository ${name}`, `repository:${name}`]))
}

export function locationsOf(
  repositories: readonly Pick<PlannedRepository, 'name' | 'location'>[],
): Record<string, string> {
  return Object.fromEntries(repositories.map(({ name, location }) => [name, location]))
}
