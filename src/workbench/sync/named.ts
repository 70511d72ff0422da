/** Which revisions of repositories are named by something, and so are kept. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { inspectLock, type Lock } from '../../config/lock.ts'
import { layoutOf, type Layout } from '../../store/layout.ts'
import { readJson } from '../../store/steps.ts'
import { writeWhole } from '../../system/files.ts'

/** Repository → revision → who names it: `the lock`, or a published build such as `porch/20260101T000000Z-…`. */
export type Named = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

const sources = v.object({ repositories: v.record(v.string(), v.object({ revision: v.string() })) })

export async function namedRevisions(locks: readonly Lock[], data: string): Promise<Named> {
  const named = new Map<string, Map<string, string[]>>()
  const name = (repository: string, revision: string, by: string) => {
    const revisions = named.get(repository) ?? new Map<string, string[]>()
    named.set(repository, revisions)
    revisions.set(revision, [...(revisions.get(revision) ?? []), by])
  }
  for (const lock of locks)
    for (const [repository, { revision }] of Object.entries(lock.repositories)) name(repository, revision, 'the lock')
  for (const { build, file } of await publishedSources(data))
    for (const [repository, { revision }] of Object.entries(await readSources(file))) name(repository, revision, build)
  return named
}

/** The locks of all configurations that were synced into this data directory, but for those that are gone or broken. */
export async function otherLocks(layout: Layout, config: string): Promise<Lock[]> {
  const known = (await readJson<readonly string[]>(layout.configurations)) ?? []
  const inspected = await Promise.all(
    known.filter((path) => path !== config).map((path) => inspectLock(path).catch(() => undefined)),
  )
  return inspected.flatMap((found) => (found === undefined ? [] : [found.lock]))
}

/** Remembers that a configuration's snapshots are in this data directory. */
export async function rememberConfiguration(layout: Layout, config: string): Promise<void> {
  const known = (await readJson<readonly string[]>(layout.configurations)) ?? []
  if (!known.includes(config)) await writeWhole(layout.configurations, JSON.stringify([...known, config].toSorted()))
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

/** What somebody has edited names nothing. */
async function readSources(file: string): Promise<Readonly<Record<string, { readonly revision: string }>>> {
  try {
    const read = v.safeParse(sources, JSON.parse(await readFile(file, 'utf8')))
    return read.success ? read.output.repositories : {}
  } catch {
    return {}
  }
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).toSorted()
}
