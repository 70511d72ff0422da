/** Who wanted a package of an answer: from an argument of the question, through packages, to it. */
import type { Resolved } from './resolved.ts'

export interface Chain {
  /** `@web`. */
  readonly argument: string
  /** Ids of packages, from what the argument names to the one that was asked about. */
  readonly ids: readonly string[]
}

/** The shortest chain; undefined for what nothing wants. */
export function chainTo(resolved: Resolved, id: string): Chain | undefined {
  const parents = new Map<string, string[]>()
  for (const entry of resolved.packages)
    for (const need of entry.needs) parents.set(need.id, [...(parents.get(need.id) ?? []), entry.id])
  const naming = new Map(Object.entries(resolved.asked).flatMap(([argument, ids]) => ids.map((one) => [one, argument])))
  const seen = new Set([id])
  const todo: (readonly [string, ...string[]])[] = [[id]]
  for (const way of todo) {
    const argument = naming.get(way[0])
    if (argument !== undefined) return { argument, ids: way }
    for (const parent of (parents.get(way[0]) ?? []).toSorted()) {
      if (seen.has(parent)) continue
      seen.add(parent)
      todo.push([parent, ...way])
    }
  }
  return undefined
}
