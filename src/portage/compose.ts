/**
 * Pieces → one `/etc/portage`. CPU, then global, then locals in their order, then the machine's own.
 * Line files (`package.*`, `repos.conf`, `profile/*` …) become folders with a file a piece, in the order of the pieces, so
 * that a person sees what came from where and Portage's own rules decide (the more specific atom; of one atom the later line).
 * Files that Portage does not read as folders (`categories`, `license_groups`, `bashrc`) hold the pieces one after the other.
 * `make.conf` and `profile/make.defaults` become one file with a block a piece: see `stack.ts`.
 * Of everything else (env/, patches/ …) the later piece's file of one path stands.
 * The same pieces give the same bytes: nothing else goes in.
 */
import { problem, type Problem } from '../config/problem.ts'
import { declaredGroups, refusedVariables } from './groups.ts'
import { print, replaceNode, type Document } from './language/document.ts'
import { segments } from './language/expand.ts'
import { entriesFolderOf, kindOf } from './language/kinds.ts'
import { parsePackageFile } from './language/packageFile.ts'
import { bytesOf, textOf } from './model.ts'
import type { ComposerFile, ComposerPiece, ComposerSet, PortageDirectory, PortageFile } from './model.ts'
import { onceFor } from './once.ts'
import { isReposConf, placesFor } from './places.ts'
import { ASSIGNMENT_TARGETS, assignmentsOf, parsePiece, parseSet } from './parsed.ts'
import type { AssignmentTarget, ParsedPiece, ParsedSet } from './parsed.ts'
import { stackAssignments } from './stack.ts'
import type { KnownValues, PlacedAssignment, VariableStep } from './stack-model.ts'
import { isList, withGroups, type ListVariables } from './variables.ts'

export interface Composed {
  readonly directory: PortageDirectory
  readonly pieces: readonly ParsedPiece[]
  readonly sets: readonly ParsedSet[]
  /** What each piece says of each variable, in the order of the pieces. */
  readonly steps: ReadonlyMap<AssignmentTarget, readonly VariableStep[]>
  /** Composed path → the files of the configuration directory that it was made of. */
  readonly origins: ReadonlyMap<string, readonly string[]>
  readonly lists: ListVariables
  readonly problems: readonly Problem[]
}

/** @param lists what the profiles declare; groups that a piece declares are added here */
export function compose(
  pieces: readonly ComposerPiece[],
  sets: readonly ComposerSet[],
  lists: ListVariables,
): Composed {
  const all = pieces.map((piece) => parsePiece(piece))
  const out = new Output()
  const parsedSets = sets.map((set) => parseSet(set))
  const problems = [...all, ...parsedSets].flatMap((one) => one.problems)
  for (const [index, piece] of pieces.entries()) placeFiles(out, index, piece, pieces.length, problems)
  const complete = withGroups(lists, declaredGroups(all))
  problems.push(...refusedVariables(all, complete))
  const steps = new Map<AssignmentTarget, readonly VariableStep[]>()
  let known: KnownValues = new Map()
  for (const target of ASSIGNMENT_TARGETS) {
    const files = all.map(({ assignments }) => assignments.get(target) ?? [])
    if (files.every((one) => one.length === 0)) continue
    const stacked = stackAssignments(files, complete, { inProfile: target === 'profile/make.defaults', known })
    known = stacked.known
    problems.push(...stacked.problems)
    steps.set(target, stacked.steps)
    out.set(
      target,
      bytesOf(stacked.text),
      files.flat().map(({ file }) => file),
    )
  }
  for (const set of sets) {
    const [other] = out.origins.get(`sets/${set.name}`) ?? []
    if (other !== undefined) problems.push(problem('set-hidden', { file: set.file }, { name: set.name, other }))
    out.set(`sets/${set.name}`, ended(bytesOf(withoutReturns(set.text))), [set.file])
  }
  const places = placesFor(out.files.values())
  if (places !== undefined) out.set('repos.conf/places', bytesOf(places), out.from(isReposConf))
  problems.push(...environments(all, out, complete), ...out.problems())
  return {
    directory: out.directory(),
    pieces: all,
    sets: parsedSets,
    steps,
    origins: out.origins,
    lists: complete,
    problems,
  }
}

/** Files of assignments: one file with a block a piece. Portage would read a folder, but then nothing stacks in it. */
const ASSIGNMENT_FILE = /^(make\.conf|profile\/make\.defaults)(\/|$)/

/** Files that Portage (3.0.83) opens as plain files only: the pieces follow each other. */
const PLAIN_FILE = /^(categories|license_groups|bashrc|profile\/packages)(\/|$)/

/** `gentoo:default/linux/amd64/23.0`. */
const PROFILE = /^[A-Za-z0-9_][A-Za-z0-9_-]*:[A-Za-z0-9_+.-]+(\/[A-Za-z0-9_+.-]+)*$/

function placeFiles(out: Output, index: number, piece: ComposerPiece, count: number, problems: Problem[]): void {
  const label = labelOf(index, piece, count)
  for (const file of piece.files) {
    const lineFile = entriesFolderOf(file.path)
    const plainFile = PLAIN_FILE.exec(file.path)?.[1]
    if (ASSIGNMENT_FILE.test(file.path)) continue
    else if (plainFile !== undefined) out.append(plainFile, file)
    else if (file.path === 'profile') out.profile = profileOf(file, problems)
    else if (file.path.split('/')[0] === 'make.profile')
      problems.push(problem('make-profile-in-piece', { file: file.file }))
    else if (lineFile !== undefined) out.line(`${lineFile}/${label}${file.path.slice(lineFile.length)}`, file)
    else out.set(file.path, file.bytes, [file.file], file.executable)
  }
}

