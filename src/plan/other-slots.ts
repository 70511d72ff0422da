/** What `:=` must not take. */
import { provisions } from './provisions.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

/**
 * What Portage writes into a package for `:=` is the highest version that is installed where it is compiled, in whatever slot.
 * The builder may have one in a slot that the machine masks: the package would want what its root does not have.
 * @param isMissing whether a package is going to be compiled
 * @returns versions that the builder has in slots that nobody asks for, of packages that `:=` binds to
 */
export function otherSlots(resolved: Resolved, isMissing: (entry: ResolvedPackage) => boolean): string[] {
  const provide = provisions(resolved)
  const needed = new Set(resolved.packages.flatMap(({ needs }) => needs.map(({ id }) => id)))
  const slots = new Set(
    resolved.packages
      .filter(({ id }) => id.startsWith('target:') || needed.has(id))
      .map(({ name, slot }) => `${name}:${slot}`),
  )
  const bound = new Set(
    resolved.packages
      .filter((entry) => entry.installed === undefined && isMissing(entry))
      .flatMap(({ needs }) => needs.filter(({ kinds }) => kinds.includes('bound')))
      .flatMap(({ id }) => provide(id)?.is.name ?? []),
  )
  return resolved.installed
    .filter(({ name, slot }) => bound.has(name) && !slots.has(`${name}:${slot}`))
    .map(({ cpv }) => cpv)
}
