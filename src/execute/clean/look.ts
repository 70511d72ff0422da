/** Facts about a data directory: what is there, and what configurations and published stage4s name. Changes nothing. */
import { lstat, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readLock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { inspectConfig } from '../../config/read.ts'
import { keptContainers } from '../failed.ts'
import type { Run } from '../run.ts'
import type { Entry, Facts, KnownRecord } from '../../store/collect/facts.ts'
import { knownConfigurations } from '../../store/configurations.ts'
import { lockedBy, namedBy, otherLocks } from '../../store/named.ts'
import { pointsAt } from '../../store/points-at.ts'
import { exists } from '../../system/files.ts'
import { keptSnapshots } from '../../upstream/kept-snapshots.ts'
import { pathIn, see, type Place } from './places.ts'

export interface Looked {
  readonly facts: Facts
  /** Absolute paths of what is not ours. */
  readonly strange: readonly string[]
}

/** @returns undefined where a lock cannot be read: then anything might be named, which is told */
export async function look(config: Config, run: Run): Promise<Looked | undefined> {
  const others = await otherLocks(run, config.path)
  if (others === undefined) return undefined
  const locks = [await readLock(config.path), ...others]
  const { revisions, seeds } = await namedBy(locks, run.data)
  const strange: string[] = []
  const there = async (place: Place): Promise<readonly Entry[]> => {
    const seen = await see(run.layout, place)
    strange.push(...seen.strange)
    return seen.entries
  }
  const facts: Facts = {
    now: Date.now(),
    ...(await recordsOf(await there('steps'), run)),
    uses: await run.steps.uses(),
    owners: await ownersOf(config, locks, run),
    locked: lockedBy(locks),
    named: new Map([...revisions].map(([name, by]) => [name, new Set(by.keys())])),
    seeds,
    mirrors: await mirrorsOf(await there('git'), run, strange),
    found: {
      packages: await there('packages'),
      packed: await there('packed'),
      stage3s: await there('seeds'),
      downloads: await Promise.all((await there('downloads')).map((entry) => newestIn(entry, run))),
      caches: await there('caches'),
      indexes: await there('indexes'),
      sources: await there('distfiles'),
      logs: await there('logs'),
      containers: (await keptContainers(run)).map(({ name, step, at }) => ({ name, at, isKnown: step !== undefined })),
    },
    ownRun: basename(run.logs),
  }
  return { facts, strange }
}

/** One after the other: an answer of Portage has megabytes, of which little is wanted. */
async function recordsOf(entries: readonly Entry[], { steps }: Run): Promise<Pick<Facts, 'records' | 'unreadable'>> {
  const records: KnownRecord[] = []
  const unreadable: string[] = []
  for (const { name, at } of entries) {
    const key = basename(name, '.json')
    const record = await steps.find(key)
    if (record === undefined) unreadable.push(key)
    else records.push({ id: record.id, key, at, points: pointsAt(record) })
  }
  return { records, unreadable }
}

/** Profiles and machines that a configuration has; undefined where one of them cannot be understood. */
async function ownersOf(
  config: Config,
  locks: readonly { readonly profiles: Readonly<Record<string, unknown>> }[],
  run: Run,
): Promise<ReadonlySet<string> | undefined> {
  const owners = new Set(locks.flatMap(({ profiles }) => Object.keys(profiles)))
  for (const path of new Set([config.path, ...((await knownConfigurations(run.layout)) ?? [])])) {
    if (!(await exists(path))) {
      const text = `The configuration ${path} is not there any more: what it named alone is not kept for it.`
      run.emit({ type: 'note', level: 'warning', text })
      continue
    }
    const { config: found, problems } = await inspectConfig(path)
    if (problems.some(({ severity }) => severity === 'error')) {
      const text = `The configuration ${path} has mistakes: machines that are in no configuration are kept all the same.`
      run.emit({ type: 'note', level: 'warning', text })
      return undefined
    }
    for (const { name, profile } of found.stage4s.values()) owners.add(profile).add(`${profile}/${name}`)
  }
  return owners
}

/** A folder among mirrors that is none is somebody else's. */
async function mirrorsOf(
  entries: readonly Entry[],
  { layout, signal }: Run,
  strange: string[],
): Promise<Facts['mirrors']> {
  const mirrors = new Map<string, { at: number; revisions: readonly string[] }>()
  for (const { name, at } of entries) {
    const gitDir = pathIn(layout, 'git', name)
    if (await exists(join(gitDir, 'HEAD'))) {
      const kept = await keptSnapshots({ gitDir, signal })
      mirrors.set(name, { at, revisions: kept.map(({ revision }) => revision) })
    } else strange.push(gitDir)
  }
  return mirrors
}

/** A folder is as old as the newest file in it. */
async function newestIn({ name, at }: Entry, { layout }: Run): Promise<Entry> {
  const path = pathIn(layout, 'downloads', name)
  if (!(await lstat(path)).isDirectory()) return { name, at }
  const files = await Promise.all((await readdir(path)).map((file) => lstat(join(path, file))))
  return { name, at: Math.max(at, ...files.map(({ mtimeMs }) => mtimeMs)) }
}
