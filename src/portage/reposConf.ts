/** The repositories that a composed directory names (portage(5): repos.conf, with a DEFAULT section). */
import type { Place } from '../config/problem.ts'
import type { Composed } from './compose.ts'
import { parseIni } from './language/ini.ts'
import { interpolate } from './language/interpolation.ts'
import { textOf, type PortageDirectory, type Repository, type SignedType } from './model.ts'
import { isReposConf, usualPlace } from './places.ts'

/** Where a composed directory first names each of its repositories: file and line of the configuration directory. */
export function repositoryPlaces({ directory, origins }: Pick<Composed, 'directory' | 'origins'>): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const { path, bytes } of directory.files.filter(isReposConf))
    for (const { name, line } of parseIni(textOf(bytes)).sections)
      // A file of a folder is one file of a piece, line by line.
      if (name !== 'DEFAULT' && !places.has(name)) places.set(name, { file: origins.get(path)?.[0] ?? path, line })
  return places
}

/** What turns a switch off. Portage takes all but "true" and "yes" for no; what is neither leaves verifying on here. */
const NO = ['no', 'false', 'n', '0', 'off']

/** sync-type → the key that says whether signatures count. */
const VERIFYING: Readonly<Record<SignedType, string>> = {
  git: 'sync-git-verify-commit-signature',
  webrsync: 'sync-webrsync-verify-signature',
  rsync: 'sync-rsync-verify-metamanifest',
}

export function repositoriesOf(directory: PortageDirectory): Repository[] {
  const sections = new Map<string, Map<string, string>>()
  for (const file of directory.files.filter(isReposConf)) {
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
    const says = (key: string, words: readonly string[]) => words.includes((value(key) ?? '').trim().toLowerCase())
    const verifies = (type: SignedType) => !says(VERIFYING[type], NO)
    return {
      name,
      location: value('location') ?? usualPlace(name),
      syncType: value('sync-type'),
      syncUri: value('sync-uri'),
      main: name === main,
      autoSync: !says('auto-sync', NO),
      options: Object.fromEntries(
        [...new Set([...defaults.keys(), ...keys.keys()])]
          .filter((key) => key.startsWith('sync-'))
          .map((key) => [key, value(key) ?? '']),
      ),
      verify: { git: verifies('git'), webrsync: verifies('webrsync'), rsync: verifies('rsync') },
    }
  })
}
