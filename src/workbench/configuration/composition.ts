/** A definition composed as a build would do it, as far as that is known on this host: nothing is fetched for it. */
import { join } from 'node:path'
import type { MissingRepository } from '../../check/repositories.ts'
import { incrementalsIn, type Lock } from '../../config/lock.ts'
import { BUILDER_NAMES, type Config, type Stage3Define } from '../../config/model.ts'
import { suggest } from '../../config/names.ts'
import { ConfigError, type Place } from '../../config/problem.ts'
import { UserError } from '../../errors.ts'
import { compose, type Composed } from '../../portage/compose.ts'
import { composeDefinition, piecesOf } from '../../portage/definition.ts'
import { onceFor } from '../../portage/once.ts'
import type { ComposerPiece } from '../../portage/model.ts'
import { isReposConf } from '../../portage/places.ts'
import { repositoryPlaces } from '../../portage/reposConf.ts'
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

export interface Composition {
  readonly composed: Composed
  /** Repositories that are not here: their profiles' USE_EXPAND groups were taken for plain variables. */
  readonly groupsUnknown: readonly string[]
}

/** @throws ConfigError with what is wrong in its pieces */
export async function compositionOf(known: Known, define: Stage3Define): Promise<Composition> {
  const { lists, missing } = await knownLists(known, [define])
  const composed = composeDefinition(known.config, define, lists)
  const errors = composed.problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new ConfigError(known.config.path, errors)
  return { composed, groupsUnknown: missing.map(({ name }) => name) }
}

/** What to tell people of `groupsUnknown`; nothing where all is known. */
export function groupsNotice(groupsUnknown: readonly string[]): string | undefined {
  const names = [...new Set(groupsUnknown)].toSorted().join(', ')
  if (names === '') return undefined
  return `USE_EXPAND groups are not known before gentoomuch sync (not here: ${names}); a build may compose this otherwise.`
}

export interface KnownLists {
  readonly lists: ListVariables
  /** Repositories that are here at the revision of the lock. */
  readonly here: readonly { readonly name: string; readonly revision: string; readonly gitDir: string }[]
  /** Repositories that are not: their profiles' USE_EXPAND groups are not known. */
  readonly missing: readonly MissingRepository[]
}

/** The list variables that the profiles of the definitions' repositories declare, where those are here. */
export async function knownLists(known: Known, defines: Iterable<Stage3Define>): Promise<KnownLists> {
  const { config, lock, data, signal } = known
  const repositories = new Map<string, Place>()
  // Of the pieces no more than repos.conf is composed, for which lists do not matter.
  const none = listVariables([])
  const reposConfOf = onceFor((piece: ComposerPiece) => ({ ...piece, files: piece.files.filter(isReposConf) }))
  const seen = new Set<string>()
  for (const define of defines) {
    const pieces = piecesOf(config, define)
      .map(reposConfOf)
      .filter(({ files }) => files.length > 0)
    // Most machines have their repositories from one piece that all of them share.
    const key = pieces.map(({ rank, name }) => `${rank} ${name}`).join('\n')
    if (seen.has(key)) continue
    seen.add(key)
    for (const [name, place] of repositoryPlaces(compose(pieces, [], none)))
      if (!repositories.has(name)) repositories.set(name, place)
  }
  const asked = await Promise.all(
    [...repositories].map(async ([name, place]) => {
      const revision = lock.repositories[name]?.revision
      const gitDir = join(layoutOf(data).git, name)
      const isHere = revision !== undefined && (await hasRevision(revision, { gitDir, signal }))
      return { name, place, revision: revision ?? '', gitDir, isHere }
    }),
  )
  const here = asked.filter(({ isHere }) => isHere)
  const texts = await Promise.all(here.map(({ revision, gitDir }) => makeDefaultsOf(revision, { gitDir, signal })))
  return {
    lists: listVariables(texts.flat(), incrementalsIn(lock)),
    here: here.map(({ name, revision, gitDir }) => ({ name, revision, gitDir })),
    missing: asked.filter(({ isHere }) => !isHere).map(({ name, place }) => ({ name, ...place })),
  }
}
