/** What is wrong in the configuration directory, as data: every problem is collected, then all are reported at once. */
import { UserError } from '../errors.ts'

export interface Problem {
  /** Relative to the configuration directory. */
  readonly file: string
  /** 1 for the first line; absent where the whole file is meant. */
  readonly line?: number
  /** One sentence: what was wanted, what was found. */
  readonly message: string
  /** What to do. */
  readonly hint?: string
}

export class ConfigError extends UserError {
  readonly problems: readonly Problem[]

  constructor(path: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0))
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
    super('bad-configuration', [`The configuration in ${path} has ${count}:`, ...sorted.map(describe)].join('\n'))
    this.problems = sorted
  }
}

function describe(problem: Problem): string {
  const where = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`
  return `  ${where}: ${problem.message}${problem.hint === undefined ? '' : ` ${problem.hint}`}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
