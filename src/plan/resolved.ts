/** Portage's answer for an empty root, as data. */
import type { Json, JsonRecord } from './json.ts'

export interface Need {
  readonly id: string
  /**
   * `build` (DEPEND, BDEPEND), `run` (RDEPEND), `post` (PDEPEND), `install` (IDEPEND); `bound` where one of the latter three
   * has `:=`, so that the slot and sub-slot of what is there are written into the package.
   */
  readonly kinds: readonly string[]
}

export interface ResolvedPackage {
  /** `target:CPV` for the empty root, `builder:CPV` for what building needs in `/`. */
  readonly id: string
  readonly cpv: string
  /** `category/package`. */
  readonly name: string
  readonly version: string
  readonly slot: string
  readonly subslot: string
  readonly repository: string
  readonly use: readonly string[]
  readonly needs: readonly Need[]
  /** The builder has it: the identity of what is installed. Absent for what has to come from an ebuild. */
  readonly installed?: string
  /** Everything that decides what the ebuild becomes, except its build dependencies. */
  readonly madeFrom?: JsonRecord
  /** Digest of the settings that decide what merging its binary package does; there for what comes from an ebuild. */
  readonly merging?: string
  readonly distfiles?: readonly string[]
  readonly restrict?: readonly string[]
  /** Of the distfiles those that no program may fetch (RESTRICT="fetch"), and what its pkg_nofetch says. */
  readonly byHand?: { readonly files: readonly string[]; readonly words: readonly string[] }
  /** The machine has patches, a bashrc, settings or a saved configuration that may make this package another one. */
  readonly particular?: boolean
}

export interface Resolved {
  /** In merge order, what the builder already has last. */
  readonly packages: readonly ResolvedPackage[]
  /** Each argument of the resolve (`@system`, `@SET`) → ids of the packages that it or a set nested in it names. */
  readonly asked: Readonly<Record<string, readonly string[]>>
  readonly installed: readonly {
    readonly cpv: string
    readonly name: string
    readonly slot: string
    readonly use: readonly string[]
    /** The identity of what is installed, as in `ResolvedPackage.installed`; absent for what nothing could ask for. */
    readonly digest?: string
    /** Digest of the ebuild that it was made from, as in `madeFrom`. */
    readonly ebuild?: string
  }[]
  readonly toolchain: Json
}

export function targets(resolved: Resolved): ResolvedPackage[] {
  return resolved.packages.filter((entry) => entry.id.startsWith('target:'))
}
