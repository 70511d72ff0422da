/** `stage3.defines/NAME/`: what a builder or a machine is compiled for. */
import { join } from 'node:path'
import { lookUp, lookUpNames, readNames, readWord, tellRepeats, tellUnknown } from './lists.ts'
import { BUILDER_NAMES, PORTAGE_SETS, type PackageSet, type Piece, type Stage3Define } from './model.ts'
import { nameProblem, suggest } from './names.ts'
import { ORIGINAL_STAGE3_FILES } from './original.ts'
import { findDefinitions, readPiece } from './pieces.ts'
import { problem } from './problem.ts'
import { readScripts } from './scripts.ts'
import { includedIn, parseSet, setName } from './sets.ts'
import { tellUnknownFiles } from './unknown.ts'
import type { ConfigTree } from './tree.ts'

const NO_CPU: Piece = { rank: 'cpu', name: '', folder: '', files: [] }

const KNOWN = ['cpu', 'packages', 'portage.local', 'portage', 'scripts']

/** What definitions name, by its name. */
export interface Stage3Names {
  readonly cpus: ReadonlyMap<string, Piece>
  readonly locals: ReadonlyMap<string, Piece>
  readonly sets: ReadonlyMap<string, PackageSet>
  readonly scripts: ReadonlyMap<string, string>
}

export function readStage3s(tree: ConfigTree, folder: string, known: Stage3Names): Map<string, Stage3Define> {
  const defines = new Map<string, Stage3Define>()
  for (const name of findDefinitions(tree, folder, (entry) => KNOWN.includes(entry))) {
    const refused = nameProblem({ file: join(folder, name) }, name)
    if (refused !== undefined) tree.problem(refused)
    defines.set(name, readStage3(tree, join(folder, name), name, known))
  }
  const [one, other] = BUILDER_NAMES
  if (defines.has(one) && defines.has(other))
    tree.problem(problem('both-spellings', { file: join(folder, other) }, { one, other }))
  return defines
}

function readStage3(tree: ConfigTree, at: string, name: string, known: Stage3Names): Stage3Define {
  const cpu = readWord(tree, join(at, 'cpu'), "the name of a CPU's piece", true)
  const place = { file: join(at, 'cpu'), line: cpu?.line }
  const own = readPiece(tree, join(at, 'portage'), 'machine', name)
  const sets = readPackages(tree, join(at, 'packages'), name, known.sets)
  tellRepeats(tree, join(at, 'portage.local'), readNames(tree, join(at, 'portage.local')))
  tellUnknownFiles(tree, at, KNOWN, ORIGINAL_STAGE3_FILES)
  return {
    name,
    folder: at,
    cpu: (cpu && lookUp(tree, place, 'CPU piece', cpu.name, known.cpus)) ?? NO_CPU,
    locals: lastOfEach(lookUpNames(tree, join(at, 'portage.local'), 'local piece', known.locals)),
    sets,
    included: includedIn(sets, known.sets),
    scripts: readScripts(tree, join(at, 'scripts'), known.scripts),
    own: own.files.length === 0 ? undefined : own,
  }
}

/** A piece that is named twice stands where it is named last: nothing behind it may have the last word over it. */
function lastOfEach<T>(all: readonly T[]): T[] {
  return [...new Set(all.toReversed())].toReversed()
}

/** What emerge takes for a package: a category and a name, perhaps with operator, version, slot, repository. */
const ATOM = /^[<>=~]*[A-Za-z0-9_][A-Za-z0-9+_.-]*\/\S+$/

/** Sets whose packages a root has without being told. */
const IN_EVERY_ROOT = ['system', 'profile', 'selected', 'world']

/**
 * Names of sets, with or without @, and atoms, as many in a line as one likes. The atoms make a set of their own, in which
 * each stands in its line here; what a line has beyond one atom stands at the end.
 */
function readPackages(
  tree: ConfigTree,
  file: string,
  define: string,
  known: ReadonlyMap<string, PackageSet>,
): PackageSet[] {
  const words = readNames(tree, file).flatMap(({ name, line }) =>
    name.split(/\s+/).map((word) => ({ name: word, line })),
  )
  tellRepeats(tree, file, words)
  const sets = new Set<PackageSet>()
  const atoms: string[] = []
  const more: string[] = []
  for (const { name: word, line } of words) {
    const name = setName(word)
    const set = known.get(name)
    if (set !== undefined) sets.add(set)
    else if (word.startsWith('@') && IN_EVERY_ROOT.includes(name))
      tree.problem(problem('set-in-every-root', { file, line }, { name }))
    else if (ATOM.test(word) && suggest(name, known.keys()) === undefined) {
      if (atoms[line - 1] === undefined) atoms[line - 1] = word
      else more.push(word)
    } else tellUnknown(tree, { file, line }, 'package set', word.replace(/^@/, ''), known.keys(), NO_SET)
  }
  if (atoms.length === 0) return [...sets]
  const own = freeName(`${define.replaceAll(/[^A-Za-z0-9_.+-]/g, '-').replace(/^[^A-Za-z0-9_]/, '_')}-packages`, known)
  return [...sets, parseSet(own, file, [...Array.from(atoms, (atom) => atom ?? ''), ...more, ''].join('\n'))]
}

const NO_SET = 'A set is a file in package.sets; a package is written CATEGORY/NAME.'

function freeName(wanted: string, known: ReadonlyMap<string, PackageSet>): string {
  return known.has(wanted) || PORTAGE_SETS.has(wanted) ? freeName(`${wanted}_`, known) : wanted
}
