/** What to do about a problem: ready lines where there are some. */
import type { Change, Problem } from './problem.ts'

export function hint(problem: Problem): string | undefined {
  const changes = problem.changes ?? []
  switch (problem.kind) {
    case 'missing':
      if (problem.similar !== undefined && problem.similar.length > 0)
        return `did you mean ${problem.similar.join(' or ')}?`
      return problem.versions === undefined ? undefined : 'ask for a version that there is'
    case 'required-use':
      return `choose its flags in package.use of a piece: ${nameOf(problem.package)} FLAG -FLAG`
    case 'blocker':
      return "take one of them out of the machine's sets, or what wants it"
    case 'slot-conflict':
      return changes.length > 0 ? lines(changes) : 'only one can be in a slot: change what wants the other, or mask it'
    case 'circular':
      return changes.length > 0
        ? `a flag breaks the circle: ${lines(changes)}`
        : 'a USE flag less on one of them may break the circle'
    case 'live':
      return `take a released version: ${lines(changes)}`
    case 'provided':
      return 'take it out of the set or out of package.provided'
    case 'fetch-restricted':
      return `get it yourself and put it into ${problem.folder}`
    default:
      return changes.length > 0 ? lines(changes) : undefined
  }
}

/** A piece is a folder of `portage.locals` that the machine names, or `portage.global`. */
function lines(changes: readonly Change[]): string {
  const [only] = changes
  if (only !== undefined && changes.length === 1) return `put into ${only.file} of a piece: ${only.line}`
  return ['put into files of a piece:', ...changes.map(({ file, line }) => `  ${file}: ${line}`)].join('\n')
}

function nameOf(cpv: string): string {
  return cpv.replace(/-\d[^-]*(?:-r\d+)?$/, '')
}
