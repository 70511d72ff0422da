/**
 * An ebuild repository, whatever its sync-type: fetched into a bare mirror of our own as one commit, believed when it is
 * signed by the right key. All that reads repositories reads them there.
 */
import type { Readable } from 'node:stream'
import { UserError } from '../errors.ts'
import { gitSetting, withGit, type GitSetting } from '../system/git.ts'
import { masked } from '../system/http-error.ts'
import { allInOrder } from '../system/side-by-side.ts'
import { programSource } from '../system/stream.ts'
import { takeFolder } from './folder.ts'
import { demandPast } from './future.ts'
import { MirrorsFailed } from './mirrors.ts'
import { fetchGit, isDirty } from './repository-git.ts'
import {
  commitId,
  demandCommitId,
  FETCHED,
  hasCommit,
  keep,
  keptFacts,
  prepareMirror,
  readCommit,
  VERIFIED,
} from './repository-mirror.ts'
import type { FetchProgress, Pinned, RepositorySnapshot, RepositorySource } from './repository-source.ts'
import { demandStillSigned, demandTrusted, verifyCommit } from './repository-trust.ts'
import { distrust } from './trust.ts'
import { fetchWebrsync, type WebrsyncOptions } from './webrsync.ts'

export type { FetchProgress, Pinned, RepositorySnapshot, RepositorySource } from './repository-source.ts'

export interface FetchOptions extends FetchProgress {
  /** The bare mirror in the data directory; made where it is missing. */
  readonly gitDir: string
  /** What the lock says now: a newest state that is older is refused where it can be told, and a folder keeps its time. */
  readonly locked?: Pinned | undefined
}

/**
 * The newest state of a repository.
 * @throws UserError exit 3 when it is unsigned or signed by another key, of a time to come, or older than what is locked
 */
export async function fetchRepository(source: RepositorySource, options: FetchOptions): Promise<RepositorySnapshot> {
  const { gitDir, signal } = options
  return await withMirror(gitDir, signal, async (git) => {
    switch (source.type) {
      case 'git':
        await fetchGit(git, source, 'HEAD', signal)
        return await believeGit(git, source, await commitId(git, FETCHED, signal), options)
      case 'webrsync':
        return await fetchWebrsync(git, source, options)
      case 'folder':
        demandStillSigned(source, undefined, options.locked)
        return await takeFolder(git, source, options)
      case 'rsync':
        throw new Error('an rsync tree is fetched in a container and handed to importRsynced')
    }
  })
}

/**
 * Exactly the state that the lock names. Already in the mirror, it needs no network.
 * @throws UserError `repository-gone` where nobody has it any more, `lock-mismatch` (exit 3) for something else under its
 * name, and exit 3 for what may not be trusted (now)
 */
export async function fetchPinned(
  source: RepositorySource,
  pinned: Pinned,
  options: Omit<FetchOptions, 'locked'>,
): Promise<RepositorySnapshot> {
  const { gitDir, signal } = options
  const { revision, type = 'git' } = pinned
  demandCommitId(revision)
  const found = await withMirror(gitDir, signal, async (git) => {
    if (await hasCommit(git, `${VERIFIED}${revision}`, signal)) return await believeKept(git, source, revision, options)
    if (type !== source.type) throw gone(source, `came by sync-type ${type}, and repos.conf says ${source.type} now`)
    switch (type) {
      case 'git':
        await fetchGit(git, source, revision, signal)
        return await believeGit(git, source, revision, options)
      case 'webrsync':
        if (pinned.from === undefined) throw gone(source, 'came from a mirror that had it under no name of its own')
        return await fetchNamed(git, source, { ...options, file: pinned.from, pinned })
      case 'folder': {
        const taken = await takeFolder(git, source, { ...options, locked: pinned })
        if (taken.revision === revision) return taken
        throw gone(source, `was another state of ${masked(source.uri)}, which has changed since`)
      }
      case 'rsync':
        throw gone(source, 'was synced with rsync, which gives the newest state only')
    }
  })
  demandSigner(source, found, pinned)
  if (found.revision === revision && found.tree === pinned.tree && found.time === pinned.time) return found
  const message = `gentoomuch.lock says other things of ${source.name} at ${revision} than the commit itself.`
  throw distrust('lock-mismatch', message, RESTORE)
}

const RESTORE = 'restore gentoomuch.lock from git, or run gentoomuch sync'

