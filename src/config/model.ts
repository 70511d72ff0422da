/** The configuration directory as one validated value. Paths in it are relative to the directory. */

export interface TextFile {
  readonly file: string
  readonly text: string
}

/** One file below a piece of `/etc/portage`. */
export interface PieceFile {
  /** Path inside the piece, which is its path inside `/etc/portage`: `package.use/editors`. */
  readonly path: string
  /** Where it stands in the configuration directory, for messages and origins. */
  readonly file: string
  /** Its bytes as a latin1 string: one character a byte, so that nothing is lost and it can be hashed as JSON. */
  readonly bytes: string
  readonly executable: boolean
}

export type Rank = 'cpu' | 'global' | 'local' | 'machine'

/** A reusable piece of `/etc/portage`. */
export interface Piece {
  readonly rank: Rank
  readonly name: string
  /** Where it stands; empty for one that is not there. */
  readonly folder: string
  readonly files: readonly PieceFile[]
}

/** A set that a set names as `@name`, under its name in `/etc/portage/sets`. */
export interface IncludedSet {
  readonly name: string
  readonly line: number
}

export interface PackageSet {
  /** Its name in `/etc/portage/sets`: a slash of the file's path is a dash. */
  readonly name: string
  readonly file: string
  /** Line by line the file's; names of included sets as they are in `/etc/portage/sets`. */
  readonly text: string
  /** Sets of this configuration, of Portage (`PORTAGE_SETS`), of a repository; or misspelt. */
  readonly includes: readonly IncludedSet[]
}

/** `stage3.defines/NAME`: what a builder or a machine is compiled for. */
export interface Stage3Define {
  readonly name: string
  readonly folder: string
  /** Without files where the definition names none that is there. */
  readonly cpu: Piece
  readonly locals: readonly Piece[]
  /** Named in `packages`, in that order. Atoms that stand there make one more set, its `file` being `packages`. */
  readonly sets: readonly PackageSet[]
  /** What `sets` include, at any depth, and do not name: it has to lie beside them, and is not selected by itself. */
  readonly included: readonly PackageSet[]
  readonly scripts: readonly TextFile[]
  /** The definition's own `portage/` folder: the last and strongest piece. */
  readonly own: Piece | undefined
}

/** `stage4.defines/NAME`: a machine. */
export interface Stage4Define {
  readonly name: string
  readonly folder: string
  readonly stage3: Stage3Define
  /** Empty where the file is missing, which is an error. */
  readonly profile: string
  readonly scripts: readonly TextFile[]
  readonly files: readonly UserFile[]
  /** Folders that belong to somebody, or have a mode of their own. */
  readonly folders: readonly UserFolder[]
  /** The `nodes` file, unread: device nodes as mknod words. */
  readonly nodes: TextFile | undefined
  readonly hostname: string | undefined
  /** The kernel configuration that `kconf` names; undefined: no kernel is built. */
  readonly kconf: TextFile | undefined
  /** The package that the kernel is built from. */
  readonly kernel: string
  readonly removes: readonly RemovalList[]
  readonly services: readonly Service[]
  readonly locales: readonly Locale[]
  readonly timezone: string | undefined
}

/** `user.removes/NAME`. */
export interface RemovalList extends TextFile {
  readonly name: string
  readonly patterns: readonly Removal[]
}

export interface Removal {
  /** An absolute path of the root, `*`, `?` and `[…]` being those of glob(7); without `.` and `..`. */
  readonly pattern: string
  readonly line: number
}

export interface Service {
  readonly name: string
  /** It starts with the machine; it does not; with systemd, nothing can start it. */
  readonly is: 'starts' | 'rests' | 'masked'
  /** OpenRC's runlevel; undefined where none is named. */
  readonly runlevel: string | undefined
  readonly line: number
}

/** A line of locale.gen. */
export interface Locale {
  readonly name: string
  /** Undefined: what the locale itself says. */
  readonly charset: string | undefined
  readonly line: number
}

