/** Identities of packages: what made them, and what they were built against. */
import { digestOf } from './json.ts'
import { provisions } from './provisions.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

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
