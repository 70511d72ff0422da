/** Portage's configuration, as pure data. */

/** A composed `/etc/portage`: what is mounted while building and what the finished root carries. */
export interface PortageDirectory {
  /** Sorted by path. `bytes` holds one latin1 character a byte. */
  readonly files: readonly PortageFile[]
  /** What `make.profile` shall point at, as `repository:path` (path below `profiles/`); undefined: the seed's own. */
  readonly profile: string | undefined
}

export interface PortageFile {
  readonly path: string
  readonly bytes: string
  readonly executable: boolean
}

export type Rank = 'cpu' | 'global' | 'local' | 'machine'

/** A piece as the composer sees it: `config/`'s Piece fits. */
export interface ComposerPiece {
  readonly rank: Rank
  readonly name: string
  readonly files: readonly ComposerFile[]
}

export interface ComposerFile {
  /** Inside the piece, which is inside `/etc/portage`. */
  readonly path: string
  /** In the configuration directory. */
  readonly file: string
  readonly bytes: string
  readonly executable: boolean
}

export interface ComposerSet {
  readonly name: string
  readonly file: string
  readonly text: string
}

/** Sync-types whose states can be signed. */
export type SignedType = 'git' | 'webrsync' | 'rsync'

/** One repository of repos.conf. */
export interface Repository {
  readonly name: string
  readonly location: string
  readonly syncType: string | undefined
  readonly syncUri: string | undefined
  readonly main: boolean
  /** `auto-sync`: whether a sync of everything takes it along. */
  readonly autoSync: boolean
  /**
   * Whether signatures are demanded of what comes so, whatever the sync-type: a host may take another way than repos.conf
   * says. Portage's own switches (portage(5): `sync-git-verify-commit-signature`, `sync-webrsync-verify-signature`,
   * `sync-rsync-verify-metamanifest`) turn it off; unlike in Portage it is on without them.
   */
  readonly verify: Readonly<Record<SignedType, boolean>>
  /** Every `sync-*` key, as written but for what `%(…)s` stands for. */
  readonly options: Readonly<Record<string, string>>
}

/** Bytes as one latin1 character each → text; what is no UTF-8 was refused when the configuration was read. */
export function textOf(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}

export function bytesOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return !/[^\u0000-\u007f]/.test(text)
}
