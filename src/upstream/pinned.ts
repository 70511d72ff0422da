/** The repositories of a configuration, and their pinned revisions made ready. */
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { Lock } from '../config/lock.ts'
import type { Config, Env } from '../config/model.ts'
import { UserError } from '../errors.ts'
import type { Repository } from '../portage/model.ts'
import { sideBySide } from '../system/side-by-side.ts'
import { keySources } from './key-sources.ts'
import { mirrorRoots } from './mirror-roots.ts'
import { pathOf } from './mirrors.ts'
import { isGitRepository, type RepositoryType } from './repository-source.ts'
import { fetchPinned, type RepositorySource } from './repository.ts'

/** What of a configuration says where repositories come from. */
export interface SourceConfig extends Pick<Config, 'path'> {
  readonly env: Pick<Env, 'repositories' | 'mirrors' | 'keyServer'>
}

/**
 * Where a repository comes from, and who may sign it. env/repositories outranks the address of repos.conf. Whether signatures
 * count is what repos.conf says for the way that is taken; a folder goes by what it says for git.
 * @throws UserError `no-sync-uri`, `unknown-sync-type`
 */
export async function repositorySource(
  config: SourceConfig,
  repository: Repository,
  signal: AbortSignal,
): Promise<RepositorySource> {
  const { name, syncType } = repository
  const here = config.env.repositories.get(name)
  const uri = here ?? repository.syncUri
  const type = await typeOf(name, here === undefined || syncType === 'git' ? syncType : undefined, uri)
  return {
    name,
    type,
    uri: uri ?? '',
    verify: repository.verify[type === 'folder' ? 'git' : type],
    mirrors: mirrorRoots(config),
    keys: keySources(config, signal),
  }
}

/**
 * The sync-type decides; without one a path is what lies there, and an address is git's. One host may take a git repository
 * or a folder for what others fetch by rsync or webrsync; what is git stays git, lest a `.git` that went away make it a folder.
 */
async function typeOf(name: string, syncType: string | undefined, uri: string | undefined): Promise<RepositoryType> {
  if (syncType === 'webrsync') return syncType
  if (uri === undefined || uri === '') throw new UserError('no-sync-uri', `repos.conf has no sync-uri for ${name}.`)
  if (syncType === 'git' || syncType === 'rsync') return syncType
  if (syncType !== undefined && syncType !== '')
    throw new UserError(
      'unknown-sync-type',
      `${name} has sync-type ${syncType}; what can be synced is git, webrsync, rsync and plain folders.`,
      {
        hint: `say sync-type = git and a git address as sync-uri in the [${name}] section, or no sync-type and the absolute path of a folder`,
      },
    )
  const path = pathOf(uri)
  if (path !== undefined) return (await isGitRepository(path)) ? 'git' : 'folder'
  return uri.startsWith('rsync://') ? 'rsync' : 'git'
}

/**
 * Sees that each repository is here at exactly the revision of the lock, and that this revision is still to be trusted.
 * One that is not here (a new data directory) is fetched; one that is needs no network.
 * @throws UserError `not-synced`, `repository-gone`; exit 3 for what is not what the lock says, or is signed by nobody who
 * may
 */
export async function ensurePinned(
  config: SourceConfig,
  lock: Lock,
  repositories: readonly Repository[],
  options: { readonly layout: { readonly git: string }; readonly signal: AbortSignal },
): Promise<void> {
  const { layout, signal } = options
  const ready = async (repository: Repository, stop: AbortSignal) => {
    const { name } = repository
    const locked = lock.repositories[name]
    if (locked === undefined)
      throw new UserError('not-synced', `The repository ${name} has not been synced yet.`, { hint: 'gentoomuch sync' })
    const source = await repositorySource(config, repository, stop)
    await fetchPinned(source, locked, { gitDir: join(layout.git, name), signal: stop })
  }
  const few = pLimit(AT_ONCE)
  const works = repositories.map((one) => (stop: AbortSignal) => few(() => ready(one, stop)))
  await sideBySide(signal, works, async (...begun) => {
    for (const one of begun) await one
  })
}

/** Repositories that are looked at, or fetched, side by side. */
const AT_ONCE = 4
