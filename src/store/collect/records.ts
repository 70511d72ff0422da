/** Which records stay, and which repositories' revisions. Pure. */
import type { Use } from '../steps.ts'
import type { Facts, Going, KnownRecord, Policy } from './facts.ts'

export const UNNAMED = 'no lock and no published stage4 names it'

/**
 * Revisions of each repository that stay: the named ones, and the newest besides those that locks have, so that going back needs no
 * network.
 */
export function snapshotsToKeep({
  mirrors,
  named,
  locked,
}: Pick<Facts, 'mirrors' | 'named' | 'locked'>): ReadonlyMap<string, ReadonlySet<string>> {
  const keep = new Map<string, Set<string>>([...named].map(([name, revisions]) => [name, new Set(revisions)]))
  for (const [name, { revisions }] of mirrors) {
    const inLocks = locked.get(name)
    if (inLocks === undefined) continue
    const back = revisions.find((revision) => !inLocks.has(revision))
    if (back !== undefined) keep.set(name, new Set([...(keep.get(name) ?? []), back]))
  }
  return keep
}

/** Whether the record of a repository's tree stays: only its revision decides. */
export function isKeptSnapshot(
  { points }: Pick<KnownRecord, 'points'>,
  keep: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const { snapshot } = points
  return snapshot !== undefined && keep.get(snapshot.repository)?.has(snapshot.revision) === true
}

/** Steps whose outputs belong to one machine or profile: `KIND:OWNER`. */
const OWNED = /^(?:seed|builder|resolve|fetch|compile|root|finish|pack|sign):(.+)$/s
/** Steps that give a repository's tree. */
const OF_REPOSITORY = /^(?:repository|snapshot):/
/** What roots are put together on: each has an id of its own, so there is no newest one. */
const OF_LAYER = /^layer:/
const OF_EARLIER_ROOTS = 'of roots of earlier states'

export function decideRecords(
  facts: Facts,
  { keep, older }: Policy,
  snapshots: ReadonlyMap<string, ReadonlySet<string>>,
) {
  const isYoung = (at: number) => older !== undefined && facts.now - at <= older
  const byKey = new Map(facts.records.map((record) => [record.key, record]))
  const stay = new Set(facts.records.filter((record) => isKeptSnapshot(record, snapshots)).map(({ key }) => key))
  const whys = new Map<string, string>()
  const dead = new Set<string>()
  const usesById = usesOfEach(facts)
  for (const [id, uses] of usesById) {
    if (OF_LAYER.test(id)) continue
    const owner = OWNED.exec(id)?.[1]
    const isLive = owner === undefined || facts.owners === undefined || facts.owners.has(owner)
    if (!isLive) dead.add(id)
    const there = uses.filter(({ key }) => byKey.has(key))
    for (const [nth, { key, at }] of there.entries()) {
      if (OF_REPOSITORY.test(id)) whys.set(key, UNNAMED)
      else if ((isLive && nth < Math.max(1, keep)) || isYoung(at)) stay.add(key)
      else if (!whys.has(key) || isLive)
        whys.set(key, isLive ? statesAgo(keep) : 'no configuration has its machine or profile')
    }
  }
  for (const { key } of layersToKeep(facts.records, stay, usesById, isYoung)) stay.add(key)
  for (const { key, id } of facts.records) if (OF_LAYER.test(id)) whys.set(key, OF_EARLIER_ROOTS)
  for (const id of usesById.keys()) if (OF_LAYER.test(id)) dead.add(id)
  const going = facts.records
    .filter(({ key }) => !stay.has(key))
    .map(({ key }): Going => ({ what: 'record', name: key, why: whys.get(key) ?? UNNAMED }))
  const unreadable = facts.unreadable.map((key): Going => ({ what: 'record', name: key, why: 'it cannot be read' }))
  const kept = new Set(facts.records.filter(({ key }) => stay.has(key)).map(({ id }) => id))
  return { stay, whys, going: [...going, ...unreadable], deadSteps: [...dead].filter((id) => !kept.has(id)).toSorted() }
}

/** Uses are noted no oftener, in milliseconds: see `StepStore.use`. */
const COARSE = 24 * 60 * 60 * 1000

/** Layers that something which stays is made of, and those that were in use when the roots that stay were made. */
function layersToKeep(
  records: readonly KnownRecord[],
  stay: ReadonlySet<string>,
  uses: ReadonlyMap<string, readonly Use[]>,
  isYoung: (at: number) => boolean,
): KnownRecord[] {
  const staying = records.filter(({ key }) => stay.has(key))
  const needed = new Set(staying.flatMap(layersOf))
  const since = Math.min(...staying.filter(({ id }) => id.startsWith('root:')).map(({ at }) => at)) - COARSE
  return records.filter((record) => {
    if (!OF_LAYER.test(record.id)) return false
    const used = Math.max(record.at, ...(uses.get(record.id) ?? []).map(({ at }) => at))
    return used >= since || isYoung(used) || layersOf(record).some((layer) => needed.has(layer))
  })
}

function layersOf({ points }: KnownRecord): string[] {
  return points.trees.flatMap(({ layers }) => layers)
}

function statesAgo(keep: number): string {
  return keep === 1 ? 'of an earlier state than the newest' : `of an earlier state than the newest ${keep}`
}

/** Step → what it used, the newest first. A record that nobody noted a use of was used when it was written. */
function usesOfEach({ records, uses }: Pick<Facts, 'records' | 'uses'>): Map<string, Use[]> {
  const noted = new Map<string, Map<string, Use>>()
  const note = (use: Use) => {
    const known = noted.get(use.id) ?? new Map<string, Use>()
    noted.set(use.id, known)
    if ((known.get(use.key)?.at ?? -Infinity) < use.at) known.set(use.key, use)
  }
  uses.forEach(note)
  for (const { id, key, at } of records) if (noted.get(id)?.has(key) !== true) note({ id, key, at })
  return new Map([...noted].map(([id, known]) => [id, [...known.values()].toSorted((a, b) => b.at - a.at)]))
}
