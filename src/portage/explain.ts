/** Where a value comes from: who says it, what that overrode. What Portage makes of it is asked of Portage. */
import type { Atom } from './atoms/atom.ts'
import { mayOverlap } from './atoms/overlap.ts'
import { moreSpecific } from './atoms/specificity.ts'
import type { Composed } from './compose.ts'
import { onceFor } from './once.ts'
import type { PackageLine, ParsedPiece } from './parsed.ts'
import type { VariableStep } from './stack-model.ts'
import { asFlag } from './stack-text.ts'
import { isList, type ListVariables } from './variables.ts'

export interface Place {
  readonly file: string
  readonly line: number
}

/** One thing that a piece says, and what it takes the place of. */
export interface Saying extends Place {
  /** `cpu znver3`, `global`, `local desk`, `machine porch`. */
  readonly piece: string
  /** As it was written. */
  readonly says: string
  readonly overrode: readonly (Place & { readonly says: string })[]
  /** The line that this one loses to, though it stands later. */
  readonly losesTo: (Place & { readonly says: string }) | undefined
}

export interface ExplainedVariable {
  readonly name: string
  /** Words that add to the profile's, or a value that replaces it. */
  readonly isList: boolean
  readonly sayings: readonly Saying[]
  /** Of a list: what is left of the words, by the line that has the last word on each. */
  readonly words: readonly (Place & { readonly word: string })[]
  /** Of any other: the value that stands, as far as it can be known without Portage. */
  readonly value: string | undefined
}

export function explainVariable(composed: Composed, name: string): ExplainedVariable {
  const list = isList(composed.lists, name)
  const steps = list ? stepsOfList(composed, name) : stepsNamed(composed, name)
  const sayings = steps.map((step, index): Saying => ({
    file: step.file,
    line: step.line,
    piece: pieceName(composed.pieces[step.piece]),
    says: step.name === name ? step.value : `${step.name}: ${step.value}`,
    overrode: steps
      .slice(0, index)
      .filter((earlier) => overrides(earlier, step))
      .map((earlier) => ({ file: earlier.file, line: earlier.line, says: earlier.value })),
    losesTo: undefined,
  }))
  const value = list ? undefined : steps.at(-1)?.value
  return { name, isList: list, sayings, words: list ? wordsLeft(steps, name, composed.lists) : [], value }
}

function stepsNamed(composed: Composed, name: string): VariableStep[] {
  return [...composed.steps.values()].flat().filter((step) => step.name === name)
}

/**
 * Groups and USE are one list to Portage, of flags: `USE="-video_cards_intel"` and `USE="-*"` take from VIDEO_CARDS, and
 * what VIDEO_CARDS says is in USE. Within a piece the groups come first (stack.ts).
 */
function stepsOfList({ steps, lists }: Composed, name: string): VariableStep[] {
  if (name !== 'USE' && !lists.groups.has(name)) return [...steps.values()].flat().filter((step) => step.name === name)
  const prefix = name === 'USE' ? '' : `${name.toLowerCase()}_`
  return [...steps.values()].flatMap((inFile) =>
    inFile
      .filter((step) => step.name === 'USE' || lists.groups.has(step.name))
      .map((step) => ({
        ...step,
        words: asFlags(step).filter((flag) => flag === '-*' || bareOf(flag).startsWith(prefix)),
      }))
      .filter((step) => step.name === name || step.words.length > 0)
      .filter((step) => step.name === name || step.name === 'USE' || name === 'USE')
      .toSorted((a, b) => a.piece - b.piece || Number(a.name === 'USE') - Number(b.name === 'USE')),
  )
}

function asFlags({ name, words = [] }: VariableStep): string[] {
  if (name === 'USE') return [...words]
  return words.map((word) => asFlag(name, word))
}

function overrides(earlier: VariableStep, later: VariableStep): boolean {
  const [before, after] = [earlier.words, later.words]
  if (before === undefined || after === undefined) return true
  return after.some((word) => takesAway(word, before) || before.includes(negated(word)))
}

/** `-*`, and `-video_cards_*` of a group. */
function takesAway(word: string, words: readonly string[]): boolean {
  if (!word.startsWith('-') || !word.endsWith('*')) return false
  const prefix = word.slice(1, -1)
  return words.some((one) => !one.startsWith('-') && one.startsWith(prefix))
}

