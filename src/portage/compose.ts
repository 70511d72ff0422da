/**
 * Pieces → one `/etc/portage`. CPU, then global, then locals in their order, then the machine's own.
 * Line files (`package.*`, `repos.conf`, `profile/*` …) become folders with a file a piece, in the order of the pieces, so
 * that a person sees what came from where and Portage's own rules (the more specific atom, then the later line) decide.
 * Files that Portage does not read as folders (`categories`, `license_groups`, `bashrc`) hold the pieces one after the other.
 * `make.conf` and `profile/make.defaults` become one file with a block a piece: see `stack.ts`.
 * Of everything else (env/, patches/ …) the later piece's file of one path stands.
 * The same pieces give the same bytes: nothing else goes in.
 */
import { problem, type Problem } from '../config/problem.ts'
import { parseAssignments } from './language/assignments.ts'
import { entriesFolderOf } from './language/kinds.ts'
import { bytesOf, textOf } from './model.ts'
import type { ComposerFile, ComposerPiece, ComposerSet, PortageDirectory, PortageFile } from './model.ts'
import { ASSIGNMENT_TARGETS, inFile, parsePiece, parseSet } from './parsed.ts'
import type { AssignmentTarget, ParsedPiece, ParsedSet } from './parsed.ts'
import { stackAssignments, type VariableStep } from './stack.ts'
import { withGroupsOf, type ListVariables } from './variables.ts'

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
  for (const [index, piece] of pieces.entries()) placeFiles(out, index, piece, problems)
  const complete = withGroupsOf(lists, textsThatDeclare(pieces))
  const steps = new Map<AssignmentTarget, readonly VariableStep[]>()
  for (const target of ASSIGNMENT_TARGETS) {
    const files = all.map(({ assignments }) => assignments.get(target) ?? [])
    if (files.every((one) => one.length === 0)) continue
    const stacked = stackAssignments(files, complete, target === 'profile/make.defaults')
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
  problems.push(...missingEnvironments(all, out))
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

function placeFiles(out: Output, index: number, piece: ComposerPiece, problems: Problem[]): void {
  const label = labelOf(index, piece)
  for (const file of piece.files) {
    const lineFile = entriesFolderOf(file.path)
    const plainFile = PLAIN_FILE.exec(file.path)?.[1]
    if (ASSIGNMENT_FILE.test(file.path)) continue
    else if (plainFile !== undefined) out.append(plainFile, file)
    else if (file.path === 'profile') out.profile = profileOf(file, problems)
    else if (file.path.split('/')[0] === 'make.profile')
      problems.push(problem('make-profile-in-piece', { file: file.file }))
    else if (lineFile !== undefined) out.line(`${lineFile}/${label}${restOf(file.path, lineFile)}`, file)
    else out.set(file.path, file.bytes, [file.file], file.executable)
  }
}

/** `0010-cpu-znver3`: Portage reads folders in name order, so the number keeps the order of the pieces. */
function labelOf(index: number, piece: ComposerPiece): string {
  const number = String((index + 1) * 10).padStart(4, '0')
  return piece.rank === 'global' ? `${number}-global` : `${number}-${piece.rank}-${piece.name.replaceAll('/', '-')}`
}

/** `package.use/editors/vim` → `.editors+vim`. */
function restOf(path: string, base: string): string {
  const rest = path.slice(base.length + 1).replaceAll('/', '+')
  return rest === '' ? '' : `.${rest}`
}

function profileOf(file: ComposerFile, problems: Problem[]): string | undefined {
  const text = textOf(file.bytes).trim()
  if (PROFILE.test(text) && !text.includes('..')) return text
  problems.push(problem('bad-profile', { file: file.file, line: 1 }, { found: text }))
  return undefined
}

function textsThatDeclare(pieces: readonly ComposerPiece[]): string[] {
  return pieces.flatMap(({ files }) =>
    files.filter(({ path }) => ASSIGNMENT_FILE.test(path)).map(({ bytes }) => textOf(bytes)),
  )
}

/** What package.env names is a file of assignments in env/ (portage.config, `_grab_pkg_env`). */
function missingEnvironments(pieces: readonly ParsedPiece[], out: Output): Problem[] {
  return pieces.flatMap(({ lines }) =>
    lines
      .filter(({ of }) => of === 'env')
      .flatMap(({ words, file, line }) =>
        words.flatMap((name) => {
          const path = `env/${name}`
          const found = out.files.get(path)
          const [origin] = out.origins.get(path) ?? []
          if (found === undefined || origin === undefined)
            return [problem('env-without-file', { file, line }, { name })]
          return inFile({ file: origin }, parseAssignments(textOf(found.bytes)).mistakes)
        }),
      ),
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

  /** A file a piece in a folder. `a+b` beside `a/b`: neither is lost. */
  line(path: string, file: ComposerFile): void {
    let name = path
    for (let number = 2; this.files.has(name); number++) name = `${path}+${number}`
    this.set(name, ended(withoutReturns(file.bytes)), [file.file])
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

  directory(): PortageDirectory {
    const files = [...this.files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
    return { files, profile: this.profile }
  }
}

/** Bash and git trip over `\r`; Portage's own parsers take it for a blank. */
function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

function ended(bytes: string): string {
  return bytes === '' || bytes.endsWith('\n') ? bytes : `${bytes}\n`
}
