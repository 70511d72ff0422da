/** sync: repositories at their newest verified state, or at one that is named; each an immutable snapshot in the lock. */
import { join } from 'node:path'
import pLimit from 'p-limit'
import { readLock, updateLock, type Lock, type LockedRepository } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { Interrupted, UserError } from '../../errors.ts'
import type { Failure } from '../../events.ts'
import { asFailure } from '../../execute/failure.ts'
import type { Run } from '../../execute/run.ts'
import type { Repository } from '../../portage/model.ts'
import type { RepositoryChanges } from '../../upstream/changes.ts'
import { momentOf } from '../../upstream/history.ts'
import { keptSnapshots } from '../../upstream/kept-snapshots.ts'
import { chooseRepositories, knownRepositories } from './choose.ts'
import { dropUnnamed } from './drop.ts'
import { rememberConfiguration } from '../../store/configurations.ts'
import { syncOne } from './one.ts'
import { unpackSnapshots } from './unpack.ts'

export interface SyncOptions {
  /** Repositories; all that sync by themselves when empty. */
  readonly names: readonly string[]
  /** A day or a commit instead of the newest state. */
  readonly to: string | undefined
  /** Only says what would change; what was fetched stays in the mirrors. */
  readonly dryRun: boolean
}

export interface Synced {
  readonly name: string
  readonly type: string
  /** Revision of the lock before; undefined the first time. */
  readonly from: string | undefined
  readonly to: string
  /** Epoch seconds. */
  readonly time: number
  readonly signedBy: string | undefined
  /** Undefined the first time. */
  readonly changes: RepositoryChanges | undefined
}

export interface SyncResult {
  readonly synced: readonly Synced[]
  readonly failures: ReadonlyMap<string, Failure>
  readonly lock: Lock
}

/** Repositories are fetched side by side; the line is what they wait for. */
const BESIDE = 4

/** What cannot be synced does not keep the others back: those that can are locked, and the failures are told. */
export async function sync(config: Config, run: Run, options: SyncOptions): Promise<SyncResult> {
  const known = knownRepositories(config)
  const chosen = await meantBy(options, chooseRepositories(known, options.names), run)
  const before = await readLock(config.path)
  const { synced, locked, failures } = await syncAll(chosen, before, { config, known, run, options })
  if (options.dryRun) return { synced, failures, lock: before }
  await rememberConfiguration(run.layout, config.path)
  const lock = await updateLock(config.path, (now) => ({ ...now, repositories: merged(now, locked, known, options) }))
  const notReady = await unpackSnapshots(config, lock, [...locked.keys()], run)
  await dropUnnamed(config, lock, before, run)
  return { synced, failures: new Map([...notReady, ...failures]), lock }
}

/** What was synced, in the place of what the lock had of it. A sync of everything also forgets what no repos.conf names. */
function merged(
  now: Lock,
  locked: ReadonlyMap<string, LockedRepository>,
  known: ReadonlyMap<string, Repository>,
  { names }: SyncOptions,
): Lock['repositories'] {
  const kept = Object.entries(now.repositories).filter(([name]) => names.length > 0 || known.has(name))
  return { ...Object.fromEntries(kept), ...Object.fromEntries(locked) }
}

/** A revision is one repository's: where none is named, that of the one which has it. */
async function meantBy(
  { names, to }: SyncOptions,
  chosen: readonly Repository[],
  run: Run,
): Promise<readonly Repository[]> {
  const moment = to === undefined ? undefined : momentOf(to)
  if (moment?.kind !== 'revision' || names.length > 0 || chosen.length < 2) return chosen
  const has = await Promise.all(
    chosen.map(async ({ name }) => {
      const kept = await keptSnapshots({ gitDir: join(run.layout.git, name), signal: run.signal })
      return kept.some(({ revision }) => revision.startsWith(moment.prefix))
    }),
  )
  const found = chosen.filter((_, at) => has[at])
  if (found.length > 0) return found
  throw new UserError('whose-revision', `No repository has a revision ${moment.prefix} here.`, {
    hint: `name the repository that it is to be fetched for: gentoomuch sync ${chosen[0]?.name} --to ${moment.prefix}`,
  })
}

export interface Setting {
  readonly config: Config
  readonly known: ReadonlyMap<string, Repository>
  readonly run: Run
  readonly options: SyncOptions
}

async function syncAll(chosen: readonly Repository[], lock: Lock, setting: Setting) {
  const { run } = setting
  const synced = new Map<string, Synced>()
  const locked = new Map<string, LockedRepository>()
  const failures = new Map<string, Failure>()
  const beside = pLimit(BESIDE)
  const one = async (repository: Repository) => {
    const { name } = repository
    const step = { id: `sync:${name}`, label: `sync ${name}` }
    const since = performance.now()
    run.emit({ type: 'step-started', ...step })
    try {
      const done = await syncOne(repository, lock, setting)
      synced.set(name, done.synced)
      locked.set(name, done.locked)
      const { from, to } = done.synced
      const summary = from === to ? `still at ${to.slice(0, 12)}` : `now at ${to.slice(0, 12)}`
      const seconds = (performance.now() - since) / 1000
      run.emit({ type: 'step-done', ...step, how: 'ran', seconds, summary })
    } catch (error) {
      if (run.signal.aborted) throw new Interrupted()
      const failure = asFailure(error)
      failures.set(name, failure)
      run.emit({ type: 'step-failed', ...step, failure })
    }
  }
  await Promise.all(chosen.map((repository) => beside(() => one(repository))))
  // In the order in which they were named, whichever came first.
  const inOrder = chosen.flatMap(({ name }) => synced.get(name) ?? [])
  return { synced: inOrder, locked, failures }
}
