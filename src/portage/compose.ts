/**
 * Pieces → one `/etc/portage`. CPU, then global, then locals in their order, then the machine's own.
 * Line files (`package.*`, `repos.conf`, `profile/*` …) become folders with a file a piece, in the order of the pieces, so
 * that a person sees what came from where and Portage's own rules (the more specific atom, then the later line) decide.
 * `make.conf` becomes one file with a block a piece: list variables continue the value so far (`USE="${USE} …"`), the
 * others replace it. Everything else (bashrc, env/, patches/ …): see `rules` below.
 */
import { parseMakeConf } from './makeConf.ts'
import type { ComposerPiece, ComposerSet, PieceMistake, PortageDirectory } from './model.ts'

export interface Composed {
  readonly directory: PortageDirectory
  readonly mistakes: readonly PieceMistake[]
}

type PieceFile = ComposerPiece['files'][number]
type Out = Map<string, { bytes: string; executable: boolean }>

/** Files that Portage also reads as folders, line by line or section by section (portage(5)). */
const LINE_FILES =
  /^(package\.(accept_keywords|accept_restrict|env|keywords|license|mask|properties|unmask|use)|repos\.conf|binrepos\.conf|categories|mirrors|license_groups|profile\/(make\.defaults|package\.[a-z._]+|packages|use\.[a-z._]+|soname\.provided))$/

/** @param lists names of the variables that stack like a chain of profiles (see `variables.ts`) */
export function compose(
  pieces: readonly ComposerPiece[],
  sets: readonly ComposerSet[],
  lists: ReadonlySet<string>,
): Composed {
  const out: Out = new Map()
  const mistakes: PieceMistake[] = []
  const makeConf: string[] = []
  const bashrc: string[] = []
  let profile: string | undefined
  for (const [index, piece] of pieces.entries()) {
    const label = labelOf(index, piece)
    for (const file of piece.files) {
      const [top = ''] = file.path.split('/')
      const lineFile = lineFileOf(file.path)
      if (top === 'make.conf') makeConf.push(makeConfBlock(file, lists, mistakes))
      else if (file.path === 'bashrc') bashrc.push(`# ${file.file}\n${endWithNewline(file.bytes)}`)
      else if (file.path === 'profile') profile = text(file).trim()
      else if (file.path === 'make.profile' || top === 'make.profile')
        mistakes.push({
          file: file.file,
          line: 1,
          message: 'make.profile is made by the program; name the profile in a file "profile" as repository:path.',
        })
      else if (lineFile !== undefined)
        out.set(`${lineFile.base}/${label}${lineFile.rest}`, { bytes: endWithNewline(file.bytes), executable: false })
      else out.set(file.path, { bytes: file.bytes, executable: file.executable })
    }
  }
  if (makeConf.length > 0) out.set('make.conf', { bytes: makeConf.join('\n'), executable: false })
  if (bashrc.length > 0) out.set('bashrc', { bytes: bashrc.join('\n'), executable: false })
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

/** `package.use/editors` → base `package.use`, rest `.editors`; undefined for what is no line file. */
function lineFileOf(path: string): { base: string; rest: string } | undefined {
  const parts = path.split('/')
  for (const length of [1, 2]) {
    const base = parts.slice(0, length).join('/')
    if (!LINE_FILES.test(base)) continue
    const rest = parts.slice(length).join('.')
    return { base, rest: rest === '' ? '' : `.${rest}` }
  }
  return undefined
}

function makeConfBlock(file: PieceFile, lists: ReadonlySet<string>, mistakes: PieceMistake[]): string {
  const parsed = parseMakeConf(text(file))
  mistakes.push(...parsed.mistakes.map((mistake) => ({ file: file.file, ...mistake })))
  const lines = parsed.assignments.map(({ name, value, quote }) => {
    const mark = quote === "'" ? "'" : '"'
    const continued = lists.has(name) && !value.startsWith(`\${${name}}`) && !value.startsWith(`$${name} `)
    return continued ? `${name}=${mark}\${${name}} ${value}${mark}` : `${name}=${mark}${value}${mark}`
  })
  return [`# ${file.file}`, ...lines, ''].join('\n')
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
