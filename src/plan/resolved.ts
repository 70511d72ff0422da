/** Portage's answer for an empty root, and what follows from it: fingerprints, and the order of compiling. */
import { digestOf, type Json } from './json.ts'

export interface Need {
  readonly id: string
  /** `build` (DEPEND, BDEPEND), `run` (RDEPEND), `post` (PDEPEND), `install` (IDEPEND). */
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
  readonly madeFrom?: Json
  readonly distfiles?: readonly string[]
  readonly restrict?: readonly string[]
}

export interface Resolved {
  /** In merge order, what the builder already has last. */
  readonly packages: readonly ResolvedPackage[]
  readonly installed: readonly {
    readonly cpv: string
    readonly name: string
    readonly slot: string
    readonly use: readonly string[]
  }[]
  readonly toolchain: Json
}

export function targets(resolved: Resolved): ResolvedPackage[] {
  return resolved.packages.filter((entry) => entry.id.startsWith('target:'))
}

/** The package of the empty root that an installed one of the builder stands for, if there is one. */
function twinOf(
  entry: { readonly name: string; readonly slot: string },
  resolved: Resolved,
): ResolvedPackage | undefined {
  return resolved.packages.find(
    (other) => other.id.startsWith('target:') && other.name === entry.name && other.slot === entry.slot,
  )
}

/**
 * id → fingerprint of every package that comes from an ebuild: what made it, the toolchain, and the fingerprints of its
 * direct build dependencies. What a package is built against is what it will run with: where the empty root gets a package
 * of its own, that one counts, not the builder's copy. A circle of build dependencies counts by name and flags where it closes.
 */
export function fingerprints(resolved: Resolved): Map<string, string> {
  const byId = new Map(resolved.packages.map((entry) => [entry.id, entry]))
  const found = new Map<string, string>()
  const open = new Set<string>()
  const identity = (id: string): string => {
    const entry = byId.get(id)
    if (entry === undefined) return `unknown ${id}`
    const made = entry.installed === undefined ? entry : twinOf(entry, resolved)
    return made === undefined ? `installed ${entry.installed ?? ''}` : fingerprint(made)
  }
  const fingerprint = (entry: ResolvedPackage): string => {
    const known = found.get(entry.id)
    if (known !== undefined) return known
    const self = `${entry.cpv} ${entry.use.join(' ')}`
    if (open.has(self)) return `circle ${self}`
    open.add(self)
    const build = entry.needs.filter((need) => need.kinds.includes('build')).map((need) => identity(need.id))
    open.delete(self)
    const { cpv, slot, subslot, repository, use, madeFrom } = entry
    const value = digestOf({
      cpv,
      slot,
      subslot,
      repository,
      use,
      madeFrom,
      toolchain: resolved.toolchain,
      build: build.toSorted(),
    })
    found.set(entry.id, value)
    return value
  }
  for (const entry of resolved.packages) if (entry.installed === undefined) fingerprint(entry)
  return found
}

/**
 * version → fingerprint. What the empty root gets and what building it merges into the builder's copy is one package.
 * @throws Error when the two were asked for differently: then one binary package could not serve both
 */
export function packagesToHave(resolved: Resolved): Map<string, string> {
  const marks = fingerprints(resolved)
  const wanted = new Map<string, string>()
  for (const { id, cpv } of resolved.packages) {
    const mark = marks.get(id)
    if (mark === undefined) continue
    if ((wanted.get(cpv) ?? mark) !== mark)
      throw new Error(`${cpv} is wanted in two ways at once, for the root and for building`)
    wanted.set(cpv, mark)
  }
  return wanted
}

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
  const byId = new Map(resolved.packages.map((entry) => [entry.id, entry]))
  const order = new Map(resolved.packages.map((entry, index) => [entry.id, index]))
  const merge = new Map<string, ResolvedPackage>()
  const visited = new Set<string>()

  /** The entry that must be merged so that the builder's copy has `entry`, or undefined when it has it already. */
  const toMerge = (entry: ResolvedPackage): ResolvedPackage | undefined => {
    const wanted = twinOf(entry, resolved) ?? entry
    const has = resolved.installed.some(
      (have) => have.cpv === wanted.cpv && have.slot === wanted.slot && sameUse(have.use, wanted.use),
    )
    if (has || wanted.installed !== undefined) return undefined
    const own = byId.get(`builder:${wanted.cpv}`)
    return own === undefined || own.installed !== undefined ? wanted : own
  }
  const require = (id: string) => {
    const entry = byId.get(id)
    const picked = entry === undefined ? undefined : toMerge(entry)
    if (picked === undefined || merge.has(picked.cpv)) return
    merge.set(picked.cpv, picked)
    follow(picked, ['run', 'post', 'install'])
    if (isMissing(picked)) compile(picked)
  }
  const follow = (entry: ResolvedPackage, kinds: readonly string[]) => {
    for (const need of entry.needs) if (need.kinds.some((kind) => kinds.includes(kind))) require(need.id)
  }
  const compile = (entry: ResolvedPackage) => {
    if (visited.has(entry.cpv)) return
    visited.add(entry.cpv)
    follow(entry, ['build'])
  }
  // What a package asks of "/" at install time (IDEPEND) needs a binary package too: the assembly merges it there.
  const helpers = resolved.packages.filter((entry) => entry.installed === undefined && isMissing(entry))
  for (const entry of helpers) compile(entry)
  const build = helpers.filter(
    (entry, index) => !merge.has(entry.cpv) && helpers.findIndex((other) => other.cpv === entry.cpv) === index,
  )
  const inOrder = [...merge.values()].toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
  return { merge: build.length === 0 && inOrder.every((entry) => !isMissing(entry)) ? [] : inOrder, build }
}

function sameUse(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join(' ') === b.toSorted().join(' ')
}