/** Another key that may sign is still another one than the lock tells of. */
function demandSigner(
  { name, verify }: RepositorySource,
  { revision, primary }: RepositorySnapshot,
  pinned: Pinned,
): void {
  if (!verify || pinned.signedBy === undefined || pinned.signedBy === primary) return
  const found = primary === undefined ? 'it was taken unsigned' : `it is signed by ${primary}`
  const message = `gentoomuch.lock says that ${pinned.signedBy} signed ${name} at ${revision}, and ${found}.`
  throw distrust('lock-mismatch', message, RESTORE)
}

/** A plain tar of exactly that revision: modes 0644 and 0755, owned by root, times of the commit, no attribute applied. */
export function archiveRepository(
  { name, revision }: Pick<RepositorySnapshot, 'name' | 'revision'>,
  options: { readonly gitDir: string; readonly signal: AbortSignal },
): Readable {
  demandCommitId(revision)
  const git = gitSetting(options.gitDir)
  const argv = [...git.argv, 'archive', '--format=tar', '--end-of-options', revision] as const
  return programSource(argv, { env: git.env, signal: options.signal, purpose: `to take out ${name}` })
}

/** Works with git on a repository's mirror, which is made where it is missing. */
export async function withMirror<T>(
  gitDir: string,
  signal: AbortSignal,
  work: (git: GitSetting) => Promise<T>,
): Promise<T> {
  return await withGit(gitDir, async (git) => {
    await prepareMirror(git, gitDir, signal)
    return await work(git)
  })
}

/** A commit of upstream's own that the mirror has: verified, unless repos.conf waives that, and kept. */
export async function believeGit(
  git: GitSetting,
  source: RepositorySource,
  id: string,
  { gitDir, signal }: Pick<FetchOptions, 'gitDir' | 'signal'>,
): Promise<RepositorySnapshot> {
  const { name } = source
  const commit = await readCommit(git, id, signal)
  const primary = source.verify ? (await verifyCommit(source, id, Promise.resolve(commit))).primary : undefined
  demandPast(source, commit.time)
  await keep(git, gitDir, id, { type: 'git', ...(primary === undefined ? {} : { signedBy: primary }) }, signal)
  const dirty = await isDirty(git, gitDir, source, id, signal)
  const { time, tree } = commit
  return { name, type: 'git', revision: id, time, tree, primary, ...(dirty ? { dirty } : {}) }
}

/**
 * A revision that was kept is believed if it would be now: git's own signature is checked again; for the others, of which
 * only git objects are kept, whoever signed what they were made of must still be one who may.
 */
export async function believeKept(
  git: GitSetting,
  source: RepositorySource,
  id: string,
  { gitDir, signal }: Pick<FetchOptions, 'gitDir' | 'signal'>,
): Promise<RepositorySnapshot> {
  const { name } = source
  const { type, signedBy, from } = await keptFacts(gitDir, id)
  const commit = readCommit(git, id, signal)
  const verifies = source.verify && (source.type !== 'folder' || signedBy !== undefined)
  const [{ time, tree }, signature] = await allInOrder([
    commit,
    // Keys are got ready while git reads.
    verifies && type === 'git' ? verifyCommit(source, id, commit, signedBy !== undefined) : Promise.resolve(undefined),
  ])
  const plain = { name, type, revision: id, time, tree, ...(from === undefined ? {} : { from }) }
  if (!verifies) return { ...plain, primary: signedBy }
  if (signature !== undefined) return { ...plain, primary: signature.primary }
  if (signedBy === undefined) {
    const message = `The locked state ${id} of ${name} was taken unverified, and repos.conf wants signatures now.`
    throw distrust('repository-unverified', message, `gentoomuch sync ${name}`)
  }
  await demandTrusted(source, signedBy, id)
  return { ...plain, primary: signedBy }
}

/** Mirrors forget snapshots after some weeks. */
async function fetchNamed(
  git: GitSetting,
  source: RepositorySource,
  options: WebrsyncOptions & { readonly file: string },
): Promise<RepositorySnapshot> {
  try {
    return await fetchWebrsync(git, source, options)
  } catch (error) {
    throw error instanceof MirrorsFailed && error.absent
      ? gone(source, `came as ${options.file}, which no mirror has any more`, error)
      : error
  }
}

function gone({ name }: RepositorySource, why: string, cause?: unknown): UserError {
  const message = `The state of ${name} that gentoomuch.lock names is not in this data directory, and it ${why}.`
  return new UserError('repository-gone', message, {
    hint: `copy store/git/${name} from the data directory of the machine that synced it, or gentoomuch sync ${name}`,
    cause,
  })
}
