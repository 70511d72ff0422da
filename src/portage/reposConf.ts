/** The repositories that a composed directory names (portage(5): repos.conf, with a DEFAULT section). */
import { parseIni } from './language/ini.ts'
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
  return [...sections].map(([name, keys]) => ({
    name,
    location: keys.get('location') ?? `/var/db/repos/${name}`,
    syncType: keys.get('sync-type') ?? defaults.get('sync-type'),
    syncUri: keys.get('sync-uri') ?? defaults.get('sync-uri'),
    main: name === main,
  }))
}
