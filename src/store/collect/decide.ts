/**
 * What may go from a data directory, and why. Pure: decided over facts alone. Roots are what locks and published stage4s
 * name, the newest states of every step that a configuration may still ask for, and what failed; whatever they point at
 * stays with them. Trees are the engine's: those of records that stay, stay.
 */
import type { Decision, Entry, Facts, Going, KnownRecord, Policy, What } from './facts.ts'
import { decideRecords, snapshotsToKeep, UNNAMED } from './records.ts'

const UNLOCKED = 'no lock has its repository'

const DAY = 24 * 60 * 60 * 1000

/** What nothing but age takes: logs, downloads to go on with, containers to look at. */
const USUAL_AGE = 30 * DAY

export function decide(facts: Facts, policy: Policy): Decision {
  const snapshots = snapshotsToKeep(facts)
  const records = decideRecords(facts, policy, snapshots)
  const staying = facts.records.filter(({ key }) => records.stay.has(key))
  const leaving = facts.records.filter(({ key }) => !records.stay.has(key))
  const isOld = olderThan(facts.now, policy.older ?? USUAL_AGE)
  // One that was just fetched may be in the middle of its bootstrap, which made no room for it.
  const isSettled = olderThan(facts.now, policy.older ?? DAY)
  const sources = decideSources(facts, staying, leaving)
  return {
    going: [
      ...records.going,
      ...decidePackages(facts, staying, leaving, { isOld, whys: records.whys }),
      ...decidePacked(facts, staying, records.whys),
      ...sources.going,
      ...decideMirrors(facts, snapshots, isOld),
      ...facts.found.stage3s
        .filter((entry) => !facts.seeds.has(entry.name) && isSettled(entry))
        .map(becoming('stage3', UNNAMED)),
      ...[
        ...facts.found.caches.map(becoming('cache', UNLOCKED)),
        ...facts.found.indexes.map(becoming('index', UNLOCKED)),
      ].filter(({ name }) => !facts.locked.has(name)),
      ...facts.found.downloads.filter(isOld).map(becoming('download', 'never gone on with')),
      ...decideLogs(facts, isOld),
      ...facts.found.containers
        .filter((one) => !one.isKnown || isOld(one))
        .map((one) =>
          becoming('container', one.isKnown ? 'a failure that nobody looked at lately' : 'no step knows it')(one),
        ),
    ],
    records: records.stay,
    deadSteps: records.deadSteps,
    strangeSources: sources.strange,
  }
}

function decidePackages(
  { found }: Facts,
  staying: readonly KnownRecord[],
  leaving: readonly KnownRecord[],
  { isOld, whys }: { readonly isOld: (entry: Entry) => boolean; readonly whys: ReadonlyMap<string, string> },
): Going[] {
  const needed = new Set(staying.flatMap(({ points }) => points.packages))
  const known = new Map(
    leaving.flatMap(({ key, points }) => points.packages.map((mark) => [mark, whys.get(key) ?? UNNAMED] as const)),
  )
  return found.packages.flatMap((entry) => {
    if (needed.has(entry.name)) return []
    const why = known.get(entry.name)
    if (why !== undefined) return [becoming('package', why)(entry)]
    // Of a step that did not come to its end: the next one goes on with it.
    return isOld(entry) ? [becoming('package', 'no step that came to its end has it')(entry)] : []
  })
}

function decidePacked({ found }: Facts, staying: readonly KnownRecord[], whys: ReadonlyMap<string, string>): Going[] {
  const needed = new Set(staying.flatMap(({ points }) => points.packed))
  return found.packed
    .filter(({ name }) => !needed.has(name))
    .map((entry) => becoming('packed', whys.get(entry.name) ?? 'no step knows it')(entry))
}

function decideSources({ found }: Facts, staying: readonly KnownRecord[], leaving: readonly KnownRecord[]) {
  const needed = new Set(staying.flatMap(({ points }) => points.sources))
  const known = new Set(leaving.flatMap(({ points }) => points.sources))
  const others = found.sources.filter(({ name }) => !needed.has(name))
  return {
    going: others.filter(({ name }) => known.has(name)).map(becoming('source', 'of packages that no kept state has')),
    strange: others.filter(({ name }) => !known.has(name)).map(({ name }) => name),
  }
}

function decideMirrors(
  { mirrors, locked }: Facts,
  keep: ReadonlyMap<string, ReadonlySet<string>>,
  isOld: (entry: Entry) => boolean,
): Going[] {
  return [...mirrors].flatMap(([name, { at, revisions }]): Going[] => {
    const kept = keep.get(name)
    const unnamed = revisions.filter((revision) => kept?.has(revision) !== true)
    const isWanted = locked.has(name) || unnamed.length < revisions.length
    // One that holds nothing yet may be in the middle of its first sync.
    if (!isWanted && (revisions.length > 0 || isOld({ name, at }))) return [{ what: 'mirror', name, why: UNNAMED }]
    return unnamed.map((revision) => ({ what: 'snapshot', name: `${name} ${revision}`, why: UNNAMED }))
  })
}

/** The newest run stays, and the newest one before each container that is kept: it says why it is. */
function decideLogs({ found, ownRun }: Facts, isOld: (entry: Entry) => boolean): Going[] {
  const runs = found.logs.filter(({ name }) => name !== ownRun).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const stay = new Set([runs.at(-1)?.name])
  for (const { at } of found.containers.filter((one) => one.isKnown && !isOld(one)))
    stay.add(runs.findLast((run) => startOf(run.name) <= at)?.name)
  return runs.filter((run) => !stay.has(run.name) && isOld(run)).map(becoming('log', 'of a run long ago'))
}

/** `20260101T000000Z-pipeline` → milliseconds since the epoch. */
function startOf(run: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(run) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function olderThan(now: number, age: number): (entry: Entry) => boolean {
  return ({ at }) => now - at > age
}

function becoming(what: What, why: string): (entry: Entry) => Going {
  return ({ name }) => ({ what, name, why })
}
