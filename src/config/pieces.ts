/** Pieces of `/etc/portage`: `cpu.defines/NAME/`, `portage.global/`, `portage.locals/NAME/`. */
import { join } from 'node:path'
import type { ConfigTree } from './tree.ts'
import type { Piece, PieceFile, Rank } from './model.ts'

export async function readPiece(tree: ConfigTree, folder: string, rank: Rank, name: string): Promise<Piece> {
  const files: PieceFile[] = []
  for (const path of await tree.walk(folder)) {
    const file = join(folder, path)
    const bytes = await tree.bytes(file)
    if (bytes !== undefined) files.push({ path, file, bytes, executable: await tree.isExecutable(file) })
  }
  return { rank, name, files }
}

/** Every folder below `folder` that `isDefinition` says is one; names may have slashes (`gentoomuch/builder`). */
export async function findDefinitions(
  tree: ConfigTree,
  folder: string,
  isDefinition: (entries: readonly string[]) => boolean,
  prefix = '',
): Promise<string[]> {
  const names: string[] = []
  for (const entry of await tree.entries(join(folder, prefix))) {
    const name = join(prefix, entry)
    if ((await tree.kind(join(folder, name))) !== 'folder') continue
    const below = await tree.entries(join(folder, name))
    if (isDefinition(below)) names.push(name)
    else names.push(...(await findDefinitions(tree, folder, isDefinition, name)))
  }
  return names
}

/** Names that are Portage's own at the top of `/etc/portage`: a folder that holds one of them is a piece, not a group of pieces. */
const PORTAGE_NAMES =
  /^(make\.conf|package\.|profile$|repos\.conf|binrepos\.conf|env$|patches$|savedconfig$|sets$|bashrc$|mirrors$|categories$|modules$|color\.map$|license_groups$)/

export function looksLikePiece(entries: readonly string[]): boolean {
  return entries.some((entry) => PORTAGE_NAMES.test(entry))
}
