/** Portage's configuration, as pure data. */

/** A composed `/etc/portage`: what is mounted while building and what the finished root carries. */
export interface PortageDirectory {
  /** Sorted by path. `bytes` holds one latin1 character a byte. */
  readonly files: readonly { readonly path: string; readonly bytes: string; readonly executable: boolean }[]
  /** What `make.profile` shall point at, as `repository:path` (path below `profiles/`); undefined: the seed's own. */
  readonly profile: string | undefined
}

/** A piece as the composer sees it: `config/`'s Piece fits. */
export interface ComposerPiece {
  readonly rank: 'cpu' | 'global' | 'local' | 'machine'
  readonly name: string
  readonly files: readonly {
    readonly path: string
    readonly file: string
    readonly bytes: string
    readonly executable: boolean
  }[]
}

export interface ComposerSet {
  readonly name: string
  readonly text: string
}

/** A mistake in a piece, with the file it stands in. */
export interface PieceMistake {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** One repository of repos.conf. */
export interface Repository {
  readonly name: string
  readonly location: string
  readonly syncType: string | undefined
  readonly syncUri: string | undefined
  readonly main: boolean
}
