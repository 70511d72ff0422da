/** The configuration directory on disk, read with its two rules: nothing outside it, every problem kept. */
import { lstat, readFile, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { isMissing } from '../system/files.ts'
import { isLeftover, suggest } from './names.ts'
import type { Problem } from './problem.ts'
import type { TextFile, UserFile } from './model.ts'

export interface NameLine {
  readonly name: string
  readonly line: number
}

/** What the system's refusals mean here. */
const UNREADABLE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read it.',
  EPERM: 'this user may not read it.',
  EISDIR: 'a file was wanted; it is a folder.',
  ELOOP: 'a link that leads somewhere was wanted; its links go in a circle.',
}

export class ConfigTree {
  readonly problems: Problem[] = []
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Keeps a problem; one that is met twice is told once. */
  problem(problem: Problem): void {
    const told = this.problems.some(
      ({ file, line, message }) => file === problem.file && line === problem.line && message === problem.message,
    )
    if (!told) this.problems.push(problem)
  }

  /** Entries of a folder that may be definitions, sorted by name; none where there is no such folder. */
  async entries(folder: string): Promise<string[]> {
    const names = await this.attempt(folder, async () => {
      if (!(await this.isInside(folder)) || (await this.isLoop(folder))) return []
      return readdir(join(this.path, folder))
    })
    return (names ?? []).filter((name) => !isLeftover(name)).toSorted()
  }

  /** A link that leads nowhere has no kind, and is a problem. */
  async kind(path: string): Promise<'file' | 'folder' | undefined> {
    const info = await this.attempt(path, () => stat(join(this.path, path)))
    return info === undefined ? undefined : info.isDirectory() ? 'folder' : 'file'
  }

  /** Bytes of a file as latin1, or undefined where there is none. What is there and cannot be read is a problem. */
  async bytes(file: string): Promise<string | undefined> {
    return this.attempt(file, async () => {
      if (!(await this.isInside(file))) return undefined
      const info = await stat(join(this.path, file))
      if (info.isFile()) return (await readFile(join(this.path, file))).toString('latin1')
      this.problem({ file, message: `a file was wanted; it is a ${info.isDirectory() ? 'folder' : 'device or pipe'}.` })
      return undefined
    })
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
    else if (required && !this.problems.some((problem) => problem.file === file))
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

  /** Every file and every link below a folder of `user.files`: dotfiles and READMEs belong to the root as well. */
  async walkUserFiles(folder: string): Promise<string[]> {
    const entries = await this.attempt(folder, async () =>
      (await this.isInside(folder)) ? readdir(join(this.path, folder), { withFileTypes: true }) : [],
    )
    const paths: string[] = []
    for (const entry of (entries ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      if (/(~|\.swp)$/.test(entry.name)) continue
      else if (entry.isDirectory())
        paths.push(...(await this.walkUserFiles(join(folder, entry.name))).map((below) => join(entry.name, below)))
      else paths.push(entry.name)
    return paths
  }

  /** A file for the root: like `bytes`, with mode; links stay links, whatever they point at in the root. */
  async userFile(folder: string, path: string): Promise<UserFile | undefined> {
    const file = join(folder, path)
    const info = await this.attempt(file, () => lstat(join(this.path, file)))
    if (info?.isSymbolicLink() === true) {
      const link = await this.attempt(file, () => readlink(join(this.path, file)))
      return link === undefined ? undefined : { path, file, bytes: '', mode: 0o777, link }
    }
    const bytes = await this.bytes(file)
    if (info === undefined || bytes === undefined) return undefined
    // What git keeps of a mode: this host's umask must not be seen in a root.
    return { path, file, bytes, mode: ownerExecutes(info.mode) ? 0o755 : 0o644, link: undefined }
  }

  async isExecutable(file: string): Promise<boolean> {
    return ownerExecutes((await stat(join(this.path, file))).mode)
  }

  /** Undefined for what is not there; undefined and a problem for what is there and cannot be had. */
  private async attempt<T>(path: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      if (isMissing(error)) await this.explainMissing(path)
      else this.problem({ file: path, message: UNREADABLE[code] ?? `it cannot be read (${code}).` })
      return undefined
    }
  }

  /** What is not there may be behind a link that leads nowhere, or below a file: then that is the problem. */
  private async explainMissing(path: string): Promise<void> {
    const steps = path.split(sep).map((_, index, all) => all.slice(0, index + 1).join(sep))
    for (const step of steps) {
      const at = join(this.path, step)
      const info = await lstat(at).catch(() => undefined)
      if (info === undefined) return
      const target = await stat(at).catch(() => undefined)
      if (target === undefined) {
        const link = await readlink(at).catch(() => 'an unknown place')
        this.problem({ file: step, message: `a link that leads somewhere was wanted; there is nothing at ${link}.` })
        return
      }
      if (target.isDirectory()) continue
      this.problem({ file: step, message: 'a folder was wanted; it is a file.' })
      return
    }
  }

  /** A link to a folder that it stands in would be followed for ever. */
  private async isLoop(folder: string): Promise<boolean> {
    if (!(await lstat(join(this.path, folder))).isSymbolicLink()) return false
    const real = await realpath(join(this.path, folder))
    for (let above = dirname(folder); ; above = dirname(above)) {
      const around = await realpath(join(this.path, above))
      if (around === real || around.startsWith(`${real}${sep}`)) {
        this.problem({ file: folder, message: 'a link to a folder that it stands in itself goes in a circle.' })
        return true
      }
      if (above === '.') return false
    }
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

function ownerExecutes(mode: number): boolean {
  return (mode & 0o100) !== 0
}
