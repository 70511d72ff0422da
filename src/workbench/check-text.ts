/** What `check` found, for people: errors first, a finding a line, as compilers write them. */
import { describeProblem, type Problem } from '../config/problem.ts'
import type { Severity } from '../config/messages.ts'
import type { Paint } from '../report/paint.ts'

export interface Counts {
  readonly errors: number
  readonly warnings: number
  readonly notes: number
}

/** @param strict warnings count as errors */
export function countOf(problems: readonly Problem[], strict: boolean): Counts {
  const of = (severity: Severity) => problems.filter((one) => judged(one, strict) === severity).length
  return { errors: of('error'), warnings: of('warning'), notes: of('note') }
}

function judged({ severity }: Problem, strict: boolean): Severity {
  return strict && severity === 'warning' ? 'error' : severity
}

const COLOURS = { error: 'red', warning: 'yellow', note: 'dim' } as const

export interface CheckReport {
  readonly problems: readonly Problem[]
  readonly composed: number
  readonly snapshots: readonly string[]
}

export function checkText({ problems, composed, snapshots }: CheckReport, strict: boolean, paint: Paint): string {
  const lines = (['error', 'warning', 'note'] as const).flatMap((severity) =>
    problems
      .filter((one) => judged(one, strict) === severity)
      .map((one) => `${paint(COLOURS[severity], severity.padEnd(8))}${describeProblem(one)}`),
  )
  const { errors, warnings, notes } = countOf(problems, strict)
  const counts = [counted(errors, 'error'), counted(warnings, 'warning'), counted(notes, 'note')].join(', ')
  const against = snapshots.length === 0 ? '' : `, held against ${snapshots.join(', ')}`
  const summary = `${counts}; ${counted(composed, 'definition')} composed${against}.`
  return [...lines, ...(lines.length === 0 ? [] : ['']), summary].join('\n')
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`
}
