/** check: everything that can be said about a configuration without building. */
import { parseCompression } from '../artifacts/compression.ts'
import { parseNodes } from '../artifacts/nodes.ts'
import { againstSnapshots } from '../check/against-snapshot.ts'
import { unexecutable } from '../check/cpu.ts'
import { disagreements } from '../check/disagreements.ts'
import type { CheckedMachine } from '../check/machine.ts'
import { profiles } from '../check/profiles.ts'
import { gentooProfiles, notSynced, withoutRepository } from '../check/repositories.ts'
import { unknownSets } from '../check/sets.ts'
import { siblings } from '../check/siblings.ts'
import { unused } from '../check/unused.ts'
import { inspectLock } from '../config/lock.ts'
import { BUILDER_NAMES, type Config, type Stage3Define, type Stage4Define } from '../config/model.ts'
import { problem, sortProblems, type Problem } from '../config/problem.ts'
import { inspectConfig } from '../config/read.ts'
import { UserError } from '../errors.ts'
import { composeDefinition } from '../portage/definition.ts'
import type { Snapshot } from '../portage/snapshot/snapshot.ts'
import { layoutOf } from '../store/layout.ts'
import { snapshotOf } from '../upstream/snapshot.ts'
import { definitionNamed, knownLists, type KnownLists } from './configuration/composition.ts'
import { hostCpu } from './cpu.ts'
import { gitState } from './git-state.ts'

export interface CheckOptions {
  /** Absolute path of the configuration directory. */
  readonly path: string
  readonly data: string
  readonly signal: AbortSignal
  /** Names of stage4 or stage3 definitions; everything where none is named. */
  readonly names: readonly string[]
}

export interface Checked {
  /** Sorted by file and line, each once. */
  readonly problems: readonly Problem[]
  /** Definitions that were composed. */
  readonly composed: number
  /** Repositories whose snapshot was looked into. */
  readonly snapshots: readonly string[]
}

export async function check({ path, data, signal, names }: CheckOptions): Promise<Checked> {
  const committed = gitState(path, signal)
  // It is waited for at the end; should anything fail before, nobody waits for it.
  committed.catch(() => {})
  const [{ config, problems }, locked, host] = await Promise.all([inspectConfig(path), inspectLock(path), hostCpu()])
  const { lock } = locked
  const chosen = definitionsOf(config, names)
  const lists = await knownLists({ config, lock, data, signal }, chosen.values())
  const machines = [...chosen].map(([name, define]): CheckedMachine => ({
    name,
    composed: composeDefinition(config, define, lists.lists),
  }))
  const snapshots = await snapshotsOf(lists, data, signal)
  const stage4s = [...config.stage4s.values()].filter(({ name }) => chosen.has(name))
  const found = [
    ...problems,
    // Of a lock that cannot be read nothing is known: neither what was bootstrapped nor what was synced.
    ...(locked.problem === undefined
      ? [...profiles(stage4s, Object.keys(lock.profiles)), ...notSynced(lists.missing)]
      : [locked.problem]),
    ...machines.flatMap(({ composed }) => composed.problems),
    // How much a line still says can only be told where all versions are known.
    ...disagreements(machines, lists.missing.length === 0 ? snapshots : []),
    ...siblings(machines, lists.missing.length === 0),
    ...unexecutable(machines, config.env.arch, host),
    ...nodes(stage4s),
    ...compression(config),
    ...withoutRepository(machines),
    ...gentooProfiles(machines, snapshots),
    ...againstSnapshots(machines, snapshots),
    ...setsOf(config, chosen, machines, snapshots, lists),
    ...(names.length === 0 ? unused(config) : []),
    ...(await committed),
  ]
  return {
    problems: sortProblems(onceEach(found)),
    composed: machines.length,
    snapshots: snapshots.map(({ repository }) => repository),
  }
}

/** All machines and the builder, or those that are named. A stage3 definition that several machines have is composed once. */
function definitionsOf(config: Config, names: readonly string[]): Map<string, Stage3Define> {
  if (names.length > 0) return new Map(names.map((name) => [name, definitionNamed(config, name).define]))
  const builders = BUILDER_NAMES.flatMap((name) => config.stage3s.get(name) ?? [])
  return new Map([
    ...builders.map((define): [string, Stage3Define] => [define.name, define]),
    ...[...config.stage4s.values()].map(({ name, stage3 }): [string, Stage3Define] => [name, stage3]),
  ])
}

async function snapshotsOf({ here }: KnownLists, data: string, signal: AbortSignal): Promise<Snapshot[]> {
  const cacheFolder = layoutOf(data).indexes
  return Promise.all(here.map((repository) => snapshotOf({ ...repository, cacheFolder, signal })))
}

/** A set that a repository may bring can be told to be unknown only where all repositories are here. */
function setsOf(
  config: Config,
  defines: ReadonlyMap<string, Stage3Define>,
  machines: readonly CheckedMachine[],
  snapshots: readonly Snapshot[],
  { missing }: KnownLists,
): Problem[] {
  if (missing.length > 0) return []
  const used = machines.flatMap(({ name, composed: { directory } }) => {
    const define = defines.get(name)
    return define === undefined ? [] : [{ sets: [...define.sets, ...define.included], directory }]
  })
  return unknownSets(used, config.sets, snapshots)
}

function nodes(machines: readonly Stage4Define[]): Problem[] {
  return machines.flatMap(({ nodes: file }) =>
    file === undefined
      ? []
      : parseNodes(file.text).problems.map(({ line, message }) =>
          problem('bad-node', { file: file.file, line }, { message }),
        ),
  )
}

function compression({ env }: Config): Problem[] {
  try {
    parseCompression(env.compression)
    return []
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return [
      problem(
        'bad-compression',
        { file: 'env/compression', line: 1 },
        { message: error.message.replace(/^env\/compression: /, '') },
        error.hint,
      ),
    ]
  }
}

/** A piece is read in many machines; what is wrong with it is said once. */
function onceEach(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [[one.code, one.file, one.line, one.message].join('\n'), one])).values()]
}
