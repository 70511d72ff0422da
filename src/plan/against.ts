/** What a package is built against, as far as it decides what comes out. */
import { provisions, type Provision } from './provisions.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

export interface Against {
  /** What stands in the builder's copy for each build dependency. */
  readonly build: readonly Provision[]
  /** `category/package:slot` → sub-slot of what Portage writes into the binary package for `:=` of a dependency to run. */
  readonly bound: ReadonlyMap<string, string>
  /** Ids that the answer names and does not have. */
  readonly unknown: readonly string[]
}

/**
 * The rule: direct build dependencies count, and through each of them what that one was built against. Dependencies to
 * run do not, for they change nothing in the package; but for two cases. A virtual has no files, so who provides it counts
 * in its place. And `:=` writes the slot and sub-slot of what is there into the package, so these count.
 */
export function against(resolved: Resolved): (entry: ResolvedPackage) => Against {
  const provide = provisions(resolved)
  const byId = new Map(resolved.packages.map((entry) => [entry.id, entry]))
  const throughVirtuals = (ids: readonly string[]): string[] => {
    const all = new Set(ids)
    // What is added while a set is walked is walked too.
    for (const id of all)
      if (byId.get(id)?.name.startsWith('virtual/') === true)
        for (const need of byId.get(id)?.needs ?? []) if (need.kinds.includes('run')) all.add(need.id)
    return [...all]
  }
  return ({ needs }) => {
    const of = (kind: string) => needs.filter(({ kinds }) => kinds.includes(kind)).map(({ id }) => id)
    const build = throughVirtuals(of('build'))
    const bound = of('bound').flatMap((id) => provide(id) ?? [])
    return {
      build: build.flatMap((id) => provide(id) ?? []),
      bound: new Map(bound.map(({ is }) => [`${is.name}:${is.slot}`, is.subslot])),
      unknown: build.filter((id) => provide(id) === undefined),
    }
  }
}
