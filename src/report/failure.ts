import type { Failure, Obstacle } from '../events.ts'
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
  const [only, ...others] = failure.obstacles ?? []
  if (only !== undefined && others.length === 0) lines.push(...aboutObstacle(only))
  else for (const [index, obstacle] of (failure.obstacles ?? []).entries()) lines.push(...numbered(index + 1, obstacle))
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

function numbered(number: number, obstacle: Obstacle): string[] {
  const [first = '', ...more] = [...obstacle.message.split('\n').map(cleanLine), ...aboutObstacle(obstacle)]
  const mark = `${number}. `
  return [mark + first, ...more.map((line) => ' '.repeat(mark.length) + line)]
}

/** Who wanted it, and what to do about it. */
function aboutObstacle({ chains, hint }: Obstacle): string[] {
  const wanted = chains.map(({ names, at }) => ['wanted', `${names.join(' → ')}${at === undefined ? '' : ` (${at})`}`])
  const told = (hint ?? '').split('\n').map((line, index) => [index === 0 ? 'hint' : '', line])
  return [...wanted, ...(hint === undefined ? [] : told)].map(([name = '', value = '']) =>
    cleanLine(`${name.padEnd(8)} ${value}`),
  )
}
