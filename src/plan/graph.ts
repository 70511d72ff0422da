/** A graph of steps in an order in which each stands behind its parents. */
import type { Step } from './step.ts'

/** @throws Error when a parent is missing or the graph has a circle: both are bugs of the planner */
export function inOrder(steps: readonly Step[]): Step[] {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const done = new Set<string>()
  const open = new Set<string>()
  const ordered: Step[] = []
  const visit = (id: string, child: string) => {
    if (done.has(id)) return
    const step = byId.get(id)
    if (step === undefined) throw new Error(`${child} wants ${id}, which is not in the graph`)
    if (open.has(id)) throw new Error(`${child} and ${id} want each other`)
    open.add(id)
    for (const parent of Object.values(step.parents)) visit(parent, id)
    done.add(id)
    ordered.push(step)
  }
  for (const step of steps) visit(step.id, 'the graph')
  return ordered
}
