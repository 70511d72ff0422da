/** The files of a repository that a snapshot is made of: which they are, and what they say. */
import { isVersion } from '../atoms/version.ts'
import { parseIni, type IniSection } from '../language/ini.ts'
import { parseLines } from '../language/lines.ts'
import type { Metadata } from './pack.ts'

/** Small files that a snapshot reads, by what they are. */
export const LISTS = {
  categories: 'profiles/categories',
  arches: 'profiles/arch.list',
  licenseGroups: 'profiles/license_groups',
  sets: 'sets.conf',
} as const

const METADATA = 'metadata/md5-cache/'

/** `dev-libs/foo/foo-1.2.ebuild` → `dev-libs/foo`, `1.2`; undefined for what Portage takes for no ebuild. */
export function ebuildAt(path: string): { readonly name: string; readonly version: string } | undefined {
  if (!path.endsWith('.ebuild')) return undefined
  const [category = '', word = '', file = '', ...more] = path.split('/')
  if (more.length > 0 || !file.startsWith(`${word}-`) || !/^\w[\w+.-]*$/.test(category) || !/^\w[\w+-]*$/.test(word))
    return undefined
  const version = file.slice(word.length + 1, -'.ebuild'.length)
  return isVersion(version) ? { name: `${category}/${word}`, version } : undefined
}

/** `metadata/md5-cache/dev-libs/foo-1.2` → `dev-libs/foo-1.2`. */
export function metadataAt(path: string): string | undefined {
  return path.startsWith(METADATA) ? path.slice(METADATA.length) : undefined
}

const PROFILES = 'profiles/'

/** `profiles/default/linux/make.defaults` → `default/linux`; undefined for what stands elsewhere, or in `profiles/` itself. */
export function profileFolderOf(path: string): string | undefined {
  return path.startsWith(PROFILES) && path.indexOf('/', PROFILES.length) > 0
    ? path.slice(PROFILES.length, path.lastIndexOf('/'))
    : undefined
}

/** Whether a file may be a package set of the repository's own: those stand in folders named `sets`. */
export function maySetAt(path: string): boolean {
  return path.startsWith('sets/') || path.includes('/sets/')
}

const KEYS = { slot: Buffer.from('\nSLOT='), keywords: Buffer.from('\nKEYWORDS='), iuse: Buffer.from('\nIUSE=') }

/**
 * A file of `metadata/md5-cache`: `KEY=value` lines, a key without value may be left out.
 * @returns undefined where it names no slot, which is where Portage does not take it
 */
export function parseMetadata(content: Buffer): Metadata | undefined {
  const slot = valueOf(content, KEYS.slot)
  if (slot === '') return undefined
  return { slot, keywords: valueOf(content, KEYS.keywords), iuse: valueOf(content, KEYS.iuse) }
}

function valueOf(content: Buffer, key: Buffer): string {
  const startsIt = content.subarray(0, key.length - 1).equals(key.subarray(1))
  const at = startsIt ? 0 : content.indexOf(key) + 1
  if (at === 0 && !startsIt) return ''
  const from = at + key.length - 1
  const end = content.indexOf(0x0a, from)
  return content.toString('latin1', from, end < 0 ? content.length : end)
}

/** One entry a line: `profiles/categories`, `profiles/arch.list`. */
export function parseList(text: string): string[] {
  return parseLines(text).nodes.flatMap(({ tokens }) =>
    tokens.length === 0 ? [] : [tokens.map((word) => word.text).join(' ')],
  )
}

/** `profiles/license_groups`: `GROUP license license …`; a group may go on in another line. */
export function parseLicenseGroups(text: string): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { tokens } of parseLines(text).nodes) {
    const [group, ...licenses] = tokens.map((word) => word.text)
    if (group === undefined || licenses.length === 0) continue
    const known = groups.get(group)
    if (known === undefined) groups.set(group, licenses)
    else for (const license of licenses) known.push(license)
  }
  return groups
}

/**
 * Names of the sets that a repository's `sets.conf` brings (`portage._sets.SetConfig`, 3.0.83): a section is a set, or,
 * with `multiset`, as many as there are files in its folder.
 * @param paths where its sets may be: see `maySetAt`
 */
export function setNames(text: string, repository: string, paths: readonly string[]): string[] {
  const names = parseIni(text).sections.flatMap((section) => {
    if (section.name === 'DEFAULT') return []
    if (!isMultiset(section)) return [nameOfSet(section)]
    const folder = folderIn(optionOf(section, 'directory') ?? '', repository)
    if (folder === undefined) return []
    const pattern = optionOf(section, 'name_pattern') ?? '$name'
    const files = paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length))
    return files.filter(isSetFile).map((file) => pattern.replaceAll(/\$name|\$\{name\}/g, () => file))
  })
  return [...new Set(names)].toSorted()
}

/** Whether a section of sets.conf is not one set, but as many as its class finds. */
export function isMultiset(section: IniSection): boolean {
  return /^(?:1|yes|true|on)$/i.test(optionOf(section, 'multiset') ?? '')
}

export function nameOfSet(section: IniSection): string {
  return optionOf(section, 'name') ?? section.name
}

function optionOf({ keys }: IniSection, wanted: string): string | undefined {
  return keys.find(({ key }) => key === wanted)?.value
}

/** `${repository:NAME}/sets/` → `sets/`. */
function folderIn(directory: string, repository: string): string | undefined {
  const variable = `\${repository:${repository}}`
  if (!directory.startsWith(variable)) return undefined
  const words = directory
    .slice(variable.length)
    .split('/')
    .filter((word) => word !== '' && word !== '.')
  return words.map((word) => `${word}/`).join('')
}

function isSetFile(path: string): boolean {
  return !path.endsWith('.metadata') && path.split('/').every((word) => !word.startsWith('.') && !word.endsWith('~'))
}
