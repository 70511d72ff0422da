/** The configuration directory on disk, read with its two rules: nothing outside it, every problem kept. */
import { readFile, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { isMissing } from '../system/files.ts'
import { isLeftover, suggest } from './names.ts'
import type { Problem } from './problem.ts'
import type { TextFile, UserFile } from './model.ts'

export interface NameLine {
  readonly name: string
  readonly line: number
}

export class ConfigTree {
  readonly problems: Problem[] = []
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  problem(problem: Problem): void {
    this.problems.push(problem)
  }

  /** Entries of a folder that may be definitions, sorted by name; none where there is no such folder. */
  async entries(folder: string): Promise<string[]> {
    try {
      if (!(await this.isInside(folder))) return []
      const names = await readdir(join(this.path, folder))
      return names.filter((name) => !isLeftover(name)).toSorted()
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async kind(path: string): Promise<'file' | 'folder' | undefined> {
    try {
      const info = await stat(join(this.path, path))
      return info.isDirectory() ? 'folder' : 'file'
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  /** Bytes of a file as latin1, or undefined where there is none. A link that leaves the directory is a problem. */
  async bytes(file: string): Promise<string | undefined> {
    try {
      if (!(await this.isInside(file))) return undefined
      return (await readFile(join(this.path, file))).toString('latin1')
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async text(file: string): Promise<TextFile | undefined> {
    const bytes = await this.bytes(file)
    if (bytes === undefined) return undefined
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'))
      return { file, text: text.replaceAll('\r\n', '\n') }
    } catch {
      this.problem({ file, message: 'UTF-8 text was wanted; the file holds other bytes.' })
      return undefined
    }
  }

  /** The one word of a file such as `cpu` or `profile`; a missing or empty required file is a problem. */
  async word(file: string, wanted: string, required: boolean): Promise<string | undefined> {
    const found = await this.text(file)
    const lines = found === undefined ? [] : nameLines(found.text)
    if (lines.length === 1) return lines[0]?.name
    if (lines.length > 1)
      this.problem({
        file,
        line: lines[1]?.line ?? 2,
        message: `${wanted} on one line was wanted; there are ${lines.length} lines.`,
      })
    else if (required)
      this.problem({ file, message: `${wanted} was wanted; the file is ${found === undefined ? 'missing' : 'empty'}.` })
    return undefined
  }

  /** Looks names of a list file up; unknown ones are problems with a suggestion. */
  async lookUp<T>(file: string, what: string, known: ReadonlyMap<string, T>): Promise<T[]> {
    const found = await this.text(file)
    if (found === undefined) return []
    return nameLines(found.text).flatMap(({ name, line }) => {
      const value = known.get(name)
      if (value !== undefined) return [value]
      this.unknown(file, line, what, name, known.keys())
      return []
    })
  }

  unknown(file: string, line: number, what: string, name: string, known: Iterable<string>): void {
    const hint = suggest(name, known)
    this.problem({ file, line, message: `there is no ${what} named ${name}.`, ...(hint === undefined ? {} : { hint }) })
  }

  /** Every file below a folder, sorted by path, as paths relative to it. Leftovers of editors stay out at any depth. */
  async walk(folder: string): Promise<string[]> {
    const paths: string[] = []
    for (const entry of await this.entries(folder)) {
      const path = join(folder, entry)
      if ((await this.kind(path)) === 'folder')
        paths.push(...(await this.walk(path)).map((below) => join(entry, below)))
      else paths.push(entry)
    }
    return paths
  }

  /** A file for the root: like `bytes`, with mode; links inside `user.files` stay links, whatever they point at in the root. */
  async userFile(folder: string, path: string): Promise<UserFile | undefined> {
    const file = join(folder, path)
    const link = await readlink(join(this.path, file)).catch(() => undefined)
    if (link !== undefined) return { path, file, bytes: '', mode: 0o777, link }
    const bytes = await this.bytes(file)
    if (bytes === undefined) return undefined
    const info = await stat(join(this.path, file))
    return { path, file, bytes, mode: info.mode & 0o7777, link: undefined }
  }

  async isExecutable(file: string): Promise<boolean> {
    return ((await stat(join(this.path, file))).mode & 0o111) !== 0
  }

  private async isInside(path: string): Promise<boolean> {
    const [root, real] = await Promise.all([realpath(this.path), realpath(join(this.path, path))])
    const way = relative(root, real)
    if (way !== '..' && !way.startsWith(`..${sep}`)) return true
    this.problem({
      file: path,
      message: `a file inside the configuration directory was wanted; it is a link to ${real}.`,
      hint: 'Copy the file in, so that git keeps it.',
    })
    return false
  }
}

/** Names of a list file, one a line; `#` starts a comment. */
export function nameLines(text: string): NameLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const name = raw.replace(/(^|\s)#.*$/, '').trim()
    return name === '' ? [] : [{ name, line: index + 1 }]
  })
}