/** `0010-cpu-znver3`: Portage reads folders in name order, so the number keeps the order of the pieces. */
function labelOf(index: number, piece: ComposerPiece, count: number): string {
  const number = String((index + 1) * 10).padStart(Math.max(4, String(count * 10).length), '0')
  return piece.rank === 'global' ? `${number}-global` : `${number}-${piece.rank}-${piece.name.replaceAll('/', '-')}`
}

function profileOf(file: ComposerFile, problems: Problem[]): string | undefined {
  const text = textOf(file.bytes).trim()
  if (PROFILE.test(text) && !text.includes('..')) return text
  problems.push(problem('bad-profile', { file: file.file, line: 1 }, { found: text }))
  return undefined
}

/** What package.env names is a file of assignments in env/ (portage.config, `_grab_pkg_env`). */
function environments(pieces: readonly ParsedPiece[], out: Output, lists: ListVariables): Problem[] {
  const problems: Problem[] = []
  const lines = pieces.flatMap((piece) => piece.lines.filter(({ of }) => of === 'env'))
  if (lines.length === 0) return []
  const files = out.composerFiles()
  const known = new Map(files.map((file) => [file.path, file]))
  const read = new Set<string>()
  for (const { words, file, line } of lines)
    for (const name of words) {
      const path = `env/${name}`
      const found = known.get(path)
      if (found === undefined) problems.push(problem('env-without-file', { file, line }, { name }))
      else if (!read.has(path))
        for (const assignment of assignmentsOf({ files }, found, true, problems))
          for (const one of listsIn(assignment, lists)) problems.push(one)
      read.add(path)
    }
  return problems
}

/** In env/ `${LIST}` would be the composed one, or for a group nothing; only a list that goes on from itself comes out right. */
function listsIn(assignment: PlacedAssignment, lists: ListVariables): Problem[] {
  const isRight = (name: string) => name === assignment.name && lists.incremental.has(name)
  return segments(assignment.value).flatMap((part) =>
    part.kind === 'reference' && isList(lists, part.name) && !isRight(part.name)
      ? [problem('list-in-env', assignment, { name: assignment.name, reference: part.name })]
      : [],
  )
}

class Output {
  readonly files = new Map<string, PortageFile>()
  readonly origins = new Map<string, readonly string[]>()
  profile: string | undefined

  set(path: string, bytes: string, from: readonly string[], executable = false): void {
    this.files.set(path, { path, bytes, executable })
    this.origins.set(path, from)
  }

  /** A file a piece in a folder; a piece's own folder stays one, which Portage reads in its place. */
  line(path: string, file: ComposerFile): void {
    this.set(path, composedBytes(file), [file.file])
  }

  append(path: string, file: ComposerFile): void {
    const before = this.files.get(path)
    const block = `# ${file.file}\n${ended(withoutReturns(file.bytes))}`
    const origins = this.origins.get(path) ?? []
    this.files.set(path, {
      path,
      bytes: before === undefined ? block : `${before.bytes}\n${block}`,
      executable: false,
    })
    this.origins.set(path, [...origins, file.file])
  }

  /** What no file system could hold. */
  problems(): Problem[] {
    return [...this.files.keys()].flatMap((path) => {
      const [file = ''] = this.origins.get(path) ?? []
      const parts = path.split('/')
      const long = parts.find((part) => Buffer.byteLength(part) > LONGEST_NAME)
      if (long !== undefined) return [problem('name-too-long', { file }, { length: Buffer.byteLength(long) })]
      const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
      const clash = above.find((folder) => this.files.has(folder))
      const other = clash === undefined ? undefined : this.origins.get(clash)?.[0]
      return other === undefined ? [] : [problem('file-below-file', { file }, { above: clash ?? '', other })]
    })
  }

  /** The files of the configuration directory that some files were made of. */
  from(which: (file: PortageFile) => boolean): string[] {
    return [...this.files.values()].filter(which).flatMap(({ path }) => this.origins.get(path) ?? [])
  }

  composerFiles(): ComposerFile[] {
    return [...this.files.values()].map((file) => ({ ...file, file: this.origins.get(file.path)?.[0] ?? file.path }))
  }

  directory(): PortageDirectory {
    const files = [...this.files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
    return { files, profile: this.profile }
  }
}

/** A file of a piece as it lies in the folder of its kind: the same in every machine. */
const composedBytes: (file: ComposerFile) => string = onceFor((file) => ended(spelledOut(file)))

/** NAME_MAX of Linux, in bytes. */
const LONGEST_NAME = 255

/**
 * In a profile's package.use and its like an open `GROUP:` goes on in the next line with the same atom, in whatever file
 * that stands (UseManager, 3.0.83): so that no piece swallows another one's flags, groups are written out.
 */
function spelledOut(file: ComposerFile): string {
  const kind = kindOf(file.path)
  const text = withoutReturns(file.bytes)
  if (kind.kind !== 'package' || kind.of !== 'profile-use' || !/\w:\s/.test(text)) return text
  let document: Document = parsePackageFile('profile-use', textOf(text))
  for (const { atom, words, flags, node } of parsePackageFile('profile-use', textOf(text)).entries)
    if (words.some((word) => word.text.endsWith(':')))
      document = replaceNode(
        document,
        node,
        `${[atom, ...flags.map(({ flag, on }) => (on ? flag : `-${flag}`))].join(' ')}\n`,
      )
  return bytesOf(print(document))
}

/** Bash and git trip over `\r`; Portage's own parsers take it for a blank. */
function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

function ended(bytes: string): string {
  return bytes === '' || bytes.endsWith('\n') ? bytes : `${bytes}\n`
}
