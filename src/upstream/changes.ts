/** What differs between two revisions of a repository, by packages. */
import { compareVersions } from '../portage/atoms/version.ts'
import { ebuildAt, metadataAt } from '../portage/snapshot/files.ts'
import { gitSetting } from '../system/git.ts'
import { programSource } from '../system/stream.ts'
import type { RevisionOptions } from './repository-lists.ts'
import { demandCommitId } from './repository-mirror.ts'

export interface PackageChanges {
  /** `category/package` */
  readonly name: string
  /** Versions, in Portage's order. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Ebuilds that say something else under the same version. */
  readonly changed: readonly string[]
  /** Versions whose metadata alone changed: through an eclass, say. */
  readonly metadata: readonly string[]
  /** Something beside the ebuilds changed: FILESDIR, metadata.xml, or the Manifest alone. */
  readonly files: boolean
}

export interface RepositoryChanges {
  /** By name. */
  readonly packages: readonly PackageChanges[]
  /** Names of eclasses that came, went or changed, sorted. */
  readonly eclasses: readonly string[]
  readonly profiles: boolean
  /** How many other files differ: licenses, news, … Manifests and time stamps do not count. */
  readonly other: number
}

export interface PathChange {
  readonly path: string
  readonly how: 'added' | 'removed' | 'changed'
}

/** One process of git, whatever the number of files. */
export async function changesBetween(
  from: string,
  to: string,
  { gitDir, signal }: RevisionOptions,
): Promise<RepositoryChanges> {
  demandCommitId(from)
  demandCommitId(to)
  const git = gitSetting(gitDir)
  const argv = [...git.argv, 'diff-tree', '-r', '-z', '--no-renames', '--raw', '--end-of-options', from, to] as const
  const chunks: Buffer[] = []
  for await (const chunk of programSource(argv, { env: git.env, signal, purpose: 'to compare two revisions' }))
    chunks.push(chunk as Buffer)
  return changesOf(parseRaw(Buffer.concat(chunks).toString('latin1')))
}

/** `:MODE MODE ID ID LETTER`, a zero byte, the path, a zero byte. Pure. */
export function parseRaw(output: string): PathChange[] {
  const fields = output.split('\0')
  const changes: PathChange[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const letter = fields[at]?.at(-1)
    const path = fields[at + 1] ?? ''
    changes.push({ path, how: letter === 'A' ? 'added' : letter === 'D' ? 'removed' : 'changed' })
  }
  return changes
}

interface Gathered {
  readonly added: string[]
  readonly removed: string[]
  readonly changed: string[]
  readonly metadata: string[]
  manifest: boolean
  files: boolean
}

/** Pure. */
export function changesOf(paths: readonly PathChange[]): RepositoryChanges {
  const packages = new Map<string, Gathered>()
  const eclasses = new Set<string>()
  let profiles = false
  let other = 0
  const of = (name: string): Gathered => {
    const known = packages.get(name)
    if (known !== undefined) return known
    const made = { added: [], removed: [], changed: [], metadata: [], manifest: false, files: false }
    packages.set(name, made)
    return made
  }
  for (const { path, how } of paths) {
    const ebuild = ebuildAt(path)
    const described = metadataAt(path)
    const eclass = /^eclass\/([^/]+)\.eclass$/.exec(path)?.[1]
    const inside = packageOf(path)
    if (ebuild !== undefined) of(ebuild.name)[how].push(ebuild.version)
    else if (described !== undefined) noteMetadata(described, how, of)
    else if (eclass !== undefined) eclasses.add(eclass)
    else if (path.startsWith('profiles/')) profiles = true
    else if (inside?.file === 'Manifest') of(inside.name).manifest = true
    else if (inside !== undefined) of(inside.name).files = true
    else if (!isBookkeeping(path)) other += 1
  }
  return {
    packages: [...packages]
      .map(([name, gathered]) => packageChanges(name, gathered))
      .filter((one) => one !== undefined)
      .toSorted((a, b) => compareTexts(a.name, b.name)),
    eclasses: [...eclasses].toSorted(),
    profiles,
    other,
  }
}

/** Entries come and go with their ebuilds, which then say it themselves. */
function noteMetadata(described: string, how: PathChange['how'], of: (name: string) => Gathered): void {
  const [category = '', entry = '', ...more] = described.split('/')
  if (how !== 'changed' || more.length > 0) return
  for (let at = entry.indexOf('-'); at > 0; at = entry.indexOf('-', at + 1)) {
    const ebuild = ebuildAt(`${category}/${entry.slice(0, at)}/${entry}.ebuild`)
    if (ebuild !== undefined) return void of(ebuild.name).metadata.push(ebuild.version)
  }
}

function packageChanges(name: string, gathered: Gathered): PackageChanges | undefined {
  const sorted = (versions: readonly string[]) =>
    versions.toSorted((a, b) => compareVersions(a, b) || compareTexts(a, b))
  const [added, removed, changed] = [sorted(gathered.added), sorted(gathered.removed), sorted(gathered.changed)]
  const metadata = sorted(gathered.metadata.filter((version) => !changed.includes(version)))
  // A Manifest follows its ebuilds; where none changed it is what changed.
  const files = gathered.files || (gathered.manifest && added.length + removed.length + changed.length === 0)
  if (!files && added.length + removed.length + changed.length + metadata.length === 0) return undefined
  return { name, added, removed, changed, metadata, files }
}

/** Folders at the top that look like categories and are none. */
const NO_CATEGORIES = new Set(['eclass', 'licenses', 'metadata', 'profiles', 'scripts', 'sets'])

/** `dev-libs/foo/files/x` → `dev-libs/foo`, `files/x`; undefined for what is in no package. */
function packageOf(path: string): { readonly name: string; readonly file: string } | undefined {
  const [category = '', word = '', ...file] = path.split('/')
  if (file.length === 0 || NO_CATEGORIES.has(category) || !/^\w[\w+.-]*$/.test(category) || !/^\w[\w+-]*$/.test(word))
    return undefined
  return { name: `${category}/${word}`, file: file.join('/') }
}

/** What changes with every sync of an rsync tree or a snapshot. */
function isBookkeeping(path: string): boolean {
  return path.startsWith('metadata/timestamp') || /(?:^|\/)Manifest(?:\.files)?(?:\.gz)?$/.test(path)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
