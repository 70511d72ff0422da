/** `package.sets/NAME`: Portage's sets, what they include, and circles in that. */
import { join } from 'node:path'
import { problem } from './problem.ts'
import type { ConfigTree } from './tree.ts'
import type { IncludedSet, PackageSet } from './model.ts'

/** A set's name as a plain file of `/etc/portage/sets` that emerge takes as `@name`. */
const SET_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/

/** A first word with an @ includes that set (portage._sets.files.StaticFileSet, 3.0.83). */
const INCLUSION = /^\s*@(\S+)/

export function readSets(tree: ConfigTree, folder: string): Map<string, PackageSet> {
  const sets = new Map<string, PackageSet>()
  for (const path of tree.walk(folder)) {
    // Portage reads those beside a set, as its description.
    if (path.endsWith('.metadata')) continue
    const name = setName(path)
    const file = join(folder, path)
    const other = sets.get(name)?.file
    if (!SET_NAME.test(name)) tree.problem(problem('bad-set-name', { file }, { name }))
    else if (other !== undefined) tree.problem(problem('set-twice', { file }, { name, other }))
    else {
      const found = tree.text(file)
      if (found !== undefined) sets.set(name, parseSet(name, file, found.text))
    }
  }
  for (const { name, file, text } of sets.values())
    if (isEmpty(text)) tree.problem(problem('set-empty', { file }, { name }))
  tellCircles(tree, sets)
  return sets
}

/** `gentoomuch/builder`, with or without an @, is `gentoomuch-builder`: sets lie side by side in `/etc/portage/sets`. */
export function setName(written: string): string {
  return written.replace(/^@/, '').replaceAll('/', '-')
}

export function parseSet(name: string, file: string, text: string): PackageSet {
  const includes: IncludedSet[] = []
  const lines = text.split('\n').map((line, index) => {
    const included = INCLUSION.exec(line)?.[1]
    if (included === undefined) return line
    includes.push({ name: setName(included), line: index + 1 })
    return line.replace(`@${included}`, `@${setName(included)}`)
  })
  return { name, file, text: lines.join('\n'), includes }
}

/** What these sets include, at any depth, without themselves. */
export function includedIn(named: readonly PackageSet[], all: ReadonlyMap<string, PackageSet>): PackageSet[] {
  const seen = new Set(named)
  // A set that is found on the way is looked into later in the same loop.
  for (const set of seen)
    for (const { name } of set.includes) {
      const included = all.get(name)
      if (included !== undefined) seen.add(included)
    }
  return [...seen].slice(new Set(named).size)
}

function isEmpty(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(#|$)/.test(line))
}

/** Each circle once, at the line that closes it. */
function tellCircles(tree: ConfigTree, sets: ReadonlyMap<string, PackageSet>): void {
  const done = new Set<string>()
  const visit = (set: PackageSet, way: readonly string[]): void => {
    const here = [...way, set.name]
    for (const { name, line } of set.includes) {
      const from = here.indexOf(name)
      const included = sets.get(name)
      if (from >= 0) {
        const circle = [...here.slice(from), name].join(' → ')
        tree.problem(problem('set-circle', { file: set.file, line }, { name, circle }))
      } else if (included !== undefined && !done.has(name)) visit(included, here)
    }
    done.add(set.name)
  }
  for (const set of sets.values()) if (!done.has(set.name)) visit(set, [])
}
