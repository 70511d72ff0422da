/** The oracle: every composed directory means to Portage what its pieces mean, one on top of the other. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recipe } from '../../miniature/making.ts'
import { compose } from '../../src/portage/compose.ts'
import type { ComposerPiece } from '../../src/portage/model.ts'
import { INCREMENTALS, listVariables, type ListVariables } from '../../src/portage/variables.ts'
import { configuration, machine, PACKAGES, piecesOf, type Files } from './configurations.ts'
import { openPortage, PROFILE, type Portage } from './portage.ts'
import { TRAPS } from './traps.ts'

const RUNS = Number(process.env['GENTOOMUCH_ORACLE_RUNS'] ?? 400)
/** Another seed for every day, so that the runs of a project's life try more than one of them. */
const SEED = Number(process.env['GENTOOMUCH_ORACLE_SEED'] ?? Math.floor(Date.now() / 86_400_000))

/** What the miniature's profiles declare. */
const LISTS = listVariables([readFileSync(recipe('repository', 'profiles', 'base', 'make.defaults'), 'utf8')])

interface Answer {
  readonly comparisons: number
  readonly differences: readonly { what: string; composed: unknown; pieces: unknown }[]
  readonly error?: string
}

let portage: Portage
let end: () => Promise<void>

beforeAll(async () => {
  const container = await openPortage()
  await new Promise<void>((ready, failed) => {
    const program = container.with('settings.py', async (started) => {
      portage = started
      ready()
      await new Promise<void>((done) => {
        end = async () => {
          done()
          await program
          await container.close()
        }
      })
    })
    program.catch(failed)
  })
})
afterAll(() => end())

test('generated configurations', async () => {
  let [held, comparisons, refused] = [0, 0, 0]
  for (const [index, files] of fc.sample(configuration, { numRuns: RUNS, seed: SEED }).entries()) {
    const answer = await heldAgainst(files)
    if (answer === undefined) refused++
    else {
      held++
      comparisons += agreed(answer, `seed ${SEED}, configuration ${index}`, files)
    }
  }
  console.log(
    `oracle: ${held} configurations, ${comparisons} comparisons, all agree; ${refused} refused by the composer (seed ${SEED})`,
  )
  expect(held).toBeGreaterThan(RUNS * 0.75)
})

describe('traps', () => {
  test.each(Object.entries(TRAPS))('%s', async (name, files) => {
    const answer = await heldAgainst(machine(...files))
    expect(answer, 'refused').toBeDefined()
    if (answer !== undefined) agreed(answer, name, files)
  })
})

describe('a broken merge rule is noticed', () => {
  const pieces = machine(
    { 'make.conf': 'USE="color -nls"\nVIDEO_CARDS="intel"\nFEATURES="nodoc"\nACCEPT_LICENSE="Proprietary"\n' },
    {
      'make.conf': 'USE="ssl"\nVIDEO_CARDS="amdgpu -intel"\nFEATURES="noman"\n',
      'package.use': 'app-misc/greet doc\n',
    },
    { 'make.conf': 'USE="-color"\nACCEPT_LICENSE="-Proprietary"\n', 'package.use': 'app-misc/greet -doc\n' },
  )
  const without = (name: string): ListVariables => ({
    ...LISTS,
    incremental: new Set([...LISTS.incremental].filter((one) => one !== name)),
    groups: new Set([...LISTS.groups].filter((one) => one !== name)),
  })
  const reversed = (all: readonly ComposerPiece[]) => all.toReversed()
  const withoutLast = (all: readonly ComposerPiece[]) => all.slice(0, -1)

  test('as it should be, it agrees', async () => {
    expect((await heldAgainst(pieces))?.differences).toEqual([])
  })
  test.each([
    ['USE is replaced', without('USE'), undefined],
    ['FEATURES is replaced', without('FEATURES'), undefined],
    ['ACCEPT_LICENSE is replaced', without('ACCEPT_LICENSE'), undefined],
    ['VIDEO_CARDS is replaced', without('VIDEO_CARDS'), undefined],
    ['the order is turned round', LISTS, reversed],
    ['the last piece is lost', LISTS, withoutLast],
  ])('%s', async (_, lists, order) => {
    const answer = await heldAgainst(pieces, lists, order)
    expect(answer?.differences.length).toBeGreaterThan(0)
  })
})

test('the lists are those of the real Portage', async () => {
  const about = await portage.ask<{ incrementals: string[] }>({ about: true })
  expect(INCREMENTALS).toEqual(about.incrementals)
})

/** @returns undefined where the composer refuses the pieces */
async function heldAgainst(
  files: readonly Files[],
  lists = LISTS,
  order: (pieces: readonly ComposerPiece[]) => readonly ComposerPiece[] = (pieces) => pieces,
): Promise<Answer | undefined> {
  const pieces = piecesOf(files)
  const { directory, lists: all, problems } = compose(order(pieces), [], lists)
  if (problems.some(({ severity }) => severity === 'error')) return undefined
  return portage.ask<Answer>({
    composed: directory.files,
    pieces: pieces.map((piece) => piece.files),
    lists: [...LISTS.incremental, ...LISTS.groups, ...all.groups],
    packages: PACKAGES,
    profile: PROFILE,
  })
}

function agreed(answer: Answer, where: string, files: readonly Files[]): number {
  expect(answer.error, where).toBeUndefined()
  expect(answer.differences, `${where}\n${JSON.stringify(files, null, 2)}`).toEqual([])
  expect(answer.comparisons).toBeGreaterThan(100)
  return answer.comparisons
}
