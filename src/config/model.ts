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
  readonly files: readonly PieceFile[]
}

export interface PackageSet {
  readonly name: string
  readonly file: string
  readonly text: string
}

/** `stage3.defines/NAME`: what a builder or a machine is compiled for. */
export interface Stage3Define {
  readonly name: string
  readonly cpu: Piece
  readonly locals: readonly Piece[]
  readonly sets: readonly PackageSet[]
  readonly scripts: readonly TextFile[]
  /** The definition's own `portage/` folder: the last and strongest piece. */
  readonly own: Piece | undefined
}

/** `stage4.defines/NAME`: a machine. */
export interface Stage4Define {
  readonly name: string
  readonly stage3: Stage3Define
  readonly profile: string
  readonly scripts: readonly TextFile[]
  readonly files: readonly UserFile[]
  /** The `nodes` file, unread: device nodes as mknod words. */
  readonly nodes: TextFile | undefined
  readonly hostname: string | undefined
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
}

export interface Signer {
  readonly key: string
  /** GNUPGHOME; the user's own unless told. */
  readonly home: string | undefined
}

export interface Env {
  readonly arch: string
  readonly jobs: number
  readonly profile: string | undefined
  readonly engine: string
  readonly compression: string
  readonly signer: Signer | undefined
  /** Where this host fetches sources first: addresses or absolute paths. They enter no root. */
  readonly mirrors: readonly string[]
  /** Where this host syncs a repository from, instead of the sync-uri of repos.conf: name → address or absolute path. */
  readonly repositories: ReadonlyMap<string, string>
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
}

/** The two spellings that live in the wild for the builder's own definition. */
export const BUILDER_NAMES = ['gentoomuch/builder', 'gentoomuch-builder'] as const
