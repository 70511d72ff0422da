/** `user.files/NAME/`: what goes into roots as it lies there, and `user.files/NAME.owners`: whom it belongs to. */
import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { refusal } from './links.ts'
import { lookUp, readNames, tellRepeats } from './lists.ts'
import { isEditorsOwn, nameProblem, suggest } from './names.ts'
import { readOwners, withOwners } from './owners.ts'
import { problem } from './problem.ts'
import type { UserFile, UserFolder } from './model.ts'
import type { ConfigTree } from './tree.ts'

const OWNERS = '.owners'

/** Mounted while a root is finished, and by the machine itself: nothing in them is part of a root. */
const NOT_THE_ROOTS = ['dev', 'proc', 'run', 'sys', 'tmp', 'var/tmp']

interface Brought {
  readonly files: readonly UserFile[]
  readonly folders: readonly UserFolder[]
}

/** Reads the folders of `user.files/` that machines name, each once. */
export class UserFiles {
  private readonly tree: ConfigTree
  private readonly known: ReadonlyMap<string, string>
  private readonly read = new Map<string, Brought>()

  /** @param folder `user.files`, as it is spelt here */
  constructor(tree: ConfigTree, folder: string) {
    this.tree = tree
    this.known = namesIn(tree, folder)
  }

  /** All that the named folders bring; of two files or folders with one path the later one's stands. */
  named(list: string): Brought {
    const names = readNames(this.tree, list)
    tellRepeats(this.tree, list, names)
    const files = new Map<string, UserFile>()
    const folders = new Map<string, UserFolder>()
    for (const { name, line } of names) {
      const folder = lookUp(this.tree, { file: list, line }, 'folder in user.files', name, this.known)
      if (folder === undefined) continue
      const brought = this.folder(folder)
      for (const file of brought.files) files.set(file.path, file)
      for (const one of brought.folders) folders.set(one.path, one)
    }
    this.refuseFilesBelowFiles(files, folders)
    return { files: sorted(files), folders: sorted(folders) }
  }

  private folder(folder: string): Brought {
    const known = this.read.get(folder)
    if (known !== undefined) return known
    const files = this.walk(folder).flatMap((path) => this.file(folder, path) ?? [])
    const brought = withOwners(this.tree, folder, files, readOwners(this.tree, `${folder}${OWNERS}`))
    this.read.set(folder, brought)
    for (const { path, file } of brought.files) this.refuseLost(path, { file })
    for (const { path, owner } of brought.folders) this.refuseLost(path, owner)
    return brought
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
    const owner = undefined
    try {
      const info = lstatSync(at)
      if (info.isSymbolicLink()) return { path, file, bytes: '', mode: 0o777, link: readlinkSync(at), owner }
      const bytes = this.tree.bytes(file)
      // What git keeps of a mode: this host's umask must not be seen in a root.
      const mode = (info.mode & 0o100) === 0 ? 0o644 : 0o755
      return bytes === undefined ? undefined : { path, file, bytes, mode, link: undefined, owner }
    } catch (error) {
      this.tree.problem(refusal(file, error))
      return undefined
    }
  }

  private refuseLost(path: string, where: { readonly file: string; readonly line?: number }): void {
    const place = NOT_THE_ROOTS.find((one) => path === one || path.startsWith(`${one}/`))
    if (place !== undefined) this.tree.problem(problem('file-not-kept', where, { place: `/${place}` }))
  }

  /** What is a file or a link in one folder and a folder in another cannot be both; behind a link is another place. */
  private refuseFilesBelowFiles(files: ReadonlyMap<string, UserFile>, folders: ReadonlyMap<string, UserFolder>): void {
    const refuse = (above: string, where: { readonly file: string; readonly line?: number }) => {
      const other = files.get(above)?.file
      if (other !== undefined) this.tree.problem(problem('file-below-file', where, { above, other }))
    }
    for (const { path, file } of files.values()) for (const above of foldersAround(path)) refuse(above, { file })
    for (const { path, owner } of folders.values())
      for (const above of [path, ...foldersAround(path)]) refuse(above, owner)
  }
}

/** Name → path of every folder; one that only makes folders may have its `.owners` alone, since git keeps none empty. */
function namesIn(tree: ConfigTree, folder: string): Map<string, string> {
  const names = new Map<string, string>()
  const entries = tree.entries(folder)
  for (const entry of entries) {
    const path = join(folder, entry)
    const refused = nameProblem({ file: path }, entry)
    if (refused !== undefined) tree.problem(refused)
    const kind = tree.kind(path)
    if (kind === 'folder') names.set(entry, path)
    else if (entry.endsWith(OWNERS)) names.set(entry.slice(0, -OWNERS.length), path.slice(0, -OWNERS.length))
    else if (kind !== undefined) {
      const wanted = entries.filter((one) => one !== entry).map((one) => `${one}${OWNERS}`)
      tree.problem(problem('stray-file', { file: path }, {}, suggest(entry, wanted)))
    }
  }
  return names
}

function foldersAround(path: string): string[] {
  const above = dirname(path)
  return above === '.' ? [] : [above, ...foldersAround(above)]
}

function sorted<T extends { readonly path: string }>(byPath: ReadonlyMap<string, T>): T[] {
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}
