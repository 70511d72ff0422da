/** What locks and published builds name, and so is kept: revisions of repositories, stage3s. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { inspectLock, type Lock } from '../config/lock.ts'
import type { Emit } from '../events.ts'
import { exists, namesIn } from '../system/files.ts'
import { knownConfigurations } from './configurations.ts'
import { layoutOf, type Layout } from './layout.ts'

export interface Named {
  /** Repository → revision → who names it: `the lock`, or a published build such as `porch/20260101T000000Z-…`. */
  readonly revisions: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** sha512 of stage3s. */
  readonly seeds: ReadonlySet<string>
}

const sources = v.object({
  seed: v.optional(v.object({ sha512: v.string() })),
  repositories: v.record(v.string(), v.object({ revision: v.string() })),
})
type Sources = v.InferOutput<typeof sources>

export async function namedBy(locks: readonly Lock[], data: string): Promise<Named> {
  const revisions = new Map<string, Map<string, string[]>>()
  const seeds = new Set<string>()
  const name = (repository: string, revision: string, by: string) => {
    const known = revisions.get(repository) ?? new Map<string, string[]>()
    revisions.set(repository, known)
    known.set(revision, [...(known.get(revision) ?? []), by])
  }
  for (const lock of locks) {
    for (const [repository, { revision }] of Object.entries(lock.repositories)) name(repository, revision, 'the lock')
    for (const { sha512 } of Object.values(lock.profiles)) seeds.add(sha512)
  }
  for (const { build, file } of await publishedSources(data)) {
    const { seed, repositories } = await readSources(file)
    for (const [repository, { revision }] of Object.entries(repositories)) name(repository, revision, build)
    if (seed !== undefined) seeds.add(seed.sha512)
  }
  return { revisions, seeds }
}

/** Repository → revisions that locks have. */
export function lockedBy(locks: readonly Lock[]): Map<string, Set<string>> {
  const locked = new Map<string, Set<string>>()
  for (const lock of locks)
    for (const [name, { revision }] of Object.entries(lock.repositories))
      locked.set(name, new Set([...(locked.get(name) ?? []), revision]))
  return locked
}

/**
 * Locks of the other configurations that work with this data directory. One that cannot be read, in the middle of a merge
 * say, might name anything: then undefined, and nothing is to be removed.
 */
export async function otherLocks(
  { layout, emit }: { readonly layout: Layout; readonly emit: Emit },
  config: string,
): Promise<Lock[] | undefined> {
  const known = await knownConfigurations(layout)
  if (known === undefined)
    return nothingIsRemoved(emit, `${layout.configurations} cannot be read`, {
      hint: 'take it away: every configuration is noted there again when it is next used',
    })
  const locks: Lock[] = []
  for (const path of known) {
    if (path === config || !(await exists(path))) continue
    const { lock, problem } = await inspectLock(path)
    if (problem !== undefined)
      return nothingIsRemoved(emit, `the lock of ${path}, which works with this data directory too, cannot be read`)
    locks.push(lock)
  }
  return locks
}

function nothingIsRemoved(emit: Emit, why: string, hint: { readonly hint?: string } = {}): undefined {
  emit({ type: 'note', level: 'warning', text: `Nothing old is removed: ${why}.`, ...hint })
}

/** `TARBALL.sources` of every published build; one of an earlier version of this program has none. */
async function publishedSources(data: string): Promise<{ build: string; file: string }[]> {
  const { stages } = layoutOf(data)
  const found: { build: string; file: string }[] = []
  for (const machine of await names(stages))
    for (const build of (await names(join(stages, machine))).filter((one) => one !== 'latest' && !one.startsWith('.')))
      for (const file of await names(join(stages, machine, build)))
        if (file.endsWith('.sources'))
          found.push({ build: `${machine}/${build}`, file: join(stages, machine, build, file) })
  return found
}

const NOTHING: Sources = { repositories: {} }

/** What somebody has edited names nothing. */
async function readSources(file: string): Promise<Sources> {
  try {
    const read = v.safeParse(sources, JSON.parse(await readFile(file, 'utf8')))
    return read.success ? read.output : NOTHING
  } catch {
    return NOTHING
  }
}

async function names(folder: string): Promise<string[]> {
  return (await namesIn(folder)).toSorted()
}
