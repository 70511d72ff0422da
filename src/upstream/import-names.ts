/** Which names of files a repository may have. Paths are one character a byte. */
import { EXIT, UserError } from '../errors.ts'

/** Whether git takes a file of that name into a tree, and this program does. */
export function isTreeName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/^\.git$/i.test(name) && !/[/\0]/.test(name)
}

/** @throws UserError `bad-path` (exit 3) */
export function demandPath(path: string, repository: string): void {
  if (path.split('/').every(isTreeName)) return
  throw badPath(repository, path)
}

export function badPath(repository: string, path: string): UserError {
  return new UserError(
    'bad-path',
    `${repository} has a file whose name no repository may have: ${visiblePath(path)}.`,
    {
      hint: 'take the repository from its real source',
      exit: EXIT.untrusted,
    },
  )
}

/** A path of one character a byte, for a sentence. */
export function visiblePath(path: string): string {
  return JSON.stringify(Buffer.from(path, 'latin1').toString())
}

/** `a` and `a/b` cannot both be files: a tree would hold whichever came last. */
export function demandNoFileAsFolder(entries: ReadonlyMap<string, unknown>, repository: string): void {
  const seen = new Set<string>()
  for (const path of entries.keys())
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at)
      if (seen.has(folder)) break
      seen.add(folder)
      if (entries.has(folder)) throw badPath(repository, path)
    }
}
