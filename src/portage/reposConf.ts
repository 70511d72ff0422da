/** The repositories that a composed directory names (portage(5), repos.conf: INI files with a DEFAULT section). */
import type { PortageDirectory, Repository } from './model.ts'

export function repositoriesOf(directory: PortageDirectory): Repository[] {
  const sections = new Map<string, Map<string, string>>()
  for (const file of directory.files) {
    if (!file.path.startsWith('repos.conf')) continue
    for (const [name, keys] of parseIni(file.bytes)) {
      const section = sections.get(name) ?? new Map<string, string>()
      for (const [key, value] of keys) section.set(key, value)
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

/** As Python's configparser reads it: `key = value` or `key: value`, `#` and `;` comments, indented continuation lines. */
export function parseIni(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  let last: string | undefined
  for (const raw of text.replaceAll('\r\n', '\n').split('\n')) {
    if (/^\s*([#;]|$)/.test(raw)) continue
    const header = /^\[(.+)\]\s*$/.exec(raw)
    if (header !== null) {
      const name = header[1] ?? ''
      section = sections.get(name) ?? new Map<string, string>()
      sections.set(name, section)
      last = undefined
    } else if (/^\s/.test(raw) && last !== undefined && section !== undefined) {
      section.set(last, `${section.get(last) ?? ''}\n${raw.trim()}`)
    } else {
      const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(raw)
      if (pair !== null && section !== undefined) {
        last = (pair[1] ?? '').trim().toLowerCase()
        section.set(last, (pair[2] ?? '').trim())
      }
    }
  }
  return sections
}
