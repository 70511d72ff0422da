/** The repositories of a configuration, and their pinned revisions made ready. */
import { isAbsolute, join } from 'node:path'
import type { Lock } from '../config/lock.ts'
import type { Config } from '../config/model.ts'
import { EXIT, UserError } from '../errors.ts'
import type { Repository } from '../portage/model.ts'
import { exists } from '../system/files.ts'
import { fetchRepository, type RepositorySource } from './repository.ts'

/** Where a repository comes from, and who may sign it. */
export async function repositorySource(config: Config, repository: Repository): Promise<RepositorySource> {
  const { name } = repository
  const here = config.env.repositories.get(name)
  const { syncType, syncUri } = here === undefined ? repository : { syncType: 'git', syncUri: here }
  if (syncUri === undefined) throw new UserError('no-sync-uri', `repos.conf has no sync-uri for ${name}.`)
  if (syncType !== 'git' && !isAbsolute(syncUri))
    throw new UserError(
      'unknown-sync-type',
      `${name} has sync-type ${syncType ?? '(none)'}; git is what this version syncs.`,
      {
        hint: `set sync-type = git and a git address as sync-uri in the [${name}] section`,
      },
    )
  const keys = join(config.path, 'env', 'trusted.keys', 'repository', name)
  return { name, uri: syncUri, keys: (await exists(keys)) ? keys : undefined }
}

/**
 * Sees that each repository is here at exactly the revision of the lock, and that this revision is still to be trusted.
 * One that is not here (a new data directory) is fetched; one that is needs no network.
 * @param git the folder of the mirrors
 * @throws UserError `not-synced`; exit 3 for what is not what the lock says, or is signed by nobody who may
 */
export async function ensurePinned(
  config: Config,
  lock: Lock,
  repositories: readonly Repository[],
  options: { readonly git: string; readonly signal: AbortSignal },
): Promise<void> {
  for (const repository of repositories) {
    const { name } = repository
    const locked = lock.repositories[name]
    if (locked === undefined)
      throw new UserError('not-synced', `The repository ${name} has not been synced yet.`, { hint: 'gentoomuch sync' })
    const source = await repositorySource(config, repository)
    const { revision, tree, time } = locked
    const found = await fetchRepository(source, { gitDir: join(options.git, name), revision, signal: options.signal })
    if (found.tree !== tree || found.time !== time)
      throw new UserError(
        'lock-mismatch',
        `gentoomuch.lock says other things of ${name} at ${revision} than the commit itself.`,
        {
          hint: 'restore gentoomuch.lock from git, or run gentoomuch sync',
          exit: EXIT.untrusted,
        },
      )
  }
}
