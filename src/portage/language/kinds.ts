/**
 * What a file under /etc/portage is, by its path: which parser reads it, or that none does (Portage 3.0.83; portage(5) says
 * the same of most).
 */
import type { PackageKind } from './packageKinds.ts'

export type { PackageKind } from './packageKinds.ts'

export type FileKind =
  /** `base` is the file or folder that Portage looks for. */
  | { readonly kind: 'package'; readonly of: PackageKind; readonly base: string }
  /** `sourcing`: the word `source` reads another file. */
  | { readonly kind: 'assignments'; readonly base: string; readonly sourcing: boolean }
  | { readonly kind: 'ini'; readonly base: string }
  /** One entry a line, of no kind that has a parser of its own. */
  | { readonly kind: 'lines'; readonly base: string }
  /** Bash, patches, saved configurations, keys …: kept as they are. */
  | { readonly kind: 'opaque'; readonly base: string }
  /** A leftover in a folder that Portage reads: see `ignoredByPortage`. */
  | { readonly kind: 'ignored'; readonly base: string }
  /** Nothing in Portage looks for such a name. */
  | { readonly kind: 'unknown' }

/**
 * Whether Portage passes over a file or folder of this name: `.name`, `name~`; of folders also CVS, RCS and SCCS
 * (`_recursive_file_list`, VCS_DIRS). A README and `x.bak` are read.
 */
export function ignoredByPortage(name: string, isFolder = false): boolean {
  return name.startsWith('.') || name.endsWith('~') || (isFolder && VCS_FOLDERS.has(name))
}

const VCS_FOLDERS = new Set(['CVS', 'RCS', 'SCCS'])

/**
 * @param path relative to /etc/portage, parts joined by `/`
 * @param environments names of files in env/ that some package.env has; a file two folders deep is a bash hook
 *   (env/CATEGORY/PACKAGE) unless it is one of them
 */
export function kindOf(path: string, environments: ReadonlySet<string> = new Set()): FileKind {
  const found = known.get(path)
  if (found !== undefined) return found
  const [base = '', ...inside] = path.split('/')
  if (base === 'env' && inside.length > 0) return kindOfEnvironment(inside.join('/'), inside.length, environments)
  const kind = base === 'profile' ? kindInProfile(inside) : kindIn(USER_FILES, base, base, inside)
  known.set(path, kind)
  return kind
}

/** A piece's files are asked for again in every machine that has it. */
const known = new Map<string, FileKind>()

/**
 * The file or folder that Portage looks for, where it reads entries of several files in it one after the other:
 * `package.use/a/b` → `package.use`; undefined for what it reads otherwise. Sets have a file each.
 */
export function entriesFolderOf(path: string): string | undefined {
  const kind = kindOf(path)
  if (kind.kind !== 'package' && kind.kind !== 'ini' && kind.kind !== 'lines') return undefined
  const name = kind.base.split('/').at(-1) ?? ''
  const described = (kind.base.startsWith('profile/') ? PROFILE_FILES : USER_FILES).get(name)
  return described?.folder === 'filtered' ? kind.base : undefined
}

function kindInProfile(parts: readonly string[]): FileKind {
  const [name = '', ...inside] = parts
  return kindIn(PROFILE_FILES, name, `profile/${name}`, inside)
}

function kindIn(
  files: ReadonlyMap<string, Described>,
  name: string,
  base: string,
  inside: readonly string[],
): FileKind {
  const described = files.get(name)
  if (described === undefined) return { kind: 'unknown' }
  if (inside.length > 0 && described.folder === 'never') return { kind: 'unknown' }
  const last = inside.length - 1
  const filtered = described.folder === 'filtered' || described.folder === 'sets'
  if (filtered && inside.some((part, index) => ignoredByPortage(part, index < last))) return { kind: 'ignored', base }
  // A set NAME may have a description in NAME.metadata.
  if (described.folder === 'sets' && inside.at(-1)?.endsWith('.metadata') === true) return { kind: 'lines', base }
  return { ...described.is, base }
}

