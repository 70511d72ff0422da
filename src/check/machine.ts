/** What the rules of `check` look at: every machine (and the builder) with what it was composed of. */
import type { Problem } from '../config/problem.ts'
import type { Composed } from '../portage/compose.ts'

export interface CheckedMachine {
  /** The definition's name, for people. */
  readonly name: string
  readonly composed: Composed
}

/** A finding before it is known in how many machines it is met. */
export interface Met {
  readonly problem: (machines: string) => Problem
  /** Equal for findings that are one to a reader. */
  readonly key: string
  readonly machine: string
}

/** One problem a finding, naming the machines that have it: a piece is read in many machines, its mistake is one. */
export function together(met: Iterable<Met>): Problem[] {
  const byKey = new Map<string, { problem: Met['problem']; machines: Set<string> }>()
  for (const { key, machine, problem } of met) {
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, { problem, machines: new Set([machine]) })
    else known.machines.add(machine)
  }
  return [...byKey.values()].map(({ problem, machines }) => problem(listed([...machines])))
}

const SHOWN = 3

/** `a, b and c`; `a, b, c and 7 more`. */
export function listed(names: readonly string[]): string {
  if (names.length <= SHOWN)
    return [names.slice(0, -1).join(', '), names.at(-1) ?? ''].filter((part) => part !== '').join(' and ')
  return `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`
}
