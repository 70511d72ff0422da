/** One repository synced: fetched in its way, verified, looked at, compared with what was locked. */
import { join } from 'node:path'
import type { Lock, LockedRepository } from '../../config/lock.ts'
import { UserError } from '../../errors.ts'
import type { Run } from '../../execute/run.ts'
import { missingMaster } from '../../plan/repositories.ts'
import type { Repository } from '../../portage/model.ts'
import { changesBetween } from '../../upstream/changes.ts'
import { repositoryFacts } from '../../upstream/facts.ts'
import { fetchAt } from '../../upstream/history.ts'
import { repositorySource } from '../../upstream/pinned.ts'
import {
  fetchRepository,
  type FetchOptions,
  type RepositorySnapshot,
  type RepositorySource,
} from '../../upstream/repository.ts'
import { hasRevision } from '../../upstream/repository-lists.ts'
import { demandNotOlder } from '../../upstream/webrsync.ts'
import { visible } from '../../visible.ts'
import { tellBytes, tellMirrors } from '../downloads.ts'
import { fetchByRsync } from './rsync.ts'
import type { Setting, Synced } from './sync.ts'

export async function syncOne(
  repository: Repository,
  lock: Lock,
  setting: Setting,
): Promise<{ synced: Synced; locked: LockedRepository }> {
  const { config, run } = setting
  const { name } = repository
  const before = lock.repositories[name]
  const source = await repositorySource(config, repository, run.signal)
  if (!source.verify && source.type !== 'folder') sayUnverified(source, run)
  const mirror = { gitDir: join(run.layout.git, name), signal: run.signal }
  const options: FetchOptions = {
    ...mirror,
    ...(before === undefined ? {} : { locked: before }),
    onBytes: tellBytes(run.emit, `sync:${name}`),
    downloads: run.layout.downloads,
    onMirror: tellMirrors(run.emit),
  }
  const snapshot = await fetchOne(repository, source, lock, options, setting)
  tell(snapshot, source, run)
  await look(snapshot, setting, mirror)
  const { revision, tree, time, primary, type, from } = snapshot
  const comparable = before !== undefined && (await hasRevision(before.revision, mirror))
  const changes = comparable ? await changesBetween(before.revision, revision, mirror) : undefined
  return {
    synced: { name, type, from: before?.revision, to: revision, time, signedBy: primary, changes },
    locked: {
      ...(type === 'git' ? {} : { type }),
      revision,
      tree,
      time,
      ...(primary === undefined ? {} : { signedBy: primary }),
      ...(from === undefined ? {} : { from }),
    },
  }
}

async function fetchOne(
  repository: Repository,
  source: RepositorySource,
  lock: Lock,
  options: FetchOptions,
  { config, run, options: { to } }: Setting,
): Promise<RepositorySnapshot> {
  if (to !== undefined) return fetchAt(source, to, options)
  if (source.type === 'rsync') return fetchByRsync(repository, source, { config, lock, run, fetch: options })
  const newest = await fetchRepository(source, options)
  if (source.type === 'git' && source.verify) demandNotOlder(source, newest, options.locked)
  return newest
}

/** What people should know of what came. */
function tell(snapshot: RepositorySnapshot, source: RepositorySource, run: Run): void {
  const { name, dirty = false, leftOut = [] } = snapshot
  if (dirty)
    run.emit({
      type: 'note',
      level: 'warning',
      text: `${source.uri} has changes that are not committed; the repository ${name} is its last commit.`,
      hint: `commit them, or set sync-type aside in the [${name}] section and take the folder of a copy without .git`,
    })
  if (leftOut.length > 0)
    run.emit({
      type: 'note',
      level: 'warning',
      text: `Not everything of ${name} is a file or a link; left out: ${leftOut.slice(0, 5).map(visible).join(', ')}${leftOut.length > 5 ? ' …' : ''}.`,
    })
}

function sayUnverified({ name }: RepositorySource, run: Run): void {
  run.emit({
    type: 'note',
    level: 'warning',
    text: `repos.conf says that signatures of ${name} do not count: it is taken as it comes.`,
  })
}

/** @throws UserError for a repository that calls itself otherwise, or inherits from one that nobody names */
async function look(
  { name, revision }: RepositorySnapshot,
  { known }: Setting,
  mirror: { readonly gitDir: string; readonly signal: AbortSignal },
): Promise<void> {
  const facts = await repositoryFacts(revision, mirror)
  if (facts.name !== undefined && facts.name !== name)
    throw new UserError(
      'repository-name',
      `The repository that repos.conf names ${name} calls itself ${visible(facts.name)}, and Portage goes by that.`,
      { hint: `name the section [${visible(facts.name)}] in repos.conf` },
    )
  const missing = facts.masters.find((master) => master !== name && !known.has(master))
  if (missing !== undefined) throw missingMaster(name, missing)
}
