/** Where things stand in the data directory. Every path is made here and nowhere else. */
import { join } from 'node:path'

export interface Layout {
  readonly data: string
  readonly lock: string
  /** All that is kept, but for what people are to find. */
  readonly store: string
  readonly logs: string
  readonly stages: string
  readonly distfiles: string
  /** What each source was when Portage had verified it. */
  readonly sources: string
  /** Working folders of steps: whatever is in it once no run holds the lock was left over by a killed one. */
  readonly scratch: string
  /** Outputs of steps, by key. */
  readonly steps: string
  /** What each step ran with last, by the digest of its id: for "why". */
  readonly last: string
  /** Which outputs each step had lately, by the digest of its id: what is kept to go back to. */
  readonly uses: string
  /** How long steps and packages took: for estimates, and to begin with what takes longest. */
  readonly durations: string
  /** What whole goals came to, by the digest of what was asked: for answering at once when nothing changed. */
  readonly settled: string
  /** Binary packages, by fingerprint. */
  readonly packages: string
  /** Packed tarballs, by the digest of what they were packed from. */
  readonly packed: string
  /** Verified stage3 tarballs, by sha512. */
  readonly seeds: string
  /** Mirrors of git repositories. */
  readonly git: string
  /** Metadata caches that were made here, by repository: offered to the next one. */
  readonly caches: string
  /** What `check` reads of repositories, by repository and revision. */
  readonly indexes: string
  /** What is being downloaded, to go on with after an interruption. */
  readonly downloads: string
  /** Paths of the configurations that were synced into this data directory. */
  readonly configurations: string
  /** Which news somebody has read, a line each. */
  readonly newsRead: string
  /** There while a run works: found at the beginning of one, it says that the one before was killed. */
  readonly working: string
  /** Names of containers kept because something failed in them, by the digest of the step's id. */
  readonly failed: string
}

export function layoutOf(data: string): Layout {
  const store = join(data, 'store')
  return {
    data,
    lock: join(data, 'lock'),
    store,
    logs: join(data, 'logs'),
    stages: join(data, 'stages'),
    distfiles: join(data, 'distfiles'),
    sources: join(store, 'sources.json'),
    scratch: join(data, 'scratch', 'steps'),
    steps: join(store, 'steps'),
    last: join(store, 'last'),
    uses: join(store, 'uses'),
    durations: join(store, 'durations.json'),
    settled: join(store, 'settled'),
    packages: join(store, 'packages'),
    packed: join(store, 'packed'),
    seeds: join(store, 'seeds'),
    git: join(store, 'git'),
    caches: join(store, 'metadata-caches'),
    indexes: join(store, 'snapshots'),
    downloads: join(store, 'downloads'),
    configurations: join(store, 'configurations.json'),
    newsRead: join(data, 'news.read'),
    working: join(store, 'working'),
    failed: join(store, 'failed'),
  }
}
