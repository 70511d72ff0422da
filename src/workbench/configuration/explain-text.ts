/** config explain, for people: each line one, whatever is in the values. */
import type { ExplainedVariable, Saying } from '../../portage/explain.ts'
import { visible } from '../../visible.ts'
import type { AtomView, VariableView } from './portage-view.ts'

/** Why Portage was not asked; undefined where it was. */
export type NotAsked = string | undefined

export function variableLines(
  { name, isList, sayings, words, value }: ExplainedVariable,
  view: VariableView | undefined,
  notAsked: NotAsked,
): string[] {
  const lines = sayings.length === 0 ? [`No piece says anything of ${name}.`] : sayings.flatMap(sayingLines)
  if (isList && words.length > 0) {
    lines.push('', `Of the pieces' words these are left, and the profile's own that none of them takes away:`)
    lines.push(...words.map(({ word, file, line }) => `  ${word.padEnd(24)} ${file}:${line}`))
  } else if (value !== undefined) lines.push('', `It stands as: ${value}`)
  return [...lines, '', ...viewLines(view, notAsked)].map(visible)

  function viewLines(asked: VariableView | undefined, why: NotAsked): string[] {
    if (asked === undefined) return [`Portage was not asked: ${why ?? ''}`]
    return [asked.value === null ? `Portage: ${name} is not set.` : `Portage: ${name}="${asked.value}"`]
  }
}

export function atomLines(
  atom: string,
  files: readonly { readonly base: string; readonly sayings: readonly Saying[] }[],
  view: AtomView | undefined,
  notAsked: NotAsked,
): string[] {
  const lines =
    files.length === 0
      ? [`No piece has a line about ${atom}.`]
      : files.flatMap(({ base, sayings }) => [`${base}:`, ...sayings.flatMap(sayingLines).map((line) => `  ${line}`)])
  return [...lines, '', ...packageLines(atom, view, notAsked)].map(visible)
}

function packageLines(atom: string, view: AtomView | undefined, notAsked: NotAsked): string[] {
  if (view === undefined) return [`Portage was not asked: ${notAsked ?? ''}`]
  if (view.packages.length === 0) return [`Portage: ${atom} matches nothing in the current snapshot.`]
  const packages = view.packages.flatMap((one) => [
    `Portage: ${one.cpv}:${one.slot}::${one.repository} ${one.masks.length === 0 ? 'can be taken' : `is not taken: ${one.masks.join(', ')}`}`,
    `  USE="${[...one.use, ...one.unused.map((flag) => `-${flag}`)].join(' ')}"`,
    ...(one.env.length === 0 ? [] : [`  env: ${one.env.join(' ')}`]),
  ])
  return [...packages, ...(view.more === 0 ? [] : [`and ${view.more} more`])]
}

function sayingLines({ piece, file, line, says, overrode, losesTo }: Saying): string[] {
  return [
    `${file}:${line} (${piece}): ${says === '' ? 'nothing' : says}`,
    ...overrode.map((one) => `  overrides ${one.file}:${one.line}: ${one.says}`),
    ...(losesTo === undefined ? [] : [`  has no say where ${losesTo.file}:${losesTo.line} has one: ${losesTo.says}`]),
  ]
}
