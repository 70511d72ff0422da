/** Symbolic links of the configuration directory: where one leads, or why it may not be followed. */
import { readlinkSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { problem, type Problem } from './problem.ts'

export type Kind = 'file' | 'folder' | 'other'

/**
 * @param root real path of the configuration directory
 * @param path of the link, relative to it
 */
export function followLink(root: string, path: string): Kind | Problem {
  try {
    const real = realpathSync(join(root, path))
    const way = relative(root, real)
    if (way === '..' || way.startsWith(`..${sep}`))
      return problem('outside-directory', { file: path }, { target: real })
    const info = statSync(real)
    if (!info.isDirectory()) return info.isFile() ? 'file' : 'other'
    // A link to a folder that it stands in would be followed for ever.
    return isAround(real, root, path) ? problem('folder-circle', { file: path }) : 'folder'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return problem('link-to-nothing', { file: path }, { target: readlinkSync(join(root, path)) })
    return refusal(path, error)
  }
}

/** What stands where a file was wanted, in words. */
export function foundWhere(kind: Kind): string {
  return kind === 'other' ? 'device or pipe' : kind
}

/** What the system's refusal to read means here. @throws what is no refusal of the system */
export function refusal(file: string, error: unknown): Problem {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  if (code === 'EACCES' || code === 'EPERM') return problem('may-not-read', { file })
  if (code === 'ELOOP') return problem('link-circle', { file })
  return problem('cannot-read', { file }, { code })
}

function isAround(real: string, root: string, path: string): boolean {
  for (let above = dirname(path); ; above = dirname(above)) {
    const around = realpathSync(join(root, above))
    if (around === real || around.startsWith(`${real}${sep}`)) return true
    if (above === '.') return false
  }
}
