/** A problem in words: a sentence, and lines that belong to it. */
import type { Candidate, Problem } from './problem.ts'

type Of<K extends Problem['kind']> = Extract<Problem, { kind: K }>

export function sentence(problem: Problem): string {
  switch (problem.kind) {
    case 'missing':
      return missing(problem)
    case 'masked':
    case 'keyword':
    case 'license':
      return candidates(problem, 'is masked', `All that could be ${problem.atom} is masked:`)
    case 'use':
      return candidates(problem, `does not fit ${problem.atom}`, `Nothing fits ${problem.atom}:`)
    case 'required-use':
      return requiredUse(problem)
    case 'blocker':
      return `${list(problem.packages)} and ${list(problem.blocked)} cannot be installed together: ${blocks(problem)}.`
    case 'slot-conflict':
      return slotConflict(problem)
    case 'circular':
      return circular(problem)
    case 'live':
      return live(problem)
    case 'provided':
      return `${problem.atom} is in a set of the machine, and package.provided says that it is there: it would not be installed.`
    case 'fetch-restricted':
      return fetchRestricted(problem)
    case 'other':
      return 'Portage finds no way to fill the empty root.'
  }
}

function missing({ atom, repositories, versions = [] }: Of<'missing'>): string {
  const where = `${repositories.length === 1 ? 'the repository' : 'the repositories'} ${list(repositories)}`
  if (versions.length === 0) return `There is no ${atom} in ${where}.`
  return `No version fits ${atom}: ${where} ${repositories.length === 1 ? 'has' : 'have'} ${list(versions)}.`
}

/** One candidate is told in a sentence, several in a list. */
function candidates(problem: Of<'masked' | 'keyword' | 'license' | 'use'>, verb: string, head: string): string {
  const [only] = problem.candidates
  if (only !== undefined && problem.candidates.length === 1) return `${only.cpv} ${verb}: ${reasons(only)}.`
  const rows = problem.candidates.map((candidate) => `  ${candidate.cpv}: ${reasons(candidate)}`)
  if (problem.more > 0) rows.push(`  and ${problem.more} more`)
  return [head, ...rows].join('\n')
}

function reasons(candidate: Candidate): string {
  return candidate.reasons.join('; ')
}

function requiredUse({ package: cpv, requiredUse: { broken, all, flags } }: Of<'required-use'>): string {
  const lines = [
    `The USE flags of ${cpv} break its REQUIRED_USE: ${readable(broken)}.`,
    `  They are: ${flags.join(' ')}`,
  ]
  if (broken !== all) lines.push(`  All that it asks for: ${readable(all)}`)
  return lines.join('\n')
}

/** In the words that Portage itself has for it. */
function readable(expression: string): string {
  return expression.replaceAll('^^', 'exactly-one-of').replaceAll('||', 'any-of').replaceAll('??', 'at-most-one-of')
}

function blocks({ packages, atom }: Of<'blocker'>): string {
  return `${list(packages)} ${packages.length === 1 ? 'blocks' : 'block'} ${atom.replace(/^!+/, '')}`
}

function slotConflict({ atom, packages, wanted }: Of<'slot-conflict'>): string {
  const rows = packages.map((cpv, index) => {
    const by = (wanted[index] ?? []).map((one) => `${one.by} as ${one.atom}`)
    return `  ${cpv}${by.length === 0 ? '' : `: wanted by ${list(by)}`}`
  })
  return [`${atom} cannot be ${list(packages)} at once:`, ...rows].join('\n')
}

const NEEDS: Readonly<Record<string, string>> = {
  build: 'to be built',
  run: 'to run',
  install: 'to be installed',
  post: 'once it is installed',
}

function circular({ packages, edges }: Of<'circular'>): string {
  const rows = edges.map(({ from, to, kinds }) => {
    const why = kinds.flatMap((kind) => NEEDS[kind] ?? [])
    return `  ${from} needs ${to}${why.length === 0 ? '' : ` ${list(why)}`}`
  })
  const head =
    packages.length === 1 ? `${list(packages)} needs itself first:` : `None of ${list(packages)} can be first:`
  return [head, ...rows].join('\n')
}

function live({ package: cpv, eclasses }: Of<'live'>): string {
  const why = eclasses.length === 0 ? 'PROPERTIES="live"' : `it inherits ${list(eclasses)}`
  return `${cpv} is a live ebuild (${why}): what it builds is what its source repository holds at that time, and no build of it could be repeated.`
}

function fetchRestricted({ package: cpv, files, words }: Of<'fetch-restricted'>): string {
  const head = `${cpv} needs ${list(files)}, which may not be fetched by a program (RESTRICT="fetch").`
  return [head, ...words.map((line) => `  | ${line}`)].join('\n')
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
