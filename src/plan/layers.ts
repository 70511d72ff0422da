/**
 * Beginnings that roots of several machines have in common. A root is assembled segment after segment; what the first ones
 * come to can be kept and be what other roots begin as. Pure.
 */
import type { Merge, Segment } from './assembly.ts'
import { marksToHave } from './fingerprints.ts'
import { digestOf, type Json } from './json.ts'
import type { Resolved } from './resolved.ts'

/** The first segments of a root. */
export interface Beginning {
  /** Of everything that decides the bytes of what they come to. */
  readonly key: string
  /** How many segments it has, at least one. */
  readonly depth: number
  /** How many packages are in the root then. */
  readonly packages: number
}

/**
 * Each beginning of a root, the shortest first. None has a package of which it is not known what merging it does.
 * @param surroundings what decides besides the packages, their settings and their order: the builder, the repositories …
 */
export function beginningsOf(segments: readonly Segment[], resolved: Resolved, surroundings: Json): Beginning[] {
  const wanted = marksToHave(resolved)
  const asKeyed = ({ entry: { cpv, merging }, into }: Merge): Json[] => {
    const fingerprint = wanted.get(cpv)
    return fingerprint === undefined || merging === undefined ? [] : [{ cpv, into, fingerprint, merging }]
  }
  const keyed = segments.map(({ merges }) => merges.flatMap(asKeyed))
  const unknown = segments.findIndex(({ merges }, index) => merges.length !== keyed[index]?.length)
  return segments.slice(0, unknown === -1 ? segments.length : unknown).map((_, index) => ({
    key: digestOf({ surroundings, segments: keyed.slice(0, index + 1) }),
    depth: index + 1,
    packages: inRoot(segments.slice(0, index + 1)),
  }))
}

/**
 * A beginning is made for others when it spares them so many merges in all. Making one costs a copy of the tree and a
 * container more, which take about as long as a few merges; a root that nobody shares anything with is assembled at once.
 */
export const WORTH = 10

/**
 * Which beginnings of a root are to be kept on the way: those at which another root leaves it, where enough is spared.
 * @param others beginnings of each root that is still to come
 * @param have how many packages the root begins with anyway
 */
export function worthKeeping(
  own: readonly Beginning[],
  others: readonly (readonly Beginning[])[],
  have = 0,
): Beginning[] {
  const shared = others.map((other) => {
    const keys = new Set(other.map(({ key }) => key))
    return own.findLast(({ key }) => keys.has(key))?.depth ?? 0
  })
  const kept: Beginning[] = []
  for (const beginning of own) {
    const users = shared.filter((depth) => depth >= beginning.depth)
    const spared = beginning.packages - (kept.at(-1)?.packages ?? have)
    if (users.includes(beginning.depth) && spared * users.length >= WORTH) kept.push(beginning)
  }
  return kept
}

/** What IDEPEND wants in `/` goes there once a container, whoever wants it again. */
export function withoutRepetition(segments: readonly Segment[]): Segment[] {
  const seen = new Set<string>()
  return segments
    .map(({ argument, merges }) => ({
      argument,
      merges: merges.filter(({ entry }) => !seen.has(entry.id) && seen.add(entry.id)),
    }))
    .filter(({ merges }) => merges.length > 0)
}

/** What has to be in `/` of a container that goes on with a root: all that was there when its beginning was assembled. */
export function helpersOf(segments: readonly Segment[]): Merge[] {
  return segments.flatMap(({ merges }) => merges.filter((merge) => !isInRoot(merge)))
}

/** How many packages of segments go into the root. */
export function inRoot(segments: readonly Segment[]): number {
  return segments.flatMap(({ merges }) => merges.filter(isInRoot)).length
}

function isInRoot({ into }: Merge): boolean {
  return into === 'target'
}