/** `user.patches/NAME/`. */
export interface UserPatch {
  readonly name: string
  readonly packages: readonly {
    /** As a folder of `/etc/portage/patches`: `CATEGORY/PACKAGE-VERSION`. */
    readonly package: string
    /** Paths in the configuration directory, in the order of their names. */
    readonly files: readonly string[]
  }[]
}

/** A file of `user.files/NAME/` that goes into the root at `path`. */
export interface UserFile {
  readonly path: string
  readonly file: string
  readonly bytes: string
  /** Permission bits. */
  readonly mode: number
  /** Target of a symbolic link, else undefined. */
  readonly link: string | undefined
  /** root:root where undefined. */
  readonly owner: Owner | undefined
}

/** A line of `user.files/NAME.owners` says so: names of the root's own users and groups, or numbers. */
export interface Owner {
  readonly user: string
  readonly group: string
  readonly file: string
  readonly line: number
}

/** A folder of the root; made where it is not there. */
export interface UserFolder {
  readonly path: string
  readonly owner: Owner
  /** Permission bits; undefined: as it is, 755 for a new one. */
  readonly mode: number | undefined
}

export interface Signer {
  readonly key: string
  /** GNUPGHOME; the user's own unless told. */
  readonly home: string | undefined
}

/** Nobody, whoever hears the terminal's bell, or whoever sees the desktop. */
export type Notify = 'none' | 'bell' | 'desktop'

export interface Env {
  readonly arch: string
  /** How many run side by side; undefined: what the host's cores and memory allow, see `execute/jobs.ts`. */
  readonly jobs: number | undefined
  /** Whom files belong to that the program writes for the user; undefined: whoever calls it. */
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly profile: string | undefined
  readonly engine: string
  readonly compression: string
  readonly signer: Signer | undefined
  /** Where this host fetches sources first: addresses or absolute paths. They enter no root. */
  readonly mirrors: readonly string[]
  /** Where this host syncs a repository from, instead of the sync-uri of repos.conf: name → address or absolute path. */
  readonly repositories: ReadonlyMap<string, string>
  /** The key server that pinned keys may be fetched from: `hkps://…`, `hkp://…` or `https://…`; undefined: none is asked. */
  readonly keyServer: string | undefined
  /** Who is told that a long run has ended. */
  readonly notify: Notify
}

export interface Config {
  /** Absolute path of the directory. */
  readonly path: string
  readonly env: Env
  readonly global: Piece
  readonly cpus: ReadonlyMap<string, Piece>
  readonly locals: ReadonlyMap<string, Piece>
  readonly sets: ReadonlyMap<string, PackageSet>
  readonly stage3s: ReadonlyMap<string, Stage3Define>
  readonly stage4s: ReadonlyMap<string, Stage4Define>
  readonly patches: ReadonlyMap<string, UserPatch>
  /** Name → path of its file. */
  readonly kernelConfigs: ReadonlyMap<string, string>
}

/** The two spellings that live in the wild for the builder's own definition. */
export const BUILDER_NAMES = ['gentoomuch/builder', 'gentoomuch-builder'] as const

/** The one of the two where the other is given; any other name as it is. */
export function otherBuilderName(name: string): string {
  const [one, other] = BUILDER_NAMES
  return name === one ? other : name === other ? one : name
}

/** Sets that Portage itself brings (its cnf/sets/portage.conf, 3.0.83). */
export const PORTAGE_SETS: ReadonlySet<string> = new Set([
  'world',
  'profile',
  'selected',
  'selected-packages',
  'selected-sets',
  'system',
  'security',
  'installed',
  'preserved-rebuild',
  'live-rebuild',
  'deprecated-live-rebuild',
  'module-rebuild',
  'x11-module-rebuild',
  'rebuilt-binaries',
  'changed-subslot',
  'downgrade',
  'unavailable',
  'changed-deps',
  'golang-rebuild',
  'rust-rebuild',
])
