/**
 * Pieces → one `/etc/portage`. CPU, then global, then locals in their order, then the machine's own.
 * Line files (`package.*`, `repos.conf`, `profile/*` …) become folders with a file a piece, in the order of the pieces, so
 * that a person sees what came from where and Portage's own rules (the more specific atom, then the later line) decide.
 * Files that Portage does not read as folders (`categories`, `license_groups`, `bashrc`) hold the pieces one after the other.
 * `make.conf` and `profile/make.defaults` become one file with a block a piece: see `assignments.ts`.
 * Of everything else (env/, patches/ …) the later piece's file of one path stands.
 */
import { stackAssignments } from './assignments.ts'
import type { ComposerPiece, ComposerSet, PieceMistake, PortageDirectory } from './model.ts'

export interface Composed {
  readonly directory: PortageDirectory
  readonly mistakes: readonly PieceMistake[]
}

type PieceFile = ComposerPiece['files'][number]
type Out = Map<string, { bytes: string; executable: boolean }>

/** Files that Portage also reads as folders, line by line or section by section (portage(5)). */
const LINE_FILES =
  /^(package\.(accept_keywords|accept_restrict|env|keywords|license|mask|properties|unmask|use)|repos\.conf|binrepos\.conf|mirrors|profile\/(package\.[a-z._]+|use\.[a-z._]+|soname\.provided))$/

/** Files of assignments: one file with a block a piece. Portage would read a folder, but then nothing stacks in it. */
const ASSIGNMENT_FILE = /^(make\.conf|profile\/make\.defaults)(\/|$)/

/** Files that Portage (3.0.83) opens as plain files only: the pieces follow each other. */
const PLAIN_FILE = /^(categories|license_groups|bashrc|profile\/packages)(\/|$)/

/** @param lists names of the variables that stack like a chain of profiles (see `variables.ts`) */
export function compose(
  pieces: readonly ComposerPiece[],
  sets: readonly ComposerSet[],
  lists: ReadonlySet<string>,
): Composed {
  const out: Out = new Map()
  const mistakes: PieceMistake[] = []
  const assignments = new Map<string, PieceFile[]>()
  const plain = new Map<string, PieceFile[]>()
  let profile: string | undefined
  for (const [index, piece] of pieces.entries()) {
    const label = labelOf(index, piece)
    for (const file of piece.files) {
      const [top = ''] = file.path.split('/')
      const lineFile = lineFileOf(file.path)
      const assignmentFile = ASSIGNMENT_FILE.exec(file.path)?.[1]
      const plainFile = PLAIN_FILE.exec(file.path)?.[1]
      if (assignmentFile !== undefined) append(assignments, assignmentFile, file)
      else if (plainFile !== undefined) append(plain, plainFile, file)
      else if (file.path === 'profile') profile = text(file).trim()
      else if (top === 'make.profile')
        mistakes.push({
          file: file.file,
          line: 1,
          message: 'make.profile is made by the program; name the profile in a file "profile" as repository:path.',
        })
      else if (lineFile !== undefined)
        out.set(unused(out, `${lineFile.base}/${label}${lineFile.rest}`), {
          bytes: endWithNewline(file.bytes),
          executable: false,
        })
      else out.set(file.path, { bytes: file.bytes, executable: file.executable })
    }
  }
  for (const [path, files] of assignments) {
    const stacked = stackAssignments(
      files.map((file) => ({ file: file.file, text: text(file) })),
      lists,
    )
    mistakes.push(...stacked.mistakes)
    out.set(path, { bytes: stacked.text, executable: false })
  }
  for (const [path, files] of plain) {
    const bytes = files.map((file) => `# ${file.file}\n${endWithNewline(file.bytes)}`).join('\n')
    out.set(path, { bytes, executable: false })
  }
  for (const set of sets)
    out.set(`sets/${set.name}`, {
      bytes: endWithNewline(Buffer.from(set.text, 'utf8').toString('latin1')),
      executable: false,
    })
  return { directory: { files: sorted(out), profile }, mistakes }
}

/** `10-cpu-znver3`: Portage reads folders in name order, so the number keeps the order of the pieces. */
function labelOf(index: number, piece: ComposerPiece): string {
  const number = String((index + 1) * 10).padStart(4, '0')
  return piece.rank === 'global' ? `${number}-global` : `${number}-${piece.rank}-${piece.name.replaceAll('/', '-')}`
}

/** `package.use/editors/vim` → base `package.use`, rest `.editors+vim` (`+` sorts as `/` did); undefined for what is no line file. */
function lineFileOf(path: string): { base: string; rest: string } | undefined {
  const parts = path.split('/')
  for (const length of [1, 2]) {
    const base = parts.slice(0, length).join('/')
    if (!LINE_FILES.test(base)) continue
    const rest = parts.slice(length).join('+')
    return { base, rest: rest === '' ? '' : `.${rest}` }
  }
  return undefined
}

/** `a+b` beside `a/b`: neither is lost. */
function unused(out: Out, path: string): string {
  let name = path
  for (let number = 2; out.has(name); number++) name = `${path}+${number}`
  return name
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  map.set(key, [...(map.get(key) ?? []), value])
}

function text(file: PieceFile): string {
  return file.bytes.replaceAll('\r\n', '\n')
}

function endWithNewline(bytes: string): string {
  return bytes === '' || bytes.endsWith('\n') ? bytes : `${bytes}\n`
}

function sorted(out: Out): PortageDirectory['files'] {
  return [...out.entries()].map(([path, file]) => ({ path, ...file })).toSorted((a, b) => (a.path < b.path ? -1 : 1))
}
