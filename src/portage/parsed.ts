/** A piece of `/etc/portage`, read once: its assignments, its lines about packages, and what is wrong with them. */
import { posix } from 'node:path'
import type { Mistake } from '../config/messages.ts'
import { problem, type Problem } from '../config/problem.ts'
import type { Atom } from './atoms/atom.ts'
import { parseAtom } from './atoms/atom.ts'
import { parseAssignments } from './language/assignments.ts'
import { expand } from './language/expand.ts'
import { parseIni } from './language/ini.ts'
import { kindOf } from './language/kinds.ts'
import { parsePackageFile, type PackageEntry } from './language/packageFile.ts'
import type { PackageKind } from './language/packageKinds.ts'
import type { FlagWord } from './language/useFlags.ts'
import { bytesOf, textOf, type ComposerFile, type ComposerPiece, type ComposerSet } from './model.ts'
import { onceFor } from './once.ts'
import type { AssignmentFile, PlacedAssignment } from './stack-model.ts'

/** The files of assignments that pieces stack in, in the order in which Portage reads them. */
export const ASSIGNMENT_TARGETS = ['profile/make.defaults', 'make.conf'] as const
export type AssignmentTarget = (typeof ASSIGNMENT_TARGETS)[number]

/** One line about packages: `package.use`, `package.mask`, `profile/package.use.force` … */
export interface PackageLine {
  /** The file or folder that Portage looks for: `package.use`. */
  readonly base: string
  readonly of: PackageKind
  /** Undefined where the line is about something else: a flag (`profile/use.mask`), a nested set, all (`-*`). */
  readonly atom: Atom | undefined
  /** `-` takes an entry back, `*` makes one of the system set. */
  readonly prefix: PackageEntry['prefix']
  /** The atom as it was written, without prefix. */
  readonly written: string
  /** What stands behind the atom. */
  readonly words: readonly string[]
  /** package.use: flags with their groups spelled out. */
  readonly flags: readonly FlagWord[]
  readonly file: string
  readonly line: number
}

export interface ParsedPiece {
  readonly piece: ComposerPiece
  readonly assignments: ReadonlyMap<AssignmentTarget, readonly AssignmentFile[]>
  /** Names that its assignments set. */
  readonly sets: ReadonlySet<string>
  readonly lines: readonly PackageLine[]
  readonly problems: readonly Problem[]
}

/** The same piece is parsed once, however many machines have it. */
export const parsePiece: (piece: ComposerPiece) => ParsedPiece = onceFor(parse)

export interface ParsedSet {
  readonly set: ComposerSet
  readonly lines: readonly PackageLine[]
  readonly problems: readonly Problem[]
}

export const parseSet: (set: ComposerSet) => ParsedSet = onceFor((set) => {
  const problems: Problem[] = []
  const path = `sets/${set.name}`
  const file = { path, file: set.file, bytes: bytesOf(set.text), executable: false }
  return { set, lines: linesOf(file, { of: 'set', base: 'sets' }, problems), problems }
})

function parse(piece: ComposerPiece): ParsedPiece {
  const problems: Problem[] = []
  const lines: PackageLine[] = []
  const assignments = new Map<AssignmentTarget, AssignmentFile[]>()
  for (const file of piece.files.toSorted((a, b) => inPortageOrder(a.path, b.path))) {
    const kind = kindOf(file.path)
    if (kind.kind === 'assignments') {
      const target = ASSIGNMENT_TARGETS.find((one) => file.path === one || file.path.startsWith(`${one}/`))
      if (target !== undefined)
        assignments.set(target, [
          ...(assignments.get(target) ?? []),
          { file: file.file, assignments: assignmentsOf(piece, file, kind.sourcing, problems) },
        ])
    } else if (kind.kind === 'package') for (const line of linesOf(file, kind, problems)) lines.push(line)
    else if (kind.kind === 'ini') problems.push(...iniProblems(file, kind.base))
  }
  const sets = new Set([...assignments.values()].flat().flatMap((file) => file.assignments.map(({ name }) => name)))
  return { piece, assignments, sets, lines, problems }
}

/** PMS 3.1.5. Mirrors and mounts are named after a repository, so a name that is a path must go no further. */
const REPOSITORY = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/

