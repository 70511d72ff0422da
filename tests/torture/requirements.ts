/** What must hold for whatever a parser says of a text. */
import { filled, MESSAGES, messageOf, type Message, type Mistake } from '../../src/config/messages.ts'
import type { Problem } from '../../src/config/problem.ts'
import { rows } from '../../src/portage/language/characters.ts'
import type { Answer } from './parsers.ts'

/** Longer than any sentence that a person reads. */
const SENTENCE = 4000

/** @returns what does not hold, in words; most texts have no faults */
export function faultsOf(text: string, { mistakes = [], printed }: Answer): string[] {
  const lines = countOf(text)
  return [
    ...(printed === undefined || printed === text ? [] : ['what is printed is not what was read']),
    ...mistakes.flatMap(({ line }) => faultsOfLine(line, lines)),
    ...someOf(mistakes).flatMap((mistake) => ('code' in mistake ? faultsOfMistake(mistake as Mistake) : [])),
  ]
}

/** @param texts of the files of the configuration directory, by path */
export function faultsOfProblems(problems: readonly Problem[], texts: ReadonlyMap<string, string>): string[] {
  const counts = new Map([...texts].map(([file, text]) => [file, countOf(text)]))
  const lines = problems.flatMap(({ file, line }) =>
    line === undefined ? [] : faultsOfLine(line, counts.get(file) ?? Infinity),
  )
  return [...lines, ...someOf(problems).flatMap((one) => faultsOfProblem(one, texts))]
}

function faultsOfProblem({ code, message, hint }: Problem, texts: ReadonlyMap<string, string>): string[] {
  if (!Object.hasOwn(MESSAGES, code)) return [`${code} is not in the catalogue`]
  const said = [message, hint ?? '']
  return [
    // A text may hold what looks like a placeholder.
    ...placeholdersOf(messageOf(code))
      .filter((name) => said.some((one) => one.includes(`{${name}}`)))
      .filter((name) => ![...texts.values()].some((one) => one.includes(`{${name}}`)))
      .map((name) => `{${name}} of ${code} is not filled`),
    ...said.flatMap((sentence) => faultsOfSentence(sentence)),
  ]
}

/** The first and the last ones: a file of 64 KB may have a sentence for each of its lines. */
function someOf<T>(all: readonly T[]): readonly T[] {
  return all.length <= 20 ? all : [...all.slice(0, 10), ...all.slice(-10)]
}

function faultsOfLine(line: number, lines: number): string[] {
  return Number.isInteger(line) && line >= 1 && line <= lines + 1 ? [] : [`line ${line} of ${lines}`]
}

function faultsOfMistake({ code, values }: Mistake): string[] {
  if (!Object.hasOwn(MESSAGES, code)) return [`${code} is not in the catalogue`]
  const message = messageOf(code)
  return [
    ...placeholdersOf(message)
      .filter((name) => values[name] === undefined)
      .map((name) => `{${name}} of ${code} is not filled`),
    ...[message.text, message.hint ?? ''].flatMap((template) => faultsOfSentence(filled(template, values))),
  ]
}

function faultsOfSentence(sentence: string): string[] {
  if (UNSEEN.test(sentence)) return [`control characters in ${JSON.stringify(sentence)}`]
  return sentence.length > SENTENCE ? [`a sentence of ${sentence.length} characters: ${sentence.slice(0, 100)}`] : []
}

/** `${NAME}` in a sentence is Portage's, not ours. */
function placeholdersOf({ text, hint = '' }: Message): string[] {
  return [...`${text} ${hint}`.matchAll(/\{([a-z]\w*)\}/g)].flatMap(([, name]) => name ?? [])
}

/** Controls, other line ends, and what turns the direction of a line. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

function countOf(text: string): number {
  let count = 0
  for (const _ of rows(text)) count++
  return count
}
