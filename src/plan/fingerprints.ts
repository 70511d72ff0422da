/** Identities of packages: what made them, and what they were built against. */
import { against, type Against } from './against.ts'
import { onceFor } from '../portage/once.ts'
import { components } from './components.ts'
import { digestOf, type Json, type JsonRecord } from './json.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

/** One package to be made, which the root and building may both ask for. */
interface Made {
  /** What it is, without what it is built against. */
  readonly own: JsonRecord
  readonly ids: string[]
  readonly against: Against[]
}

/** By the digest of what each is. */
function packagesToMake(resolved: Resolved): { made: Map<string, Made>; nameOf: Map<string, string> } {
  const of = against(resolved)
  const made = new Map<string, Made>()
  const nameOf = new Map<string, string>()
  for (const entry of resolved.packages) {
    if (entry.installed !== undefined) continue
    const own = ownOf(entry)
    const name = digestOf(own)
    const known: Made = made.get(name) ?? { own, ids: [], against: [] }
    made.set(name, known)
    nameOf.set(entry.id, name)
    known.ids.push(entry.id)
    known.against.push(of(entry))
  }
  return { made, nameOf }
}

function ownOf({ cpv, slot, subslot, repository, use, madeFrom }: ResolvedPackage) {
  return { cpv, slot, subslot, repository, use: use.toSorted(), ...madeFrom }
}

export interface PackageToHave {
  readonly fingerprint: string
  readonly ingredients: Json
}

/**
 * id → everything that decides what a package that comes from an ebuild becomes: what it is made from, the toolchain, and
 * in `build` the identities of its direct build dependencies. A circle of build dependencies has one digest of all its
 * members and of everything they need from outside, so where one enters the circle makes no difference. The fingerprint is
 * the digest of all that.
 */
export function identitiesOf(resolved: Resolved): Map<string, PackageToHave> {
  const { made, nameOf } = packagesToMake(resolved)
  const marks = new Map<string, string>()
  const found = new Map<string, PackageToHave>()
  const inside = (node: Made) =>
    node.against.flatMap(({ build }) =>
      build.flatMap(({ is, installed }) => (installed === undefined ? (nameOf.get(is.id) ?? []) : [])),
    )
  for (const members of components(made, inside)) {
    const circle = new Set(members)
    const nodes = members.flatMap((name) => made.get(name) ?? [])
    const parts = nodes.map((node): JsonRecord => {
      const build = node.against.flatMap((one) => one.build)
      const identity = ({ is, installed }: Against['build'][number]) => {
        const name = nameOf.get(is.id) ?? ''
        return installed === undefined
          ? circle.has(name)
            ? 'circle'
            : (marks.get(name) ?? 'unknown')
          : `installed ${installed}`
      }
      const bound = Object.fromEntries(node.against.flatMap((one) => [...one.bound]))
      const unknown = node.against.flatMap((one) => one.unknown)
      return {
        ...node.own,
        toolchain: resolved.toolchain,
        build: Object.fromEntries(build.map((provision) => [provision.is.cpv, identity(provision)])),
        bound: Object.keys(bound).length === 0 ? undefined : bound,
        unknown: unknown.length === 0 ? undefined : [...new Set(unknown)].toSorted(),
      }
    })
    const together = members.length < 2 ? undefined : digestOf(parts.map((part) => digestOf(part)).toSorted())
    members.forEach((name, index) => {
      const ingredients: Json = { ...parts[index], circle: together }
      const fingerprint = digestOf(ingredients)
      marks.set(name, fingerprint)
      for (const id of made.get(name)?.ids ?? []) found.set(id, { fingerprint, ingredients })
    })
  }
  return found
}

/** id → digest of its ingredients: asked for again and again. */
export const fingerprints: (resolved: Resolved) => ReadonlyMap<string, string> = onceFor(
  (resolved: Resolved) => new Map([...identitiesOf(resolved)].map(([id, { fingerprint }]) => [id, fingerprint])),
)

/**
 * version → the fingerprint it has to have. What the empty root gets and what building it merges into the builder's copy is
 * one package.
 * @throws Error when the two were asked for differently: then one binary package could not serve both
 */
export function marksToHave(resolved: Resolved): ReadonlyMap<string, string> {
  const all = fingerprints(resolved)
  const wanted = new Map<string, string>()
  for (const { id, cpv } of resolved.packages) {
    const mark = all.get(id)
    if (mark === undefined) continue
    if ((wanted.get(cpv) ?? mark) !== mark)
      throw new Error(`${cpv} is wanted in two ways at once, for the root and for building`)
    wanted.set(cpv, mark)
  }
  return wanted
}

/** The same with what each is made of. */
export function packagesToHave(resolved: Resolved): ReadonlyMap<string, PackageToHave> {
  const wanted = marksToHave(resolved)
  const all = identitiesOf(resolved)
  return new Map(
    resolved.packages.flatMap(({ id, cpv }) => {
      const identity = wanted.has(cpv) ? all.get(id) : undefined
      return identity === undefined ? [] : [[cpv, identity] as const]
    }),
  )
}
