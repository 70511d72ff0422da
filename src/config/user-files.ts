/** `user.files/NAME/`: what goes into roots as it lies there. */
import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { refusal } from './links.ts'
import { lookUp, readNames, tellRepeats } from './lists.ts'
import { isEditorsOwn } from './names.ts'
import { problem } from './problem.ts'
import type { UserFile } from './model.ts'
import type { ConfigTree } from './tree.ts'

/** Reads the folders of `user.files/` that machines name, each once. */
export class UserFiles {
  private readonly tree: ConfigTree
  private readonly known: ReadonlyMap<string, string>
  private readonly read = new Map<string, readonly UserFile[]>()

  /** @param known name → path of every folder */
  constructor(tree: ConfigTree, known: ReadonlyMap<string, string>) {
    this.tree = tree
    this.known = known
  }

  /** All files of the named folders; of two with one path the later folder's stands. */
  named(list: string): UserFile[] {
    const names = readNames(this.tree, list)
    tellRepeats(this.tree, list, names)
    const byPath = new Map<string, UserFile>()
    for (const { name, line } of names) {
      const folder = lookUp(this.tree, { file: list, line }, 'folder in user.files', name, this.known)
      if (folder !== undefined) for (const file of this.folder(folder)) byPath.set(file.path, file)
    }
    this.refuseFilesBelowFiles(byPath)
    return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
  }

  private folder(folder: string): readonly UserFile[] {
    const files = this.read.get(folder) ?? this.walk(folder).flatMap((path) => this.file(folder, path) ?? [])
    this.read.set(folder, files)
    return files
  }

  /** Every file and every link: dotfiles and READMEs belong to the root as well. */
  private walk(folder: string): string[] {
    const entries = [...this.tree.listing(folder)].toSorted(([a], [b]) => (a < b ? -1 : 1))
    return entries.flatMap(([name, entry]) => {
      if (isEditorsOwn(name)) return []
      return entry === 'folder' ? this.walk(join(folder, name)).map((below) => join(name, below)) : [name]
    })
  }

  /** With its mode; a link stays a link, whatever it points at in the root. */
  private file(folder: string, path: string): UserFile | undefined {
    const file = join(folder, path)
    const at = join(this.tree.path, file)
    try {
      const info = lstatSync(at)
      if (info.isSymbolicLink()) return { path, file, bytes: '', mode: 0o777, link: readlinkSync(at) }
      const bytes = this.tree.bytes(file)
      // What git keeps of a mode: this host's umask must not be seen in a root.
      const mode = (info.mode & 0o100) === 0 ? 0o644 : 0o755
      return bytes === undefined ? undefined : { path, file, bytes, mode, link: undefined }
    } catch (error) {
      this.tree.problem(refusal(file, error))
      return undefined
    }
  }

  /** What is a file or a link in one folder and a folder in another cannot be both; behind a link is another place. */
  private refuseFilesBelowFiles(byPath: ReadonlyMap<string, UserFile>): void {
    for (const { path, file } of byPath.values())
      for (let above = dirname(path); above !== '.'; above = dirname(above)) {
        const other = byPath.get(above)?.file
        if (other !== undefined) this.tree.problem(problem('file-below-file', { file }, { above, other }))
      }
  }
}
