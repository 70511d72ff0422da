/** Small files: one word, or a list with one name a line. `#` starts a comment. */
import { otherSpelling } from './layout.ts'
import { otherBuilderName } from './model.ts'
import { suggest } from './names.ts'
import { problem, type Place } from './problem.ts'
import type { ConfigTree } from './tree.ts'

export interface NameLine {
  readonly name: string
  readonly line: number
}

export function nameLines(text: string): NameLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const name = (raw.includes('#') ? raw.replace(/(^|\s)#.*$/, '') : raw).trim()
    return name === '' ? [] : [{ name, line: index + 1 }]
  })
}

export function readNames(tree: ConfigTree, file: string): NameLine[] {
  const found = tree.text(file)
  return found === undefined ? [] : nameLines(found.text)
}

/**
 * The one line of a file such as `cpu` or `profile`; a missing or empty required file is a problem.
 * @param wanted what the line holds, for the sentence: "the name of a stage3 definition"
 */
export function readWord(tree: ConfigTree, file: string, wanted: string, required: boolean): NameLine | undefined {
  const found = tree.text(file)
  const lines = found === undefined ? [] : nameLines(found.text)
  if (lines.length === 1) return lines[0]
  if (lines.length > 1) {
    tree.problem(problem('one-line', { file, line: lines[1]?.line }, { wanted, count: lines.length }))
    return lines[0]
  }
  if (required && !tree.isLost(file))
    tree.problem(problem(found === undefined ? 'file-missing' : 'file-empty', { file }, { wanted }))
  return undefined
}

/** Tells of a name that stands in a list already; the list stays as it is. */
export function tellRepeats(tree: ConfigTree, file: string, names: readonly NameLine[]): void {
  const first = new Map<string, number>()
  for (const { name, line } of names) {
    const before = first.get(name)
    if (before === undefined) first.set(name, line)
    else tree.problem(problem('named-twice', { file, line }, { name, first: before }))
  }
}

/** What is named, and where it stands: what lies there and could not be read is not unknown. */
const PLACES = {
  'CPU piece': (name: string) => `cpu.defines/${name}`,
  'local piece': (name: string) => `portage.locals/${name}`,
  'package set': (name: string) => `package.sets/${name}`,
  'stage3 definition': (name: string) => `stage3.defines/${name}`,
  'script in user.scripts': (name: string) => `user.scripts/${name}`,
  'list in user.removes': (name: string) => `user.removes/${name}`,
  'folder in user.files': (name: string) => `user.files/${name}`,
  'kernel configuration': (name: string) => `kernel.configs/${name}.kconf`,
}

export type Named = keyof typeof PLACES

/** Looks the names of a list file up; unknown ones are problems with a suggestion. */
export function lookUpNames<T>(tree: ConfigTree, file: string, what: Named, known: ReadonlyMap<string, T>): T[] {
  return readNames(tree, file).flatMap(({ name, line }) => {
    const value = lookUp(tree, { file, line }, what, name, known)
    return value === undefined ? [] : [value]
  })
}

export function lookUp<T>(
  tree: ConfigTree,
  place: Place,
  what: Named,
  name: string,
  known: ReadonlyMap<string, T>,
): T | undefined {
  const value = known.get(name) ?? known.get(otherBuilderName(name))
  if (value === undefined) tellUnknown(tree, place, what, name, known.keys())
  return value
}

export function tellUnknown(
  tree: ConfigTree,
  place: Place,
  what: Named,
  name: string,
  known: Iterable<string>,
  hint?: string,
): void {
  const at = PLACES[what](name)
  if (tree.isLost(at) || tree.isLost(otherSpelling(at))) return
  tree.problem(problem('unknown-name', place, { what, name }, suggest(name, known) ?? hint))
}
