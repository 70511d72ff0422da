/** Atoms, versions and files of configuration: read here as the real Portage reads them. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerOf, questions as aboutAtoms } from './atoms-cases.ts'
import { disagreement, questions as aboutTexts, type Answer } from './language-cases.ts'
import { openPortage, type OpenPortage } from './portage.ts'

const RUNS = Number(process.env['GENTOOMUCH_ORACLE_QUESTIONS'] ?? 5000)
/** Another seed every day, so that the runs of a project's life try more than one of them. */
const SEED = Number(process.env['GENTOOMUCH_ORACLE_SEED'] ?? Math.floor(Date.now() / 86_400_000))

let container: OpenPortage

beforeAll(async () => void (container = await openPortage()))
afterAll(() => container.close())

test('atoms, versions, matches and their order', async () => {
  const questions = fc.sample(aboutAtoms, { numRuns: RUNS, seed: SEED })
  const answers = await asked<unknown>('atoms.py', questions)
  const wrong = questions.flatMap((question, index) => {
    const [ours, theirs] = [JSON.stringify(answerOf(question)), JSON.stringify(answers[index])]
    return ours === theirs ? [] : [{ question, ours, theirs }]
  })
  expect(wrong.slice(0, 5), `seed ${SEED}`).toEqual([])
  console.log(`oracle: ${RUNS} questions about atoms, all agree (seed ${SEED})`)
})

test('make.conf, package.*, sets and repos.conf', async () => {
  const questions = fc.sample(aboutTexts, { numRuns: RUNS, seed: SEED })
  const answers = await asked<Answer>('language.py', questions)
  const wrong = questions.flatMap((question, index) => {
    const difference = disagreement(question, answers[index] ?? {})
    return difference === undefined ? [] : [{ question, difference }]
  })
  expect(wrong.slice(0, 5), `seed ${SEED}`).toEqual([])
  console.log(`oracle: ${RUNS} questions about texts, all agree (seed ${SEED})`)
})

async function asked<T>(program: string, questions: readonly unknown[]): Promise<T[]> {
  const answers: T[] = []
  await container.with(program, async (portage) => {
    answers.push(...(await Promise.all(questions.map((question) => portage.ask<T>(question)))))
  })
  return answers
}
