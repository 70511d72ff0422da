/** sync: every repository that a definition names, at its newest verified revision. */
import { join } from 'node:path'
import { builderDefine, composed } from '../pipeline.ts'
import type { Config, Stage3Define } from '../config/model.ts'
import { readLock, writeLock, type LockedRepository } from '../config/lock.ts'
import { suggest } from '../config/names.ts'
import { UserError } from '../errors.ts'
import type { Run } from '../execute/run.ts'
import type { Repository } from '../portage/model.ts'
import { repositoriesOf } from '../portage/reposConf.ts'
import { listVariables } from '../portage/variables.ts'
import { repositorySource } from '../upstream/pinned.ts'
import { fetchRepository } from '../upstream/repository.ts'

export interface Synced {
  readonly name: string
  readonly from: string | undefined
  readonly to: string
  readonly time: number
}

/** @param names repositories to sync; all when empty */
export async function sync(config: Config, run: Run, names: readonly string[]): Promise<Synced[]> {
  const known = knownRepositories(config)
  const chosen = names.length === 0 ? [...known.values()] : names.map((name) => known.get(name) ?? unknown(name, known))
  const before = await readLock(config.path)
  const repositories: Record<string, LockedRepository> = { ...before.repositories }
  const synced: Synced[] = []
  for (const repository of chosen) {
    const id = `sync:${repository.name}`
    const label = `sync ${repository.name}`
    const since = performance.now()
    run.emit({ type: 'step-started', id, label })
    const source = await repositorySource(config, repository)
    const snapshot = await fetchRepository(source, {
      gitDir: join(run.layout.git, repository.name),
      signal: run.signal,
    })
    const from = before.repositories[repository.name]?.revision
    const { revision, tree, time, primary } = snapshot
    repositories[repository.name] = { revision, tree, time, ...(primary === undefined ? {} : { signedBy: primary }) }
    synced.push({ name: repository.name, from, to: revision, time })
    const summary = from === revision ? `still at ${revision.slice(0, 12)}` : `now at ${revision.slice(0, 12)}`
    run.emit({ type: 'step-done', id, label, how: 'ran', seconds: (performance.now() - since) / 1000, summary })
  }
  // A sync of everything also forgets what no repos.conf names any more.
  const kept = Object.entries(repositories).filter(([name]) => names.length > 0 || known.has(name))
  await writeLock(config.path, { ...before, repositories: Object.fromEntries(kept) })
  return synced
}

/** Repositories of the builder's and every machine's composed repos.conf. */
function knownRepositories(config: Config): Map<string, Repository> {
  const defines: Stage3Define[] = [
    builderDefine(config),
    ...[...config.stage4s.values()].map((machine) => machine.stage3),
  ]
  const found = new Map<string, Repository>()
  // Lists do not matter for repos.conf, and before the first sync there is no profile to read them from.
  for (const define of defines)
    for (const repository of repositoriesOf(composed(config, define, listVariables([]))))
      found.set(repository.name, repository)
  if (found.size === 0)
    throw new UserError('no-repositories', 'No piece names a repository.', {
      hint: 'portage.global/repos.conf/gentoo.conf is where gentoomuch init puts it',
    })
  return found
}

function unknown(name: string, known: ReadonlyMap<string, Repository>): never {
  const hint = suggest(name, known.keys())
  throw new UserError(
    'unknown-repository',
    `No repos.conf names a repository ${name}; there are ${[...known.keys()].join(', ')}.`,
    hint === undefined ? {} : { hint },
  )
}
