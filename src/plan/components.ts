/** The circles of a graph. */

/**
 * Tarjan: the circles of a graph, and each node outside of them alone; what others point at comes first.
 * @param next names that a node points at; those that are no nodes are passed over
 */
export function components<T>(nodes: ReadonlyMap<string, T>, next: (node: T) => Iterable<string>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const open = new Set<string>()
  const found: string[][] = []
  const lower = (name: string, value: number) => low.set(name, Math.min(low.get(name) ?? value, value))
  const visit = (name: string, node: T) => {
    const mine = index.size
    index.set(name, mine)
    low.set(name, mine)
    stack.push(name)
    open.add(name)
    for (const other of next(node)) {
      const there = nodes.get(other)
      if (there === undefined) continue
      if (!index.has(other)) {
        visit(other, there)
        lower(name, low.get(other) ?? mine)
      } else if (open.has(other)) lower(name, index.get(other) ?? mine)
    }
    if (low.get(name) !== mine) return
    const members = stack.splice(stack.indexOf(name))
    for (const member of members) open.delete(member)
    found.push(members)
  }
  for (const [name, node] of nodes) if (!index.has(name)) visit(name, node)
  return found
}
