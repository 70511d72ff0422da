/** What is decided over when a data directory is cleaned, and what comes of it: plain data. */
import type { PointsAt } from '../points-at.ts'
import type { Use } from '../steps.ts'

/** A name in a folder of ours, and when it was last touched, milliseconds since the epoch. */
export interface Entry {
  readonly name: string
  readonly at: number
}

export interface KnownRecord {
  readonly id: string
  readonly key: string
  /** When it was written. */
  readonly at: number
  readonly points: PointsAt
}

export interface Facts {
  readonly now: number
  readonly records: readonly KnownRecord[]
  /** Keys of records that cannot be read. */
  readonly unreadable: readonly string[]
  readonly uses: readonly Use[]
  /** `PROFILE` and `PROFILE/MACHINE` of all configurations; undefined where one of them cannot be understood. */
  readonly owners: ReadonlySet<string> | undefined
  /** Repository → revisions that locks name. */
  readonly locked: ReadonlyMap<string, ReadonlySet<string>>
  /** Repository → revisions that locks or published stage4s name. */
  readonly named: ReadonlyMap<string, ReadonlySet<string>>
  /** sha512 of stage3s that locks or published stage4s name. */
  readonly seeds: ReadonlySet<string>
  /** Repository → when its mirror was touched, and its revisions, the newest first. */
  readonly mirrors: ReadonlyMap<string, { readonly at: number; readonly revisions: readonly string[] }>
  readonly found: {
    readonly packages: readonly Entry[]
    readonly packed: readonly Entry[]
    readonly stage3s: readonly Entry[]
    readonly downloads: readonly Entry[]
    /** By repository. */
    readonly caches: readonly Entry[]
    /** By repository. */
    readonly indexes: readonly Entry[]
    readonly sources: readonly Entry[]
    /** By run. */
    readonly logs: readonly Entry[]
    /** Containers kept because something failed in them. */
    readonly containers: readonly (Entry & { readonly isKnown: boolean })[]
  }
  /** The run that asks. */
  readonly ownRun: string
}

export interface Policy {
  /** How many states of each step stay, to go back to; at least 1. */
  readonly keep: number
  /** Only what nobody used for so long goes, in milliseconds; undefined: all that nothing needs, but what only age takes, which goes after 30 days. */
  readonly older: number | undefined
}

export type What =
  | 'record'
  | 'package'
  | 'packed'
  | 'source'
  | 'stage3'
  | 'download'
  | 'cache'
  | 'index'
  | 'mirror'
  | 'snapshot'
  | 'log'
  | 'container'

export interface Going {
  readonly what: What
  /** As in the facts; `REPOSITORY REVISION` for a snapshot. */
  readonly name: string
  readonly why: string
}

export interface Decision {
  readonly going: readonly Going[]
  /** Keys of the records that stay. */
  readonly records: ReadonlySet<string>
  /** Steps of machines and profiles that are gone, whose last notes go too. */
  readonly deadSteps: readonly string[]
  /** Sources that no step ever named: whoever put them there keeps them. */
  readonly strangeSources: readonly string[]
}
