/** Pieces of `/etc/portage`: `cpu.defines/NAME/`, `portage.global/`, `portage.locals/NAME/`, a definition's `portage/`. */
import { isUtf8 } from 'node:buffer'
import { join } from 'node:path'
import { nameProblem, suggest } from './names.ts'
import { problem } from './problem.ts'
import type { ConfigTree } from './tree.ts'
import type { Piece, PieceFile, Rank } from './model.ts'

export function readPiece(tree: ConfigTree, folder: string, rank: Rank, name: string): Piece {
  const files = tree.walk(folder).flatMap((path) => readPieceFile(tree, folder, path) ?? [])
  for (const entry of tree.entries(folder)) tellMisplaced(tree, join(folder, entry), entry)
  return { rank, name, folder, files }
}

/** Every piece below a folder, by name. */
export function readPieces(tree: ConfigTree, folder: string, rank: Rank): Map<string, Piece> {
  const pieces = new Map<string, Piece>()
  for (const name of findDefinitions(tree, folder, (entry) => PORTAGE_NAMES.test(entry))) {
    const at = join(folder, name)
    const refused = nameProblem({ file: at }, name)
    if (refused !== undefined) tree.problem(refused)
    const piece = readPiece(tree, at, rank, name)
    if (piece.files.length === 0) tree.problem(problem('piece-empty', { file: at }))
    pieces.set(name, piece)
  }
  return pieces
}

/**
 * Names of the definitions below a folder; they may have slashes (`gentoomuch/builder`). A folder is a definition where it
 * holds something that `marks` one, or no folder at all; elsewhere it groups others.
 */
export function findDefinitions(
  tree: ConfigTree,
  folder: string,
  marks: (entry: string) => boolean,
  prefix = '',
): string[] {
  return tree.entries(join(folder, prefix)).flatMap((entry) => {
    const name = join(prefix, entry)
    const at = join(folder, name)
    const kind = tree.kind(at)
    if (kind === undefined) return []
    if (kind !== 'folder') {
      tree.problem(problem('stray-file', { file: at }))
      return []
    }
    const below = tree.entries(at)
    const isDefinition = below.some(marks) || below.every((one) => tree.kind(join(at, one)) !== 'folder')
    return isDefinition ? [name] : findDefinitions(tree, folder, marks, name)
  })
}

/** Names that are Portage's own at the top of `/etc/portage`: a folder that holds one of them is a piece. */
const PORTAGE_NAMES =
  /^(make\.conf|package\.|profile$|repos\.conf|binrepos\.conf|env$|patches$|savedconfig$|sets$|bashrc$|mirrors$|categories$|modules$|color\.map$|license_groups$)/

/** What Portage reads as text. Patches, saved configurations and whatever a bashrc sources may hold any bytes. */
const TEXT =
  /^(make\.conf|package\.[^/]*|repos\.conf|binrepos\.conf|profile|env|sets|mirrors|categories|license_groups)(\/|$)/

function readPieceFile(tree: ConfigTree, folder: string, path: string): PieceFile | undefined {
  const file = join(folder, path)
  const bytes = tree.bytes(file)
  if (bytes === undefined) return undefined
  if (TEXT.test(path) && !isUtf8(Buffer.from(bytes, 'latin1'))) {
    tree.problem(problem('not-utf8', { file }))
    return undefined
  }
  return { path, file, bytes, executable: tree.isExecutable(file) }
}

/** What Portage reads at the top of `/etc/portage` (portage(5), 3.0.83). */
const KNOWN = [
  'binrepos.conf',
  'bashrc',
  'categories',
  'color.map',
  'env',
  'license_groups',
  'make.conf',
  'mirrors',
  'modules',
  'package.accept_keywords',
  'package.accept_restrict',
  'package.env',
  'package.keywords',
  'package.license',
  'package.mask',
  'package.properties',
  'package.unmask',
  'package.use',
  'patches',
  'profile',
  'repos.conf',
  'savedconfig',
  'sets',
  'sets.conf',
]

/** What Portage reads below `profile/` and nowhere else. */
const OF_PROFILES =
  /^((package\.)?use\.(stable\.)?(mask|force)|package\.(provided|bashrc)|packages|packages\.build|make\.defaults|parent|eapi)$/

/** A misspelt name would lie in `/etc/portage` unread. Far from every known name, it is somebody else's file, and welcome. */
function tellMisplaced(tree: ConfigTree, file: string, name: string): void {
  if (KNOWN.includes(name)) return
  const hint = OF_PROFILES.test(name) ? `Move it to profile/${name}.` : suggest(name, KNOWN)
  if (hint !== undefined) tree.problem(problem('piece-unknown-file', { file }, { name }, hint))
}
