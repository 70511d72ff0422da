/** What a repository is fetched as, and what fetching gives. */
import { join } from 'node:path'
import { exists } from '../system/files.ts'
import type { RepositoryType } from './repository-mirror.ts'
import type { FailedMirror } from './mirrors.ts'
import type { KeySources } from './trust.ts'

export type { RepositoryType } from './repository-mirror.ts'

export interface RepositorySource {
  readonly name: string
  readonly type: RepositoryType
  /**
   * `git`: an address that git fetches from, `file://` or the absolute path of a git repository. `folder`: an absolute path
   * or `file://`. `rsync`: its address. `webrsync` has mirrors instead.
   */
  readonly uri: string
  /** Whether signatures are demanded. Folders have none: there it says whether one may take the place of what was signed. */
  readonly verify: boolean
  /** Roots that have `snapshots/`: addresses or absolute paths, the best first. */
  readonly mirrors: readonly string[]
  /** What may sign: the role `repository` commits, the role `snapshot` webrsync's archives and rsync's Manifest. */
  readonly keys: KeySources
}

export interface RepositorySnapshot {
  readonly name: string
  readonly type: RepositoryType
  /** Commit id in the mirror. */
  readonly revision: string
  /** Epoch seconds: of the commit for git, else what the repository says of itself. */
  readonly time: number
  /** Git tree id. */
  readonly tree: string
  /** Fingerprint of the primary key that signed it; undefined for what is taken unverified. */
  readonly primary: string | undefined
  /** What can be fetched again for this very state, by another host too: the file name of a webrsync snapshot. */
  readonly from?: string
  /** The folder of a git repository has changes that are not committed: they do not count. */
  readonly dirty?: boolean
  /** Paths of a folder that a commit cannot hold. */
  readonly leftOut?: readonly string[]
}

/** What the lock says of a repository. */
export interface Pinned {
  readonly type?: RepositoryType
  readonly revision: string
  readonly tree: string
  readonly time: number
  /** Missing for what was taken unverified. */
  readonly signedBy?: string
  readonly from?: string
}

export interface FetchProgress {
  readonly signal: AbortSignal
  /** A folder for downloads, on the mirror's disk, to go on with after an interruption. */
  readonly downloads?: string
  readonly onBytes?: (done: number, total: number | undefined) => void
  readonly onMirror?: (failed: FailedMirror) => void
}

/** Whether a folder is a git repository itself, bare or with a working tree; one inside another's does not count. */
export async function isGitRepository(path: string): Promise<boolean> {
  if (await exists(join(path, '.git'))) return true
  const parts = await Promise.all(['HEAD', 'objects', 'refs'].map((name) => exists(join(path, name))))
  return parts.every(Boolean)
}
