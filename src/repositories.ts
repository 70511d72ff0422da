/** The repositories of a configuration: which there are, where they stand, what the locked revisions say of themselves. */
import { join, posix } from 'node:path'
import { BUILDER_NAMES, type Config, type Stage3Define } from './config/model.ts'
import { isRepositoryName } from './config/grammar.ts'
import { incrementalsIn, type Lock } from './config/lock.ts'
import { ConfigError } from './config/problem.ts'
import { UserError } from './errors.ts'
import type { PlannedRepository } from './plan/snapshots.ts'
import { plannedRepository, type SnapshotFacts } from './plan/repositories.ts'
import { composeDefinition } from './portage/definition.ts'
import type { PortageDirectory, Repository } from './portage/model.ts'
import { repositoriesOf } from './portage/reposConf.ts'
import { listVariables, type ListVariables } from './portage/variables.ts'
import { rememberConfiguration } from './store/configurations.ts'
import { layoutOf } from './store/layout.ts'
import { repositoryFacts } from './upstream/facts.ts'
import { ensurePinned } from './upstream/pinned.ts'
import { makeDefaultsOf } from './upstream/repository-lists.ts'

export function builderDefine(config: Config): Stage3Define {
  const define = BUILDER_NAMES.map((name) => config.stage3s.get(name)).find((found) => found !== undefined)
  if (define !== undefined) return define
  throw new UserError('no-builder', `There is no builder definition in ${config.path}.`, {
    hint: `make stage3.defines/${BUILDER_NAMES[0]} with a file "cpu"; gentoomuch init writes one`,
  })
}

/** @throws ConfigError for what the pieces get wrong, with file and line */
export function composed(config: Config, define: Stage3Define, lists: ListVariables): PortageDirectory {
  const { directory, problems } = composeDefinition(config, define, lists)
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new ConfigError(config.path, errors)
  return directory
}

/** What planning has to know of the repositories of a goal. */
export interface KnownRepositories {
  /** Names of list variables, from the repositories' profiles. */
  readonly lists: ListVariables
  readonly facts: ReadonlyMap<string, SnapshotFacts>
}

/** Makes the repositories that these definitions name ready at their pinned revisions, and reads them. */
export async function readRepositories(
  goal: { readonly config: Config; readonly lock: Lock },
  defines: readonly Stage3Define[],
  data: string,
  signal: AbortSignal,
): Promise<KnownRepositories> {
  const { config, lock } = goal
  const layout = layoutOf(data)
  const named = namedRepositories(config, defines)
  await rememberConfiguration(layout, config.path)
  await ensurePinned(config, lock, [...named.values()], { layout, signal })
  const names = [...named.keys()]
  const [facts, ...texts] = await Promise.all([
    factsOf(lock, names, data, signal),
    ...names.map((name) =>
      makeDefaultsOf(lock.repositories[name]?.revision ?? '', { gitDir: join(layout.git, name), signal }),
    ),
  ])
  return { lists: listVariables(texts.flat(), incrementalsIn(lock)), facts }
}

/** What locked revisions, which are here, say of themselves. */
export async function factsOf(
  lock: Lock,
  names: readonly string[],
  data: string,
  signal: AbortSignal,
): Promise<KnownRepositories['facts']> {
  const { git } = layoutOf(data)
  const facts = names.map(async (name) => {
    const revision = lock.repositories[name]?.revision ?? ''
    return [name, await repositoryFacts(revision, { gitDir: join(git, name), signal })] as const
  })
  return new Map(await Promise.all(facts))
}

/** Repositories of the composed repos.conf of each definition. */
export function namedRepositories(config: Config, defines: readonly Stage3Define[]): Map<string, Repository> {
  const named = new Map<string, Repository>()
  // Lists do not matter for repos.conf.
  for (const define of defines)
    for (const repository of repositoriesOf(composed(config, define, listVariables([]))))
      named.set(repository.name, repository)
  for (const repository of named.values()) demandPlace(repository, [...named.values()])
  return named
}

/** Repositories are mounted, each in a place of its own. */
function demandPlace({ name, location }: Repository, all: readonly Repository[]): void {
  const refuse = (why: string) =>
    new UserError('bad-location', `The location of ${name} in repos.conf, ${location}, ${why}.`, {
      hint: `say location = /var/db/repos/${name}`,
    })
  if (!isRepositoryName(name))
    throw new UserError('bad-repository-name', `${JSON.stringify(name)} in repos.conf is no name of a repository.`, {
      hint: 'letters, digits, _ and - are what a name is made of',
    })
  const path = posix.resolve('/', location)
  if (!location.startsWith('/')) throw refuse('is no absolute path')
  if (path === '/' || OURS.some((place) => isBelow(path, place) || isBelow(place, path)))
    throw refuse('is a place of the system')
  const other = all.find((one) => one.name !== name && isBelow(path, posix.resolve('/', one.location)))
  if (other !== undefined) throw refuse(`lies in that of ${other.name}`)
}

/** Where containers have other things. */
const OURS = [
  '/etc',
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/tmp',
  '/bin',
  '/sbin',
  '/lib',
  '/usr/bin',
  '/usr/lib',
  '/var/db/pkg',
  '/target',
]

/** Or the same. */
function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** The repositories of a definition, as the lock has them. */
export function repositoriesFor(
  config: Config,
  lock: Lock,
  define: Stage3Define,
  { lists, facts }: KnownRepositories,
): PlannedRepository[] {
  const named = repositoriesOf(composed(config, define, lists))
  const planning = { config, lock, facts, repositories: new Map(named.map((one) => [one.name, one])) }
  return named.map(({ name }) => plannedRepository(name, planning))
}
