/** Where repositories stand that no repos.conf places. */
import { parseIni } from './language/ini.ts'
import { textOf, type PortageFile } from './model.ts'

/** Where repository NAME stands inside when its section says no `location`. */
export function usualPlace(name: string): string {
  return `/var/db/repos/${name}`
}

/** Of a piece as of a composed directory. */
export function isReposConf({ path }: Pick<PortageFile, 'path'>): boolean {
  return path === 'repos.conf' || path.startsWith('repos.conf/')
}

/**
 * A file of repos.conf that places what the others name and do not place, for Portage leaves such a repository out.
 * Undefined where nothing is left to say.
 */
export function placesFor(files: Iterable<PortageFile>): string | undefined {
  const sections = [...files].filter(isReposConf).flatMap(({ bytes }) => parseIni(textOf(bytes)).sections)
  const placed = new Set(
    sections.filter(({ keys }) => keys.some(({ key }) => key === 'location')).map(({ name }) => name),
  )
  if (placed.has('DEFAULT')) return undefined
  const missing = [...new Set(sections.map(({ name }) => name))].filter(
    (name) => name !== 'DEFAULT' && !placed.has(name),
  )
  if (missing.length === 0) return undefined
  return missing.map((name) => `[${name}]\nlocation = ${usualPlace(name)}\n`).join('\n')
}
