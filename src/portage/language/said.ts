/** For tests: mistakes as their reader sees them. */
import { describeProblem, problem } from '../../config/problem.ts'
import type { Mistake } from '../../config/messages.ts'

export function said(mistakes: readonly Mistake[]): string[] {
  return mistakes.map(({ code, line, values }) => describeProblem(problem(code, { file: 'file', line }, values)))
}
