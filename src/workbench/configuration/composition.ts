/** A definition composed as a build would do it, as far as that is known on this host: nothing is fetched for it. */
import { join } from 'node:path'
import { incrementalsIn, type Lock } from '../../config/lock.ts'
import { BUILDER_NAMES, type Config, type Stage3Define } from '../../config/model.ts'
import { suggest } from '../../config/names.ts'
import { ConfigError } from '../../config/problem.ts'
import { UserError } from '../../errors.ts'
import type { Composed } from '../../portage/compose.ts'
import { composeDefinition } from '../../portage/definition.ts'
import type { Repository } from '../../portage/model.ts'
import { repositoriesOf } from '../../portage/reposConf.ts'
import { listVariables, type ListVariables } from '../../portage/variables.ts'
import { layoutOf } from '../../store/layout.ts'
import { hasRevision, makeDefaultsOf } from '../../upstream/repository-lists.ts'

export interface Known {
  readonly config: Config
  readonly lock: Lock
  readonly data: string
  readonly signal: AbortSignal
}

export interface Named {
  readonly name: string
  readonly define: Stage3Define
  /** The bootstrapped profile of a machine; undefined for a stage3 definition by itself. */
  readonly profile: string | undefined
}

/** A machine, or else a stage3 definition (the builder is one). */
export function definitionNamed(config: Config, name: string): Named {
  const machine = config.stage4s.get(name)
  if (machine !== undefined) return { name, define: machine.stage3, profile: machine.profile }
  const define = config.stage3s.get(name)
  if (define !== undefined)
    return { name, define, profile: BUILDER_NAMES.some((builder) => builder === name) ? config.env.profile : undefined }
  const known = [...new Set([...config.stage4s.keys(), ...config.stage3s.keys()])]
  const hint = suggest(name, known)
  throw new UserError(
    'unknown-definition',
    `There is no stage4 or stage3 definition named ${name}; there are ${known.toSorted().join(', ')}.`,
    hint === undefined ? {} : { hint },
  )
}

/** @throws ConfigError with what is wrong in its pieces */
export async function compositionOf(known: Known, define: Stage3Define): Promise<Composed> {
  const { lists } = await knownLists(known, [define])
  const composed = composeDefinition(known.config, define, lists)
  const errors = composed.problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new ConfigError(known.config.path, errors)
  return composed
}

export interface KnownLists {
  readonly lists: ListVariables
  /** Repositories that are here at the revision of the lock. */
  readonly here: readonly { readonly name: string; readonly revision: string; readonly gitDir: string }[]
  /** Repositories that are not: their profiles' USE_EXPAND groups are not known. */
  readonly missing: readonly string[]
}

/** The list variables that the profiles of the definitions' repositories declare, where those are here. */
export async function knownLists(known: Known, defines: Iterable<Stage3Define>): Promise<KnownLists> {
  const { config, lock, data, signal } = known
  const repositories = new Map<string, Repository>()
  // Lists do not matter for repos.conf.
  const none = listVariables([])
  for (const define of defines)
    for (const one of repositoriesOf(composeDefinition(config, define, none).directory)) repositories.set(one.name, one)
  const asked = await Promise.all(
    [...repositories.keys()].map(async (name) => {
      const revision = lock.repositories[name]?.revision
      const gitDir = join(layoutOf(data).git, name)
      const isHere = revision !== undefined && (await hasRevision(revision, { gitDir, signal }))
      return { name, revision: revision ?? '', gitDir, isHere }
    }),
  )
  const here = asked.filter(({ isHere }) => isHere)
  const texts = await Promise.all(here.map(({ revision, gitDir }) => makeDefaultsOf(revision, { gitDir, signal })))
  return {
    lists: listVariables(texts.flat(), incrementalsIn(lock)),
    here: here.map(({ name, revision, gitDir }) => ({ name, revision, gitDir })),
    missing: asked.filter(({ isHere }) => !isHere).map(({ name }) => name),
  }
}
