/** Problems as the failure of a step: every one in words, with where the user wrote what leads to it. */
import type { Failure, Obstacle } from '../../events.ts'
import type { PortageDirectory } from '../../portage/model.ts'
import { textOf } from '../../portage/model.ts'
import type { Work } from '../handler.ts'
import { hint } from './hint.ts'
import type { Problem, WantedBy } from './problem.ts'
import { sentence } from './sentence.ts'

/** Where the sets of a machine stand: name → file of the configuration directory. */
export type SetFiles = Readonly<Record<string, string>>

/** What planning says about them, of steps that can fail of what sets name. */
export function setFilesOf(work: Work): SetFiles {
  const about = (work.step.about ?? {}) as { readonly sets?: SetFiles }
  return about.sets ?? {}
}

/** The lines of Portage's words that are shown where no words of ours say it. */
const LAST_LINES = 40

export function failureOf(
  code: string,
  problems: readonly Problem[],
  text: readonly string[],
  where: { readonly portage: PortageDirectory; readonly sets: SetFiles },
): Failure {
  const obstacles = problems.map((problem) => asObstacle(problem, (chain) => placeOf(chain, where)))
  const [first, ...others] = obstacles
  const wordless = problems.some(({ kind }) => kind === 'other')
  return {
    code,
    message: first === undefined || others.length > 0 ? `${obstacles.length} things stand in the way.` : first.message,
    obstacles,
    // With words of ours there is no need for the log's; it is named anyway.
    lastLines: wordless ? text.slice(-LAST_LINES) : [],
  }
}

function asObstacle(problem: Problem, place: (chain: WantedBy) => string | undefined): Obstacle {
  const { chains, ...rest } = problem
  const told = hint(problem)
  return {
    ...rest,
    message: sentence(problem),
    chains: chains.map((chain) => {
      const at = place(chain)
      return { names: chain.names, ...(at === undefined ? {} : { at }) }
    }),
    ...(told === undefined ? {} : { hint: told }),
  }
}

/** `package.sets/web:3`; without the line where the set's text has no such words, undefined for sets that are not the user's. */
function placeOf(
  { written }: WantedBy,
  { portage, sets }: { readonly portage: PortageDirectory; readonly sets: SetFiles },
): string | undefined {
  const file = written === undefined ? undefined : sets[written.set]
  if (written === undefined || file === undefined) return undefined
  const found = portage.files.find(({ path }) => path === `sets/${written.set}`)
  const lines = textOf(found?.bytes ?? '').split('\n')
  const line = lines.findIndex((text) => text.trim().split(/\s+/)[0] === written.atom)
  return line < 0 ? file : `${file}:${line + 1}`
}
