/** What the machine does without, removed inside its root: `programs/remove.sh` expands, judges and removes. */
import { Readable } from 'node:stream'
import type { Argv, Container } from '../../engine/engine.ts'
import { PLACES } from '../environment.ts'
import type { PlannedRemoval } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { ask, troubleIn } from './asked.ts'

export const REMOVE: Argv = ['bash', `${PLACES.programs}/remove.sh`]

/**
 * @returns how many paths went, each with all that was below it
 * @throws StepFailure for a pattern whose matches no root can do without
 */
export async function removePaths(
  container: Container,
  removals: readonly PlannedRemoval[],
  tools: Tools,
): Promise<number> {
  if (removals.length === 0) return 0
  tools.progress('removing')
  const list = removals.map(({ pattern }) => `${pattern}\0`).join('')
  const { status, lines, last } = await ask(container, REMOVE, tools, {
    stdin: Readable.from([Buffer.from(list)]),
    quiet: true,
  })
  const said = lines.flatMap((line) => read(line, removals))
  for (const one of said) tools.line(sentence(one))
  const refused = said.find(({ word }) => word === 'refused')
  if (refused !== undefined) throw await troubleIn(container, refusal(refused, said), tools)
  if (status !== 0)
    throw await troubleIn(
      container,
      { code: 'removal-failed', message: `Removing ended with status ${status}.`, lastLines: last },
      tools,
    )
  for (const one of said) if (one.word !== 'removed') tools.note('info', sentence(one))
  return said.filter(({ word }) => word === 'removed').length
}

interface Said {
  readonly word: string
  readonly removal: PlannedRemoval
  /** What follows the number. */
  readonly rest: string
}

function read(line: string, removals: readonly PlannedRemoval[]): Said[] {
  const [, word = '', n = '', rest = ''] = /^(removed|nothing|mounted|refused) (\d+)(?: (.*))?$/.exec(line) ?? []
  const removal = removals[Number(n)]
  return word === '' || removal === undefined ? [] : [{ word, removal, rest }]
}

function refusal(first: Said, said: readonly Said[]) {
  const more = said.filter(({ word }) => word === 'refused').length - 1
  return {
    code: 'removal-refused',
    message: `${sentence(first)} Nothing was removed.`,
    hint: more === 0 ? 'name what is below it' : `name what is below it; ${more} more like this are in the log`,
  }
}

function sentence({ word, removal, rest }: Said): string {
  const pattern = `${removal.file}:${removal.line}: "${removal.pattern}"`
  if (word === 'removed') return `removed ${rest}`
  if (word === 'nothing') return `${pattern} matches nothing in the root.`
  if (word === 'mounted')
    return `${pattern} matches only what is mounted while the root is finished, which is not in it.`
  const [, why = '', path = ''] = /^(\w+) (.*)$/s.exec(rest) ?? []
  if (why === 'mount') return `${pattern} would remove ${path}, where file systems are mounted.`
  const what = path === '/' ? 'the whole root' : why === 'all' ? `all of ${path}` : path
  return `${pattern} would remove ${what}, without which no root runs.`
}
