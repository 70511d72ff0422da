/** Which names a tar has had so far, and whether the next may come after them. Pure. Names are latin1, a character a byte. */
import { climbsOut, folderOrNot, longName, throughLink } from './tar-refusals.ts'

export type Kind = 'folder' | 'link' | 'hard link' | 'file' | 'other'

/** PATH_MAX with its NUL, and NAME_MAX (limits.h). */
const LONGEST = 4095
const LONGEST_PART = 255

export class TarNames {
  readonly #folders = new Set([''])
  readonly #links = new Set<string>()
  readonly #files: Set<string> | undefined

  /** @param all whether to remember plain files as well, which `isNew` needs */
  constructor(all: boolean) {
    this.#files = all ? new Set() : undefined
  }

  /** @throws UserError when a member must not come here: it would climb, go through a link, or make a link of a folder. */
  take(name: string, kind: Kind): void {
    const path = this.#checked(name)
    this.#checkParents(path, name, true)
    if (kind === 'folder') {
      if (this.#links.has(path)) throw folderOrNot(name)
      this.#folders.add(path)
      return
    }
    if (this.#folders.has(path)) throw folderOrNot(name)
    // A link stays one, also when a later member would replace it.
    if (kind === 'link') this.#links.add(path)
    else this.#files?.add(path)
  }

  /** The same for a hard link, whose target is a name as well; a second name of a link is a link. */
  takeHardLink(name: string, target: string): void {
    const path = this.#checked(target)
    this.#checkParents(path, target, false)
    this.take(name, this.#links.has(path) ? 'link' : 'file')
  }

  /** The target of a link, which may lead anywhere. */
  takeTarget(target: string): void {
    if (target.length > LONGEST) throw longName(target)
  }

  /** Whether nothing has this name: no member, and no member is below it. */
  isNew(name: string): boolean {
    const path = normal(name)
    return !this.#folders.has(path) && !this.#links.has(path) && this.#files?.has(path) !== true
  }

  isFile(name: string): boolean {
    return this.#files?.has(normal(name)) === true
  }

  #checked(name: string): string {
    if (name.length > LONGEST) throw longName(name)
    const parts = name.split('/')
    if (name.startsWith('/') || parts.includes('..')) throw climbsOut(name)
    if (parts.some((part) => part.length > LONGEST_PART)) throw longName(name)
    return normal(name)
  }

  /** A folder is never below a link, so the way up ends at the first one. */
  #checkParents(path: string, name: string, make: boolean): void {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end)
      if (this.#links.has(parent)) throw throughLink(name, parent)
      if (this.#folders.has(parent)) return
      if (make) this.#folders.add(parent)
    }
  }
}

/** `./a//b/` → `a/b`; the root is empty. */
export function normal(name: string): string {
  if (!/^\.?\/|\/\.?\/|\/\.?$|^\.$/.test(name)) return name
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}
