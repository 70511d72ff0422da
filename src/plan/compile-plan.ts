/** The order of compiling: what is merged into the builder's copy, and what is only compiled. */
import { provisions } from './provisions.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

const RUNNING = ['run', 'post', 'install']
/** What has to stand in the builder's copy; `:=` takes the sub-slot of what stands there. */
const BUILDING = ['build', 'bound']

export interface CompilePlan {
  /** Merged into the builder's copy, in this order, from a binary package where there is one: what the others build with. */
  readonly merge: readonly ResolvedPackage[]
  /** Only compiled. */
  readonly build: readonly ResolvedPackage[]
}

/**
 * What a throw-away copy of the builder does so that every missing package is compiled once, against what the
 * root will have.
 * @param isMissing whether a package has none
 */
export function compilePlan(resolved: Resolved, isMissing: (entry: ResolvedPackage) => boolean): CompilePlan {
  const provide = provisions(resolved)
  const order = new Map(resolved.packages.map((entry, index) => [entry.id, index]))
  const merge = new Map<string, ResolvedPackage>()
  const visited = new Set<string>()
  const sameVersion = new Map<string, ResolvedPackage[]>()
  for (const entry of resolved.packages)
    if (entry.installed === undefined) sameVersion.set(entry.cpv, [...(sameVersion.get(entry.cpv) ?? []), entry])
  const picks = (entry: ResolvedPackage, kinds: readonly string[]): ResolvedPackage[] =>
    (sameVersion.get(entry.cpv) ?? [])
      .flatMap((other) => other.needs)
      .filter((need) => need.kinds.some((kind) => kinds.includes(kind)))
      .flatMap((need) => {
        const provision = provide(need.id)
        return provision !== undefined && provision.installed === undefined ? [provision.is] : []
      })
  const require = (picked: ResolvedPackage) => {
    if (merge.has(picked.cpv)) return
    merge.set(picked.cpv, picked)
    for (const next of picks(picked, RUNNING)) require(next)
    if (isMissing(picked)) compile(picked)
  }
  const compile = (entry: ResolvedPackage) => {
    if (visited.has(entry.cpv)) return
    visited.add(entry.cpv)
    for (const next of picks(entry, BUILDING)) require(next)
  }
  // What a package asks of "/" at install time (IDEPEND) needs a binary package too: the assembly merges it there.
  const helpers = resolved.packages.filter((entry) => entry.installed === undefined && isMissing(entry))
  for (const entry of helpers) compile(entry)
  const build = helpers.filter(
    (entry, index) => !merge.has(entry.cpv) && helpers.findIndex((other) => other.cpv === entry.cpv) === index,
  )
  if (build.length === 0 && [...merge.values()].every((entry) => !isMissing(entry))) return { merge: [], build }

  const byPortage = (entries: Iterable<ResolvedPackage>) =>
    [...entries].toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
  // Portage's order knows nothing of packages of the root that are merged in place of the builder's: what a package is
  // built with, and what that needs to run, goes before it. In a circle Portage's order stands.
  const sorted = new Map<string, ResolvedPackage>()
  const begun = new Set<string>()
  /** Whether compiling one package, or what it needs, takes the other: then it cannot stand there before. */
  const waitsFor = (one: ResolvedPackage, other: ResolvedPackage): boolean => {
    const all = new Map([[one.cpv, one]])
    for (const [, next] of all) for (const need of picks(next, [...RUNNING, 'build'])) all.set(need.cpv, need)
    return all.has(other.cpv)
  }
  const place = (entry: ResolvedPackage) => {
    if (begun.has(entry.cpv)) return
    begun.add(entry.cpv)
    if (isMissing(entry)) {
      const before = new Map<string, ResolvedPackage>()
      const add = (one: ResolvedPackage) => {
        if (before.has(one.cpv)) return
        before.set(one.cpv, one)
        for (const next of picks(one, RUNNING)) add(next)
      }
      for (const next of picks(entry, ['build'])) add(next)
      for (const next of byPortage(before.values())) place(next)
      for (const next of byPortage(picks(entry, ['bound']))) if (!waitsFor(next, entry)) place(next)
    }
    sorted.set(entry.cpv, entry)
  }
  for (const entry of byPortage(merge.values())) place(entry)
  return { merge: [...sorted.values()], build }
}
