/**
 * The order in which a root is assembled: a function of Portage's answer alone, the same on every host, and alike for
 * machines whose sets begin alike.
 */
import type { Resolved, ResolvedPackage } from './resolved.ts'

/** A package, and what it goes into: the machine's root, or `/` of the container, where IDEPEND wants it. */
export interface Merge {
  readonly entry: ResolvedPackage
  readonly into: 'target' | 'builder'
}

/** What one argument of the machine (`@system`, `@SET`) adds to the root, in the order of merging. */
export interface Segment {
  readonly argument: string
  readonly merges: readonly Merge[]
}

/** acct-* packages and others want ROOT/etc and the basic folders to be there before them. */
const FIRST = 'sys-apps/baselayout'

/**
 * What an argument adds is what it names and all that needs to run, less what is there. A package comes after what it
 * needs (RDEPEND, and IDEPEND in `/`), before what it only wants afterwards (PDEPEND); names decide where nothing else
 * does, and where packages need each other.
 * @param argumentsInOrder as the machine lists them; their packages are in `resolved.asked`
 */
export function assemblyOrder(resolved: Resolved, argumentsInOrder: readonly string[]): Segment[] {
  const byId = new Map(resolved.packages.map((entry) => [entry.id, entry]))
  const names = (ids: readonly string[]) =>
    ids.flatMap((id) => byId.get(id) ?? []).toSorted((a, b) => (a.cpv < b.cpv ? -1 : a.cpv > b.cpv ? 1 : 0))
  const needed = (entry: ResolvedPackage, kinds: readonly string[], where: 'target' | 'builder') =>
    names(
      entry.needs
        .filter((need) => need.id.startsWith(`${where}:`) && need.kinds.some((kind) => kinds.includes(kind)))
        .map((need) => need.id),
    )
  const begun = new Set<string>()
  /** What IDEPEND wants in `/` is wanted again in each segment: a segment may begin on what another container left. */
  let helped = new Set<string>()

  const help = (entry: ResolvedPackage, merges: Merge[]) => {
    if (entry.installed !== undefined || helped.has(entry.id)) return
    helped.add(entry.id)
    for (const before of needed(entry, ['run', 'install'], 'builder')) help(before, merges)
    merges.push({ entry, into: 'builder' })
    for (const after of needed(entry, ['post'], 'builder')) help(after, merges)
  }
  const place = (entry: ResolvedPackage, merges: Merge[]) => {
    if (begun.has(entry.id)) return
    begun.add(entry.id)
    for (const before of needed(entry, ['run'], 'target')) place(before, merges)
    for (const helper of needed(entry, ['install'], 'builder')) help(helper, merges)
    merges.push({ entry, into: 'target' })
    for (const after of needed(entry, ['post'], 'target')) place(after, merges)
  }
  const targets = names(resolved.packages.map((entry) => entry.id).filter((id) => id.startsWith('target:')))
  return argumentsInOrder
    .map((argument, index) => {
      helped = new Set()
      const merges: Merge[] = []
      if (index === 0) for (const entry of targets) if (entry.name === FIRST) place(entry, merges)
      for (const entry of names(resolved.asked[argument] ?? [])) place(entry, merges)
      // Nothing of the answer is left out, whoever wanted it.
      if (index === argumentsInOrder.length - 1) for (const entry of targets) place(entry, merges)
      return { argument, merges }
    })
    .filter((segment) => segment.merges.length > 0)
}
