/** What is wrong in the configuration directory, as data: every problem is collected, then all are reported at once. */
import { UserError } from '../errors.ts'
import { visible } from '../visible.ts'
import { filled, messageOf, type MessageCode, type Severity, type Values } from './messages.ts'

export interface Problem {
  readonly code: MessageCode
  readonly severity: Severity
  /** Relative to the configuration directory. */
  readonly file: string
  /** 1 for the first line; absent where the whole file is meant. */
  readonly line?: number
  /** One sentence: what was wanted, what was found. */
  readonly message: string
  /** What to do. */
  readonly hint?: string
}

export interface Place {
  readonly file: string
  readonly line?: number | undefined
}

/** @param hint takes the place of the catalogue's, where more is known ("Did you mean …?") */
export function problem(code: MessageCode, place: Place, values: Values = {}, hint?: string): Problem {
  const message = messageOf(code)
  const advice = hint === undefined ? message.hint && filled(message.hint, values) : visible(hint)
  return {
    code,
    severity: message.severity,
    file: place.file,
    ...(place.line === undefined ? {} : { line: place.line }),
    message: filled(message.text, values),
    ...(advice === undefined ? {} : { hint: advice }),
  }
}

export class ConfigError extends UserError {
  readonly problems: readonly Problem[]

  constructor(path: string, problems: readonly Problem[]) {
    const sorted = sortProblems(problems)
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
    super(
      'bad-configuration',
      [`The configuration in ${path} has ${count}:`, ...sorted.map((one) => `  ${describeProblem(one)}`)].join('\n'),
    )
    this.problems = sorted
  }
}

/** By file, then line, then text: the same list whatever the order in which it was found. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || compare(a.message, b.message),
  )
}

/** `file:line: sentence hint`, on one line. */
export function describeProblem(one: Problem): string {
  const file = visible(one.file)
  const where = one.line === undefined ? file : `${file}:${one.line}`
  return `${where}: ${one.message}${one.hint === undefined ? '' : ` ${one.hint}`}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
