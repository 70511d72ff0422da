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
  /** The machine has patches, a bashrc, settings or a saved configuration that may make this package another one. */
  readonly particular?: boolean
}

export interface Resolved {
  /** In merge order, what the builder already has last. */
  readonly packages: readonly ResolvedPackage[]
  readonly installed: readonly {
    readonly cpv: string
    readonly name: string
    readonly slot: string
    readonly use: readonly string[]
    /** The identity of what is installed, as in `ResolvedPackage.installed`; absent for what nothing could ask for. */
    readonly digest?: string
  }[]
  readonly toolchain: Json
}

export function targets(resolved: Resolved): ResolvedPackage[] {
  return resolved.packages.filter((entry) => entry.id.startsWith('target:'))
}

/** What stands in the builder's copy while others are compiled: the builder's own, or a package merged before. */
type Provision = { readonly installed: string } | { readonly merge: ResolvedPackage }

/**
 * Who provides a dependency in the builder's copy. Fingerprints and the order of compiling both ask here, so what is
 * written down is what was compiled against.
 *
 * What a package is built against is what it will run with: where the empty root gets a package of its own, that one
 * counts. The builder's copy is taken for it only when version, slot and USE are the same and nothing of the machine is
 * meant for that package (`particular`): a patch, a bashrc or an entry of package.env may give a library another
 * interface, and the builder, which has a configuration of its own, need not have them. Then the root's is merged.
 * Settings for all packages (CFLAGS …) do not count: they leave interfaces alone, and with them nothing of the builder
 * could ever be used.
 */
function provisions(resolved: Resolved): (id: string) => Provision | undefined {
  const byId = new Map(resolved.packages.map((entry) => [entry.id, entry]))
  const twins = new Map(targets(resolved).map((entry) => [`${entry.name}:${entry.slot}`, entry]))
  return (id) => {
    const entry = byId.get(id)
    if (entry === undefined) return undefined
    const wanted = twins.get(`${entry.name}:${entry.slot}`) ?? entry
    if (wanted.installed !== undefined) return { installed: wanted.installed }
    const has = resolved.installed.find(
      (have) => have.cpv === wanted.cpv && have.slot === wanted.slot && sameUse(have.use, wanted.use),
    )
    if (has?.digest !== undefined && wanted.particular !== true) return { installed: has.digest }
    const own = byId.get(`builder:${wanted.cpv}`)
    return { merge: own === undefined || own.installed !== undefined ? wanted : own }
  }
}

/** One package to be made, which the root and building may both ask for. */
interface Made {
  /** Digest of what it is, without what it is built against. */
  readonly self: string
  readonly entries: ResolvedPackage[]
  /** What it is built against: packages to be made, by `self`, and the identities of everything else. */
  readonly inside: Set<string>
  readonly outside: Set<string>
}

function packagesToMake(resolved: Resolved): Map<string, Made> {
  const provide = provisions(resolved)
  const selves = new Map<string, string>()
  const made = new Map<string, Made>()
  for (const entry of resolved.packages) {
    if (entry.installed !== undefined) continue
    const { cpv, slot, subslot, repository, use, madeFrom } = entry
    const self = digestOf({ cpv, slot, subslot, repository, use: use.toSorted(), madeFrom })
    selves.set(entry.id, self)
    const known = made.get(self)
    if (known === undefined) made.set(self, { self, entries: [entry], inside: new Set(), outside: new Set() })
    else known.entries.push(entry)
  }
  for (const node of made.values())
    for (const need of node.entries.flatMap((entry) => entry.needs)) {
      if (!need.kinds.includes('build')) continue
      const provision = provide(need.id)
      if (provision === undefined) node.outside.add(`unknown ${need.id}`)
      else if ('installed' in provision) node.outside.add(`installed ${provision.installed}`)
      else node.inside.add(selves.get(provision.merge.id) ?? `unknown ${need.id}`)
    }
  return made
}

/** Tarjan: the circles of a graph, and each node outside of them alone; what others depend on first. */
function components(nodes: ReadonlyMap<string, Made>): Made[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: Made[] = []
  const open = new Set<string>()
  const found: Made[][] = []
  const lower = (self: string, value: number) => low.set(self, Math.min(low.get(self) ?? value, value))
  const visit = (node: Made) => {
    const mine = index.size
    index.set(node.self, mine)
    low.set(node.self, mine)
    stack.push(node)
    open.add(node.self)
    for (const name of node.inside) {
      const next = nodes.get(name)
      if (next === undefined) continue
      if (!index.has(name)) {
        visit(next)
        lower(node.self, low.get(name) ?? mine)
      } else if (open.has(name)) lower(node.self, index.get(name) ?? mine)
    }
    if (low.get(node.self) !== mine) return
    const members = stack.splice(stack.indexOf(node))
    for (const member of members) open.delete(member.self)
    found.push(members)
  }
  for (const node of nodes.values()) if (!index.has(node.self)) visit(node)
  return found
}

/**
 * id → fingerprint of every package that comes from an ebuild: what made it, the toolchain, and the identities of its
 * direct build dependencies. A circle of build dependencies has one digest of all its members and of everything they need
 * from outside, so where one enters the circle makes no difference.
 */
export function fingerprints(resolved: Resolved): Map<string, string> {
  const nodes = packagesToMake(resolved)
  const marks = new Map<string, string>()
  for (const members of components(nodes)) {
    const circle = new Set(members.map((member) => member.self))
    const parts = members
      .map(({ self, inside, outside }) => {
        const build = [...inside].map((name) => (circle.has(name) ? `circle ${name}` : (marks.get(name) ?? name)))
        return { self, build: [...build, ...outside].toSorted() }
      })
      .toSorted((a, b) => (a.self < b.self ? -1 : 1))
    const digest = digestOf({ toolchain: resolved.toolchain, parts })
    for (const { self } of members) marks.set(self, digestOf({ self, digest }))
  }
  const found = new Map<string, string>()
  for (const { self, entries } of nodes.values())
    for (const entry of entries) found.set(entry.id, marks.get(self) ?? self)
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
        return provision !== undefined && 'merge' in provision ? [provision.merge] : []
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
    for (const next of picks(entry, ['build'])) require(next)
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
    }
    sorted.set(entry.cpv, entry)
  }
  for (const entry of byPortage(merge.values())) place(entry)
  return { merge: [...sorted.values()], build }
}

const RUNNING = ['run', 'post', 'install']

function sameUse(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join(' ') === b.toSorted().join(' ')
}
