/** resolve: Portage's own answer for the empty root, as data. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Failure } from '../events.ts'
import { digestOf } from '../plan/json.ts'
import { targets, type Resolved } from '../plan/resolved.ts'
import { readJson } from '../store/steps.ts'
import { PLACES, portageEnvironment } from './environment.ts'
import { StepFailure } from './failure.ts'
import type { Handler, Work } from './handler.ts'
import { Lines } from './lines.ts'
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
      folders: ['/out', PLACES.target],
      programs: ['resolve'],
      phases: false,
    })
    return within(opening, async (container) => {
      const output = new Lines(tools.line)
      const argv = ['python3', join(PLACES.programs, 'resolve'), '/out', ...rootAtoms(sets)] as const
      const exit = await container.run(
        argv,
        { stdout: output, stderr: output, env: { ROOT: PLACES.target, SYSROOT: '/' } },
        tools.signal,
      )
      const kept = await container.keepFiles('/out')
      const resolved = await readJson<Resolved>(join(kept.path, 'resolved.json'))
      const told = await readJson<Problems>(join(kept.path, 'problems.json'))
      await rm(kept.path, { recursive: true, force: true })
      if (exit.status !== 0 || resolved === undefined) throw new StepFailure(why(work, told, output))
      const value = asValue(resolved)
      return { digest: digestOf(value), value, summary: `${targets(resolved).length} packages` }
    })
  },
}

/** Without problems the program itself failed: then its last words are all that is known. */
function why(work: Work, told: Problems | undefined, output: Lines): Failure {
  const problems = told?.problems ?? [{ kind: 'other', chains: [] }]
  const { portage } = inputOf<ResolveInput>(work)
  return failureOf('unresolvable', problems, told?.text ?? output.last(40), { portage, sets: setFilesOf(work) })
}
