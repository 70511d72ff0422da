/** resolve: Portage's own answer for the empty root, as data. */
import { join } from 'node:path'
import type { Failure } from '../events.ts'
import { digestOf } from '../plan/json.ts'
import { targets, type Resolved } from '../plan/resolved.ts'
import { answered } from './answered.ts'
import { PLACES, portageEnvironment } from './environment.ts'
import { StepFailure } from './failure.ts'
import type { Handler, Work } from './handler.ts'
import type { Lines } from './lines.ts'
import { failureOf, setFilesOf } from './obstacles/failure.ts'
import type { Problems } from './obstacles/problem.ts'
import { openPortage, within } from './portageContainer.ts'
import { programDigest } from './programs.ts'
import { asValue, inputOf, parent, valueOf, type PortageInput, type SeedValue, type TreeValue } from './values.ts'

interface ResolveInput extends PortageInput {
  readonly sets: readonly string[]
}

/** `@system` belongs in the root: an ebuild's RDEPENDs do not name what every system has. */
export function rootAtoms(sets: readonly string[]): string[] {
  return ['@system', ...sets.map((set) => `@${set}`)]
}

export const resolve: Handler = {
  recipe: { version: 1, program: programDigest('resolve'), environment: portageEnvironment(1) },
  present: () => Promise.resolve(true),

  async run(work, tools) {
    const { portage, sets } = inputOf<ResolveInput>(work)
    const from = valueOf<SeedValue>(parent(work, 'seed'))
    const opening = openPortage(work, tools, {
      tree: valueOf<TreeValue>(parent(work, 'builder')).tree,
      portage,
      seedProfile: from.profile,
      folders: [PLACES.target],
      programs: ['resolve'],
      phases: false,
    })
    return within(opening, async (container) => {
      const argv = ['python3', join(PLACES.programs, 'resolve'), ...rootAtoms(sets)] as const
      const env = { ROOT: PLACES.target, SYSROOT: '/' }
      const { status, answer, said } = await answered(container, argv, tools, { env })
      const { resolved, problems } = read(answer)
      if (status !== 0 || resolved === undefined) throw new StepFailure(why(work, problems, said))
      const value = asValue(resolved)
      return { digest: digestOf(value), value, summary: `${targets(resolved).length} packages` }
    })
  },
}

interface Told {
  readonly resolved?: Resolved
  readonly problems?: Problems
}

/** A program that failed itself has told nothing, or half of it. */
function read(answer: string): Told {
  try {
    return JSON.parse(answer) as Told
  } catch {
    return {}
  }
}

/** Without problems the program itself failed: then its last words are all that is known. */
function why(work: Work, told: Problems | undefined, output: Lines): Failure {
  const problems = told?.problems ?? [{ kind: 'other', chains: [] }]
  const { portage } = inputOf<ResolveInput>(work)
  return failureOf('unresolvable', problems, told?.text ?? output.last(40), { portage, sets: setFilesOf(work) })
}