/** By position, as Portage counts them: what takes all away takes the profile's words too, so it stays in front. */
function wordsLeft(
  steps: readonly VariableStep[],
  name: string,
  { groups }: ListVariables,
): (Place & { word: string })[] {
  const left = new Map<string, Place & { word: string }>()
  for (const { words = [], file, line } of steps)
    for (const word of words) {
      if (word.startsWith('-') && word.endsWith('*'))
        for (const bare of left.keys()) if (bare.startsWith(word.slice(1, -1))) left.delete(bare)
      left.delete(bareOf(word))
      left.set(bareOf(word), { file, line, word })
    }
  const prefix = groups.has(name) ? `${name.toLowerCase()}_` : ''
  return [...left.values()].map((one) => ({ ...one, word: withoutPrefix(one.word, prefix) }))
}

function withoutPrefix(word: string, prefix: string): string {
  const [sign, bare] = word.startsWith('-') ? ['-', word.slice(1)] : ['', word]
  return bare.startsWith(prefix) ? sign + bare.slice(prefix.length) : word
}

/** Lines of package.* (and profile/package.*) that can mean what the atom means. */
export function explainAtom(composed: Composed, atom: Atom): readonly { base: string; sayings: readonly Saying[] }[] {
  const byBase = new Map<string, { line: PackageLine; piece: ParsedPiece }[]>()
  for (const piece of composed.pieces)
    for (const line of piece.lines) {
      if (line.atom === undefined || !mayOverlap(line.atom, atom)) continue
      byBase.set(line.base, [...(byBase.get(line.base) ?? []), { line, piece }])
    }
  return [...byBase]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([base, lines]) => ({
      base,
      sayings: lines.map(({ line, piece }, index) => ({
        file: line.file,
        line: line.line,
        piece: pieceName(piece),
        says: said(line),
        overrode: lines
          .slice(0, index)
          .filter((earlier) => contradicts(earlier.line, line) && !wins(earlier.line, line))
          .map((earlier) => ({ file: earlier.line.file, line: earlier.line.line, says: said(earlier.line) })),
        losesTo: lines
          .slice(0, index)
          .filter((earlier) => contradicts(earlier.line, line) && wins(earlier.line, line))
          .map((earlier) => ({ file: earlier.line.file, line: earlier.line.line, says: said(earlier.line) }))
          .at(-1),
      })),
    }))
}

/** Whether two lines can mean one package and say opposite things of it. */
export function contradicts(earlier: PackageLine, later: PackageLine): boolean {
  if (earlier.atom === undefined || later.atom === undefined || !mayOverlap(earlier.atom, later.atom)) return false
  return contradictingWords(earlier, later) !== undefined
}

/** Whether the line that stands first decides: it is more specific, or equally specific and another atom. */
export function wins(earlier: PackageLine, later: PackageLine): boolean {
  if (earlier.atom === undefined || later.atom === undefined || earlier.written === later.written) return false
  return moreSpecific(earlier.atom, later.atom) || !moreSpecific(later.atom, earlier.atom)
}

export interface ContradictingWords {
  readonly earlier: string
  readonly later: string
}

/** The first word that one line gives and the other takes. */
export function contradictingWords(earlier: PackageLine, later: PackageLine): ContradictingWords | undefined {
  const given = [...signed(earlier).values()].find((word) => !word.startsWith('-'))
  if (given !== undefined && signed(later).has('*') && signed(later).get('*') === '-*')
    return { earlier: given, later: '-*' }
  for (const [bare, word] of signed(later)) {
    const other = signed(earlier).get(bare)
    if (other !== undefined && other !== word) return { earlier: other, later: word }
  }
  return undefined
}

/** Word without its sign → with it; the last one in the line. */
const signed: (line: PackageLine) => ReadonlyMap<string, string> = onceFor((line) => {
  const words = line.of === 'use' ? line.flags.map(({ flag, on }) => (on ? flag : `-${flag}`)) : line.words
  return new Map(words.map((word) => [bareOf(word), word]))
})

function said(line: PackageLine): string {
  return [line.written, ...line.words].join(' ')
}

function bareOf(word: string): string {
  return word.startsWith('-') ? word.slice(1) : word
}

function negated(word: string): string {
  return word.startsWith('-') ? word.slice(1) : `-${word}`
}

function pieceName(piece: ParsedPiece | undefined): string {
  if (piece === undefined) return ''
  const { rank, name } = piece.piece
  return rank === 'global' ? rank : `${rank} ${name}`
}