function kindOfEnvironment(name: string, depth: number, environments: ReadonlySet<string>): FileKind {
  return depth === 1 || environments.has(name)
    ? { kind: 'assignments', base: 'env', sourcing: true }
    : { kind: 'opaque', base: 'env' }
}

type WithoutBase<T> = T extends { readonly base: string } ? Omit<T, 'base'> : never

interface Described {
  readonly is: WithoutBase<FileKind>
  /** What a folder of this name is: read whole but for leftovers, not looked into, or none of Portage's loader's business. */
  readonly folder: 'filtered' | 'never' | 'whole' | 'sets'
}

const inFolder = (of: PackageKind): Described => ({ is: { kind: 'package', of }, folder: 'filtered' })
const lines = (folder: Described['folder']): Described => ({ is: { kind: 'lines' }, folder })
const opaque = (folder: Described['folder']): Described => ({ is: { kind: 'opaque' }, folder })
const ini: Described = { is: { kind: 'ini' }, folder: 'filtered' }

const USER_FILES: ReadonlyMap<string, Described> = new Map([
  ['make.conf', { is: { kind: 'assignments', sourcing: true }, folder: 'filtered' }],
  ['repos.conf', ini],
  ['binrepos.conf', ini],
  ['sets.conf', ini],
  ['package.use', inFolder('use')],
  ['package.accept_keywords', inFolder('keywords')],
  ['package.keywords', inFolder('keywords')],
  ['package.license', inFolder('license')],
  ['package.env', inFolder('env')],
  ['package.properties', inFolder('properties')],
  ['package.accept_restrict', inFolder('restrict')],
  ['package.mask', inFolder('mask')],
  ['package.unmask', inFolder('unmask')],
  ['sets', { is: { kind: 'package', of: 'set' }, folder: 'sets' }],
  ['mirrors', lines('filtered')],
  ['categories', lines('never')],
  ['arch.list', lines('never')],
  ['license_groups', lines('never')],
  ['color.map', lines('never')],
  ['modules', lines('filtered')],
  ['bashrc', opaque('never')],
  ['bashrc.d', opaque('whole')],
  ['env', opaque('whole')],
  ['patches', opaque('whole')],
  ['savedconfig', opaque('whole')],
  ['gnupg', opaque('whole')],
  ['bin', opaque('whole')],
  ['postsync.d', opaque('filtered')],
  ['repo.postsync.d', opaque('filtered')],
  ['make.profile', opaque('whole')],
] satisfies [string, Described][])

const flags = inFolder('flags')
const packageUse = inFolder('profile-use')

/** The user's own profile; Portage does not look for a `parent` there. */
const PROFILE_FILES: ReadonlyMap<string, Described> = new Map([
  ['make.defaults', { is: { kind: 'assignments', sourcing: false }, folder: 'filtered' }],
  ['package.use', packageUse],
  ['package.use.mask', packageUse],
  ['package.use.force', packageUse],
  ['package.use.stable', packageUse],
  ['package.use.stable.mask', packageUse],
  ['package.use.stable.force', packageUse],
  ['use.mask', flags],
  ['use.force', flags],
  ['use.stable', flags],
  ['use.stable.mask', flags],
  ['use.stable.force', flags],
  ['package.accept_keywords', inFolder('keywords')],
  ['package.keywords', inFolder('keywords')],
  ['package.mask', inFolder('mask')],
  ['package.unmask', inFolder('unmask')],
  ['package.provided', inFolder('provided')],
  ['package.bashrc', inFolder('bashrc')],
  ['packages', { is: { kind: 'package', of: 'packages' }, folder: 'never' }],
  ['soname.provided', lines('filtered')],
  ['virtuals', lines('never')],
  ['deprecated', lines('never')],
  ['eapi', lines('never')],
  ['profile.bashrc', opaque('never')],
  ['bashrc', opaque('whole')],
  ['licenses', opaque('whole')],
] satisfies [string, Described][])
