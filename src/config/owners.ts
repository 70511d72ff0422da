/** `user.files/NAME.owners`: whom the files of `user.files/NAME/` belong to in a root, their modes, and folders. */
import { dirname } from 'node:path'
import { literalPath, pathMatcher } from './glob.ts'
import { parseOwner } from './grammar.ts'
import { nameLines } from './lists.ts'
import { suggest } from './names.ts'
import { problem } from './problem.ts'
import type { Owner, UserFile, UserFolder } from './model.ts'
import type { ConfigTree } from './tree.ts'

/** A line that can be understood. */
export interface OwnerLine {
  /** Inside the root, relative, without a slash at its end. */
  readonly pattern: string
  /** Whether it means folders, and not files and links. */
  readonly isFolder: boolean
  readonly owner: Owner
  readonly mode: number | undefined
}

export function readOwners(tree: ConfigTree, path: string): OwnerLine[] {
  const found = tree.text(path)
  if (found === undefined) return []
  const { file } = found
  return nameLines(found.text).flatMap(({ name, line }): OwnerLine[] => {
    const parsed = parseOwner(name)
    if (parsed === undefined) {
      tree.problem(problem('bad-owner', { file, line }, { found: name }))
      return []
    }
    const { user, group, ...rest } = parsed
    return [{ ...rest, owner: { user, group, file, line } }]
  })
}

/**
 * Each file and folder with what the last line that means it says; a folder that a line names is made.
 * @param folder of the configuration, for messages
 */
export function withOwners(
  tree: ConfigTree,
  folder: string,
  files: readonly UserFile[],
  lines: readonly OwnerLine[],
): { files: UserFile[]; folders: UserFolder[] } {
  const owned = new Map(files.map((file) => [file.path, file]))
  const around = [...files.map(({ path }) => dirname(path)), ...lines.flatMap(folderNamed)].flatMap(upwards)
  const folders = new Map<string, UserFolder | undefined>([...new Set(around)].map((path) => [path, undefined]))
  for (const { pattern, isFolder, owner, mode } of lines) {
    const paths = [...(isFolder ? folders : owned).keys()]
    const meant = paths.filter(pathMatcher(pattern))
    for (const path of meant) {
      const before = owned.get(path)
      if (isFolder) folders.set(path, { path, owner, mode: mode ?? folders.get(path)?.mode })
      // A link has an owner, but no mode.
      else if (before !== undefined)
        owned.set(path, { ...before, owner, mode: before.link === undefined ? (mode ?? before.mode) : before.mode })
    }
    if (meant.length === 0) {
      const near = suggest(pattern, paths)
      tree.problem(problem('owner-of-nothing', owner, { folder, pattern, what: isFolder ? 'folder' : 'file' }, near))
    }
  }
  return { files: [...owned.values()], folders: [...folders.values()].flatMap((one) => one ?? []) }
}

/** The folder that a line names by itself. */
function folderNamed({ pattern, isFolder }: OwnerLine): string[] {
  const path = isFolder ? literalPath(pattern) : undefined
  return path === undefined ? [] : [path]
}

/** A folder and those above it, without the root. */
function upwards(folder: string): string[] {
  return folder === '.' ? [] : [folder, ...upwards(dirname(folder))]
}
