/**
 * The configuration directory on disk, read with its two rules: nothing outside it, every problem kept. Each folder is
 * listed once. Reads are synchronous: for thousands of small files that takes a tenth of the time of asynchronous ones.
 */
import { isUtf8 } from 'node:buffer'
import { readFileSync, readdirSync, realpathSync, statSync, type Dirent } from 'node:fs'
import { dirname, join } from 'node:path'
import { followLink, foundWhere, refusal, type Kind } from './links.ts'
import { hasControls, isLeftover } from './names.ts'
import { problem, type Problem } from './problem.ts'
import { unreachable } from './unreachable.ts'
import type { TextFile } from './model.ts'

export type Entry = Kind | 'link'

const AS_TEXT = { encoding: 'utf8', flag: 'r' } as const

const NOTHING: ReadonlyMap<string, Entry> = new Map()

export class ConfigTree {
  readonly problems: Problem[] = []
  /** Absolute, without links. */
  readonly path: string
  private readonly told = new Set<string>()
  private readonly blamed = new Set<string>()
  private readonly lost = new Set<string>()
  private readonly listings = new Map<string, ReadonlyMap<string, Entry>>()
  private readonly followed = new Map<string, Kind | undefined>()
  private readonly texts = new Map<string, TextFile | undefined>()

  /**
   * @param path of a directory that is there
   * @throws UserError `unreachable-configuration`
   */
  constructor(path: string) {
    try {
      this.path = realpathSync(path)
    } catch (error) {
      throw unreachable(path, error)
    }
  }

  /** Keeps a problem; one that is met twice is told once. */
  problem(one: Problem): void {
    const key = JSON.stringify([one.file, one.line, one.message])
    if (this.told.has(key)) return
    this.told.add(key)
    this.blamed.add(one.file)
    this.problems.push(one)
  }

  /** Everything in a folder (`.` for the directory itself), as it lies there: links are not followed. */
  listing(folder: string): ReadonlyMap<string, Entry> {
    const known = this.listings.get(folder) ?? this.list(folder)
    this.listings.set(folder, known)
    return known
  }

  /** Entries of a folder that may be definitions, sorted by name; none where there is no such folder. */
  entries(folder: string): string[] {
    return [...this.listing(folder).keys()]
      .filter((name) => !isLeftover(name) && this.isPrintable(folder, name))
      .toSorted()
  }

  /** Undefined for what is not there. A link that may not be followed has no kind, and is a problem. */
  kind(path: string): Kind | undefined {
    const slash = path.lastIndexOf('/')
    const entry = this.listing(slash < 0 ? '.' : path.slice(0, slash)).get(path.slice(slash + 1))
    return entry === 'link' ? this.follow(path) : entry
  }

  /** Bytes of a file as latin1, or undefined where there is none. What is there and cannot be read is a problem. */
  bytes(file: string): string | undefined {
    return this.read(file, (path) => readFileSync(path, 'latin1'))
  }

  text(file: string): TextFile | undefined {
    if (!this.texts.has(file)) this.texts.set(file, this.decode(file))
    return this.texts.get(file)
  }

  /** Whether a problem of this file has been told: what follows from it need not be. */
  isBlamed(file: string): boolean {
    return this.blamed.has(file)
  }

  /** Whether it, or a folder that it would be in, is there and could not be read: what follows from that need not be told. */
  isLost(path: string): boolean {
    // No path of a file system is longer; names in lists may be.
    if (this.lost.size === 0 || path.length > 4096) return false
    for (let at = path; at !== '.' && at !== '/'; at = dirname(at)) if (this.lost.has(at)) return true
    return false
  }

  /** Every file below a folder as paths relative to it, folder by folder in the order of names; no leftovers, at any depth. */
  walk(folder: string): string[] {
    return this.entries(folder).flatMap((entry) => {
      const path = join(folder, entry)
      const kind = this.kind(path)
      if (kind === undefined) return []
      return kind === 'folder' ? this.walk(path).map((below) => join(entry, below)) : [entry]
    })
  }

  /** @param file one that `bytes` has read */
  isExecutable(file: string): boolean {
    return (statSync(`${this.path}/${file}`).mode & 0o100) !== 0
  }

  private lose(one: Problem): void {
    this.problem(one)
    this.lost.add(one.file)
  }

  private list(folder: string): ReadonlyMap<string, Entry> {
    if (folder !== '.') {
      const kind = this.kind(folder)
      if (kind === undefined) return NOTHING
      if (kind !== 'folder') {
        this.lose(problem('not-a-folder', { file: folder }))
        return NOTHING
      }
    }
    try {
      const entries = readdirSync(`${this.path}/${folder}`, { withFileTypes: true })
      return new Map(
        entries.filter((entry) => this.isNamed(folder, entry)).map((entry) => [entry.name, entryOf(entry)] as const),
      )
    } catch (error) {
      this.lose(refusal(folder, error))
      return NOTHING
    }
  }

  /** Other bytes come as U+FFFD, and no file is found under that name again. */
  private isNamed(folder: string, { name }: Dirent): boolean {
    if (!name.includes('\uFFFD')) return true
    if (folder !== '.') this.lose(problem('name-not-utf8', { file: join(folder, name) }))
    return false
  }

  /** Names end up in comments, lists and messages, a line each. */
  private isPrintable(folder: string, name: string): boolean {
    if (!hasControls(name)) return true
    if (folder !== '.') this.lose(problem('name-control', { file: join(folder, name) }, { name }))
    return false
  }

  private follow(path: string): Kind | undefined {
    if (!this.followed.has(path)) {
      const found = followLink(this.path, path)
      if (typeof found !== 'string') this.lose(found)
      this.followed.set(path, typeof found === 'string' ? found : undefined)
    }
    return this.followed.get(path)
  }

  /** What `read` gives for a file that is there; a problem where it cannot be read. */
  private read<T>(file: string, read: (path: string) => T): T | undefined {
    const kind = this.kind(file)
    if (kind === undefined) return undefined
    try {
      if (kind === 'file') return read(`${this.path}/${file}`)
      this.lose(problem('not-a-file', { file }, { found: foundWhere(kind) }))
    } catch (error) {
      this.lose(refusal(file, error))
    }
    return undefined
  }

  private decode(file: string): TextFile | undefined {
    // One call into the system for nearly every file; only what may be no text is read again, as bytes.
    const text = this.read(file, (path) => readFileSync(path, AS_TEXT))
    if (text === undefined) return undefined
    if (text.includes('\uFFFD') && this.read(file, (path) => isUtf8(readFileSync(path))) === false) {
      this.lose(problem('not-utf8', { file }))
      return undefined
    }
    const unmarked = text.startsWith('\uFEFF') ? text.slice(1) : text
    return { file, text: unmarked.includes('\r') ? unmarked.replaceAll('\r\n', '\n') : unmarked }
  }
}

function entryOf(entry: Dirent): Entry {
  if (entry.isSymbolicLink()) return 'link'
  return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other'
}
