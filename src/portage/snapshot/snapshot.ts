/** What a pinned revision of an ebuild repository has, as data. */
import type { Atom } from '../atoms/atom.ts'
import { matches, matchesName, type Candidate } from '../atoms/match.ts'

export interface Snapshot {
  readonly repository: string
  /** Commit id. */
  readonly revision: string
  /** As `category/package`, sorted. */
  readonly names: readonly string[]
  /** `profiles/categories`: where Portage looks for packages, together with those of the other repositories. */
  readonly categories: readonly string[]
  /** `profiles/arch.list`. */
  readonly arches: readonly string[]
  /** `profiles/license_groups`: licenses, and other groups as `@GROUP`. */
  readonly licenseGroups: ReadonlyMap<string, readonly string[]>
  /** Names of the package sets it brings, without `@`. */
  readonly sets: readonly string[]
  /** Folders below `profiles/`: what a profile may be. */
  readonly profiles: readonly string[]
  /** Oldest first; none for a name that is not there. */
  readonly versionsOf: (name: string) => readonly SnapshotPackage[]
}

/** An ebuild. What its repository ships no metadata for (`metadata/md5-cache`) is undefined: then only its name is known. */
export interface SnapshotPackage extends Candidate {
  readonly repository: string
  readonly slot: string | undefined
  readonly subSlot: string | undefined
  /** As the ebuild says, `~amd64`, `-*`. */
  readonly keywords: readonly string[] | undefined
  /** Flags without the sign of their default. Profiles add more to every package: `amd64`, `kernel_linux` … */
  readonly iuse: readonly string[] | undefined
}

/** Those that an atom means, sorted by name, the oldest version first. They are made as they are asked for. */
export function* meantBy(atom: Atom, snapshot: Snapshot): Generator<SnapshotPackage> {
  if (!atom.extended) return yield* snapshot.versionsOf(atom.cp).filter((one) => matches(atom, one))
  for (const name of snapshot.names) {
    const slash = name.indexOf('/')
    if (!matchesName(atom, { category: name.slice(0, slash), package: name.slice(slash + 1) })) continue
    for (const one of snapshot.versionsOf(name)) if (matches(atom, one)) yield one
  }
}
