import type { Failure } from '../events.ts'
import { cleanLine } from './text.ts'

/**
 * A failed step, in the order in which its reader asks: what failed, where, what it said, where all it said is, how to
 * look around. No line is given for what is not known.
 */
export function formatFailure(failure: Failure): string[] {
  const lines = failure.message.split('\n').map(cleanLine)
  const fact = (name: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(`${name.padEnd(8)} ${value}`)
  }
  fact('package', failure.package)
  fact('phase', failure.phase)
  if (failure.lastLines !== undefined && failure.lastLines.length > 0) {
    lines.push('last lines:', ...failure.lastLines.map((line) => `| ${cleanLine(line)}`.trimEnd()))
  }
  fact('log', failure.log)
  fact('shell', failure.shell)
  fact('hint', failure.hint)
  return lines
}
