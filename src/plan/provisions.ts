/** What a package is built against: the builder's own packages, or the root's. */
import { targets, type Resolved, type ResolvedPackage } from './resolved.ts'

/** What stands in the builder's copy while others are compiled. */
export interface Provision {
  /** What it is, as the answer has it. */
  readonly is: ResolvedPackage
  /** Identity of the builder's own, which stays; undefined for what is merged before. */
  readonly installed: string | undefined
}

/**
 * Who provides a dependency in the builder's copy. Fingerprints and the order of compiling both ask here, so what is
 * written down is what was compiled against.
 *
 * What a package is built against is what it will run with: where the empty root gets a package of its own, that one
 * counts. The builder's copy is taken for it only when version, slot, USE and ebuild are the same and nothing of the
 * machine is meant for that package (`particular`): an ebuild edited without a new revision, a patch, a bashrc or an entry
 * of package.env may give a library another interface, and the builder need not have them. Then the root's is merged.
 * Settings for all packages (CFLAGS …) do not count: they leave interfaces alone, and with them nothing of the builder
 * could ever be used. Nor do eclasses: what is installed does not say which it was made with.
 */
export function provisions(resolved: Resolved): (id: string) => Provision | undefined {
  const byId = new Map(resolved.packages.map((entry) => [entry.id, entry]))
  const twins = new Map(targets(resolved).map((entry) => [`${entry.name}:${entry.slot}`, entry]))
  return (id) => {
    const entry = byId.get(id)
    if (entry === undefined) return undefined
    const wanted = twins.get(`${entry.name}:${entry.slot}`) ?? entry
    if (wanted.installed !== undefined) return { is: wanted, installed: wanted.installed }
    const has = resolved.installed.find(
      (have) =>
        have.cpv === wanted.cpv &&
        have.slot === wanted.slot &&
        have.ebuild === wanted.madeFrom?.ebuild &&
        sameUse(have.use, wanted.use),
    )
    if (has?.digest !== undefined && wanted.particular !== true) return { is: wanted, installed: has.digest }
    const own = byId.get(`builder:${wanted.cpv}`)
    return { is: own === undefined || own.installed !== undefined ? wanted : own, installed: undefined }
  }
}

function sameUse(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join(' ') === b.toSorted().join(' ')
}
