/** The repositories that a composed directory names (portage(5): repos.conf, with a DEFAULT section). */
import { parseIni } from './language/ini.ts'
import { interpolate } from './language/interpolation.ts'
import { textOf, type PortageDirectory, type Repository } from './model.ts'

export function repositoriesOf(directory: PortageDirectory): Repository[] {
  const sections = new Map<string, Map<string, string>>()
  for (const file of directory.files) {
    if (!file.path.startsWith('repos.conf')) continue
    for (const { name, keys } of parseIni(textOf(file.bytes)).sections) {
      const section = sections.get(name) ?? new Map<string, string>()
      for (const { key, value } of keys) section.set(key, value)
      sections.set(name, section)
    }
  }
  const defaults = sections.get('DEFAULT') ?? new Map<string, string>()
  sections.delete('DEFAULT')
  const main = defaults.get('main-repo') ?? 'gentoo'
  return [...sections].map(([name, keys]) => {
    const raw = (key: string) => keys.get(key) ?? defaults.get(key)
    const value = (key: string) => {
      const written = raw(key)
      return written === undefined ? undefined : interpolate(written, raw).text
    }
    return {
      name,
      location: value('location') ?? `/var/db/repos/${name}`,
      syncType: value('sync-type'),
      syncUri: value('sync-uri'),
      main: name === main,
    }
  })
}
