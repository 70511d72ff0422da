/** What pulled a package in: the shortest way to it from each set that the root is made of. Pure. */
import type { Resolved } from './resolved.ts'

export interface Link {
  readonly id: string
  /** How the one before asks for it (`Need.kinds`); empty for what a set names. */
  readonly kinds: readonly string[]
}

export interface Chain {
  /** `@system`, `@desktop`. */
  readonly root: string
  /** From the package that the set names to the one that was asked about. */
  readonly links: readonly Link[]
}

/** One for each set that leads to it, the shortest first. */
export function chainsTo(resolved: Resolved, wanted: string): Chain[] {
  const needs = new Map(resolved.packages.map(({ id, needs: all }) => [id, all]))
  const chains = Object.entries(resolved.asked).flatMap(([root, named]) => {
    const links = shortest(named, wanted, (id) => needs.get(id) ?? [])
    return links === undefined ? [] : [{ root, links }]
  })
  return chains.toSorted((a, b) => a.links.length - b.links.length || (a.root < b.root ? -1 : 1))
}

function shortest(
  named: readonly string[],
  wanted: string,
  needs: (id: string) => readonly Link[],
): Link[] | undefined {
  const reached = new Map<string, { readonly link: Link; readonly from: string | undefined }>()
  for (const id of named) reached.set(id, { link: { id, kinds: [] }, from: undefined })
  // What is added while the map is walked is walked too, so that nearer ones come first.
  for (const id of reached.keys()) {
    if (id === wanted) break
    for (const link of needs(id)) if (!reached.has(link.id)) reached.set(link.id, { link, from: id })
  }
  const links: Link[] = []
  for (let at = reached.get(wanted); at !== undefined; at = at.from === undefined ? undefined : reached.get(at.from))
    links.unshift(at.link)
  return links.length === 0 ? undefined : links
}

/** Every package that asks for it directly. */
export function askersOf(resolved: Resolved, wanted: string): Link[] {
  return resolved.packages.flatMap(({ id, needs }) =>
    needs.filter((need) => need.id === wanted).map(({ kinds }) => ({ id, kinds })),
  )
}
