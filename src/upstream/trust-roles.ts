/** What a key may sign, and where the bytes of keys come from. */
import { join } from 'node:path'

export interface Role {
  /** Begins the codes of its errors. `snapshot` is for webrsync snapshots and the signed Manifest that rsync brings. */
  readonly name: 'stage3' | 'repository' | 'snapshot'
  /** Primary fingerprints that the program itself knows for this role, upper-case. */
  readonly pins: readonly string[]
  /**
   * The configuration's folder for this role, absolute: what the user put there is trusted. A key file is a pin (its
   * primary keys) and the bytes; a file of fingerprints is a pin whose bytes come from elsewhere.
   */
  readonly folder: string | undefined
  /** The folder as a user would write it, for hints. */
  readonly folderName: string
}

/** Where the bytes of trusted keys come from. All of it is held against the pins. */
export interface KeySources {
  /** `env/trusted.keys`, absolute: other roles' keys are only read to say whose a wrong key is. */
  readonly trustedKeys: string
  /** Gentoo's own keyring on this host; where sec-keys/openpgp-keys-gentoo-release puts it unless told. */
  readonly installedKeyring?: string
  /** GnuPG home of the user; gpg's own default unless told. Only read, and only pinned keys are taken from it. */
  readonly userHome?: string
  /** The key server, if allowed: asked last, when a pin has no bytes, or a key is expired or unknown; once a run and key. */
  readonly fetchKey?: (fingerprint: string) => Promise<Uint8Array | undefined>
  /** Folder where keys that a key server gave are kept, `FINGERPRINT.asc`; held against the pins like all others. */
  readonly fetched?: string
  readonly signal: AbortSignal
}

/** Gentoo's primary fingerprints (gentoo.org, "Release media signatures"), each for the one thing it signs. */
export const GENTOO_KEYS = {
  /** Weekly autobuilds: stage3s, their DIGESTS, latest-stage3-….txt. */
  weeklyStages: '13EBBDBEDE7A12775DFDB1BABB572E0E2D182910',
  /** The head of the git sync mirror. */
  gitMirror: 'EF9538C9E8E64311A52CDEDFA13D0EF1914E7A72',
  /** webrsync snapshots, and the top-level Manifest that rsync brings. */
  snapshots: 'DCD05B71EAB94199527F44ACDB6B8C1F96D8BF6D',
  /** Releases that people made by hand. */
  releases: 'D99EAC7379A850BCE47DA5F29E6438C817072058',
} as const

/** @param pins instead of Gentoo's own */
export function stage3Role(sources: KeySources, pins: readonly string[] = [GENTOO_KEYS.weeklyStages]): Role {
  return roleOf('stage3', sources, pins)
}

export function repositoryRole(sources: KeySources, name: string): Role {
  return roleOf('repository', sources, name === 'gentoo' ? [GENTOO_KEYS.gitMirror] : [], name)
}

export function snapshotRole(sources: KeySources, name: string): Role {
  return roleOf('snapshot', sources, name === 'gentoo' ? [GENTOO_KEYS.snapshots] : [], name)
}

function roleOf(name: Role['name'], sources: KeySources, pins: readonly string[], of?: string): Role {
  const folder = of === undefined ? [name] : [name, of]
  return {
    name,
    pins,
    folder: join(sources.trustedKeys, ...folder),
    folderName: ['env/trusted.keys', ...folder].join('/'),
  }
}
