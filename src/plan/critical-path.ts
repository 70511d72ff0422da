/** How long the way from each step to the end of the graph is: whoever has the longest begins first. Pure. */
import { inOrder } from './graph.ts'
import type { Step } from './step.ts'

/** id → seconds from the beginning of this step to the end of the longest chain of steps that stand behind it, itself included. */
export function remainingSeconds(steps: readonly Step[], seconds: (step: Step) => number): Map<string, number> {
  const behind = new Map<string, number>()
  const remaining = new Map<string, number>()
  for (const step of inOrder(steps).toReversed()) {
    const all = seconds(step) + (behind.get(step.id) ?? 0)
    remaining.set(step.id, all)
    for (const parent of Object.values(step.parents)) behind.set(parent, Math.max(behind.get(parent) ?? 0, all))
  }
  return remaining
}