function iniProblems(file: ComposerFile, base: string): Problem[] {
  const { sections, mistakes } = parseIni(textOf(file.bytes))
  const named = base === 'repos.conf' ? sections.filter(({ name }) => !REPOSITORY.test(name)) : []
  return [
    ...inFile(file, mistakes),
    ...named.map(({ name, line }) => problem('bad-repository', { file: file.file, line }, { name })),
  ]
}

/** Portage walks a folder by name, and what is in a folder stands where the folder does (portage.util, recursive files). */
export function inPortageOrder(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  for (const [index, one] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    if (one !== other) return one < other ? -1 : 1
  }
  return left.length - right.length
}

/** Files that one file may source, those that they source included: each could source the next one twice. */
const MOST_SOURCES = 1000

/** Assignments of a file with those of the files that it sources where the `source` stands. */
export function assignmentsOf(
  piece: Pick<ComposerPiece, 'files'>,
  file: ComposerFile,
  sourcing: boolean,
  problems: Problem[],
): PlacedAssignment[] {
  const found: PlacedAssignment[] = []
  let sources = 0
  const read = (one: ComposerFile, way: readonly string[]): void => {
    const { statements, mistakes } = parseAssignments(textOf(one.bytes), { sourcing })
    for (const mistake of inFile(one, mistakes)) problems.push(mistake)
    for (const statement of statements) {
      if (sources > MOST_SOURCES) return
      const place = { file: one.file, line: statement.line }
      if (statement.kind === 'assign') {
        for (const mistake of expand(statement.value, () => '', statement.line).mistakes)
          problems.push(...inFile(one, [mistake]))
        found.push({ ...statement, file: one.file })
        continue
      }
      const path = sourced(statement.path, one.path)
      const wanted = piece.files.find((other) => other.path === path)
      if (path === undefined || wanted === undefined)
        problems.push(problem('source-outside', place, { path: statement.path }))
      else if (way.includes(path)) problems.push(problem('source-circle', place, { path: statement.path }))
      else if (++sources <= MOST_SOURCES) read(wanted, [...way, path])
    }
  }
  read(file, [file.path])
  if (sources > MOST_SOURCES)
    problems.push(problem('source-too-often', { file: file.file, line: 1 }, { most: MOST_SOURCES }))
  return found
}

/** `source` takes a path from the root or from its own file's folder (shlex.sourcehook); undefined where none can be known. */
function sourced(path: string, from: string): string | undefined {
  if (path.includes('$')) return undefined
  const at = posix.resolve('/etc/portage', posix.dirname(from), path)
  return at.startsWith('/etc/portage/') ? at.slice('/etc/portage/'.length) : undefined
}

function linesOf(
  file: ComposerFile,
  kind: { readonly of: PackageKind; readonly base: string },
  problems: Problem[],
): PackageLine[] {
  const { entries, mistakes } = parsePackageFile(kind.of, textOf(file.bytes))
  for (const mistake of inFile(file, mistakes)) problems.push(mistake)
  return entries.flatMap((entry) => {
    const found = isAboutPackages(kind.of, entry)
      ? parseAtom(kind.of === 'provided' ? `=${entry.atom}` : entry.atom, {
          wildcards: !file.path.startsWith('profile/'),
          repository: true,
        })
      : { atom: undefined }
    if ('mistake' in found) {
      problems.push(...inFile(file, [{ ...found.mistake, line: entry.line }]))
      return []
    }
    return [
      {
        base: kind.base,
        of: kind.of,
        atom: found.atom,
        prefix: entry.prefix,
        written: entry.atom,
        words: entry.words.map((word) => word.text),
        flags: entry.flags,
        file: file.file,
        line: entry.line,
      },
    ]
  })
}

function isAboutPackages(of: PackageKind, { atom, prefix }: PackageEntry): boolean {
  return of !== 'flags' && !(of === 'set' && atom.startsWith('@')) && !(prefix === '-' && atom === '*')
}

export function inFile({ file }: Pick<ComposerFile, 'file'>, mistakes: readonly Mistake[]): Problem[] {
  return mistakes.map(({ code, line, values }) => problem(code, { file, line }, values))
}
