/** load → compose → plan → realise → publish. */
import { join } from 'node:path'
import { parseCompression } from './artifacts/compression.ts'
import { parseNodes } from './artifacts/nodes.ts'
import { checkSigner } from './artifacts/sign.ts'
import { BUILDER_NAMES, type Config, type Stage3Define, type Stage4Define } from './config/model.ts'
import { incrementalsIn, type Lock } from './config/lock.ts'
import { ConfigError, problem } from './config/problem.ts'
import { suggest } from './config/names.ts'
import { UserError } from './errors.ts'
import { valueOf, type PublishedValue } from './execute/values.ts'
import { judgeSteps, realiseSteps } from './execute/realise.ts'
import type { Run } from './execute/run.ts'
import type { Result } from './execute/scheduler.ts'
import {
  machineStep,
  planMachine,
  planProfile,
  type PlannedMachine,
  type PlannedProfile,
  type PlannedRepository,
  type PlannedSeed,
} from './plan/machines.ts'
import type { Step } from './plan/step.ts'
import type { Judged } from './plan/verdict.ts'
import { composeDefinition } from './portage/definition.ts'
import type { PortageDirectory, Repository } from './portage/model.ts'
import { repositoriesOf } from './portage/reposConf.ts'
import { listVariables, type ListVariables } from './portage/variables.ts'
import { layoutOf } from './store/layout.ts'
import { ensurePinned } from './upstream/pinned.ts'
import { repositoryFacts, type RepositoryFacts } from './upstream/facts.ts'
import { makeDefaultsOf } from './upstream/repository-lists.ts'

export interface Goal {
  readonly config: Config
  readonly lock: Lock
  /** Names of stage4 definitions; all of them when empty. */
  readonly machines: readonly string[]
  readonly unsigned: boolean
}

export interface Built {
  readonly machine: string
  /** Absolute path of the published folder; undefined where a step failed. */
  readonly folder: string | undefined
}

/** Everything that can be known before work starts is: names, composition, repositories, the signing key. */
export async function plan(
  goal: Goal,
  data: string,
  signal: AbortSignal,
): Promise<{ steps: Step[]; machines: Stage4Define[] }> {
  const { config, lock } = goal
  const machines = chooseMachines(goal)
  parseCompression(config.env.compression)
  checkNodes(config, machines)
  checkKernels(machines)
  const signer = goal.unsigned ? undefined : await signerOf(config, signal)
  const profiles = [...new Set(machines.map((machine) => machine.profile))]
  const defines = [builderDefine(config), ...machines.map((machine) => machine.stage3)]
  const repositories = await readRepositories(goal, defines, data, signal)
  const steps = new Map<string, Step>()
  const add = (more: readonly Step[]) => more.forEach((step) => steps.set(step.id, step))
  for (const profile of profiles) add(planBuilder(config, lock, profile, repositories))
  for (const machine of machines)
    add(
      planMachine(
        plannedMachine(goal, machine, signer, repositories.lists),
        repositoriesFor(config, lock, machine.stage3, repositories),
      ),
    )
  return { steps: [...steps.values()], machines }
}

export async function dryRun(goal: Goal, run: Run): Promise<Judged[]> {
  const { steps } = await plan(goal, run.data, run.signal)
  return judgeSteps(steps, run)
}

/** Builds and publishes. Independent machines go on when one fails. */
export async function build(goal: Goal, run: Run): Promise<{ built: Built[]; result: Result }> {
  const { steps, machines } = await plan(goal, run.data, run.signal)
  const judged = await judgeSteps(steps, run)
  run.emit({
    type: 'planned',
    steps: judged.map(({ step, verdict }) => ({ id: step.id, label: step.label, verdict: verdict.word })),
  })
  const result = await realiseSteps(steps, run)
  const built = machines.map((machine) => {
    const output = result.outputs.get(machineStep('sign', machine))
    const folder =
      output === undefined ? undefined : join(layoutOf(run.data).stages, valueOf<PublishedValue>(output).build)
    return { machine: machine.name, folder }
  })
  return { built, result }
}

/** The steps up to a profile's builder. */
export function planBuilder(config: Config, lock: Lock, profile: string, repositories: KnownRepositories): Step[] {
  const define = builderDefine(config)
  const planned: PlannedProfile = {
    name: profile,
    seed: seedOf(config, lock, profile),
    portage: composed(config, define, repositories.lists),
    sets: define.sets.map((set) => set.name),
    scripts: define.scripts.map((script) => ({ name: script.file, text: script.text })),
  }
  return planProfile(planned, repositoriesFor(config, lock, define, repositories))
}

/** The profile whose seed does what any seed can do: the chosen one, else the first of the lock. */
export function makerOf(config: Config, lock: Lock): string | undefined {
  const { profile = '' } = config.env
  return lock.profiles[profile] === undefined ? Object.keys(lock.profiles)[0] : profile
}

/** @throws UserError `unknown-profile` */
export function seedOf(config: Config, lock: Lock, profile: string): PlannedSeed {
  const locked = lock.profiles[profile]
  if (locked !== undefined)
    return { sha512: locked.sha512, primary: locked.signedBy, name: locked.stage3, arch: config.env.arch }
  throw new UserError('unknown-profile', `The profile ${profile} has not been bootstrapped.`, {
    hint: `gentoomuch bootstrap ${profile} STAGE3${hintOf(suggest(profile, Object.keys(lock.profiles)))}`,
  })
}

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
  readonly facts: ReadonlyMap<string, RepositoryFacts>
}

/** Makes the repositories that these definitions name ready at their pinned revisions, and reads them. */
export async function readRepositories(
  goal: Pick<Goal, 'config' | 'lock'>,
  defines: readonly Stage3Define[],
  data: string,
  signal: AbortSignal,
): Promise<KnownRepositories> {
  const { config, lock } = goal
  const layout = layoutOf(data)
  const named = namedRepositories(config, defines)
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
  return named
}

function chooseMachines(goal: Goal): Stage4Define[] {
  const { stage4s } = goal.config
  if (stage4s.size === 0)
    throw new UserError('no-machines', `There is no stage4 definition in ${goal.config.path}.`, {
      hint: 'make a folder in stage4.defines/; its README says what goes in',
    })
  if (goal.machines.length === 0) return [...stage4s.values()]
  return goal.machines.map((name) => {
    const machine = stage4s.get(name)
    if (machine !== undefined) return machine
    const hint = suggest(name, stage4s.keys())
    throw new UserError(
      'unknown-stage4',
      `There is no stage4 definition named ${name}; there are ${[...stage4s.keys()].join(', ')}.`,
      hint === undefined ? {} : { hint },
    )
  })
}

async function signerOf(config: Config, signal: AbortSignal): Promise<string> {
  const { signer } = config.env
  if (signer === undefined)
    throw new UserError('no-signing-key', `No signing key is set: ${config.path}/env/sign.key is missing or empty.`, {
      hint: 'write the fingerprint of your key into it, or build with --unsigned',
    })
  const checked = await checkSigner(
    { key: signer.key, ...(signer.home === undefined ? {} : { home: signer.home }) },
    signal,
  )
  return checked.fingerprint
}

/** @throws ConfigError with every mistake in every machine's `nodes` file */
function checkNodes(config: Config, machines: readonly Stage4Define[]): void {
  const problems = machines.flatMap(({ nodes }) =>
    nodes === undefined
      ? []
      : parseNodes(nodes.text).problems.map(({ line, message }) =>
          problem('bad-node', { file: nodes.file, line }, { message }),
        ),
  )
  if (problems.length > 0) throw new ConfigError(config.path, problems)
}

/** @throws UserError for a machine that wants a kernel: building it without one would be another machine */
export function checkKernels(machines: readonly Pick<Stage4Define, 'folder' | 'kconf'>[]): void {
  const [first] = machines.filter(({ kconf }) => kconf !== undefined)
  if (first === undefined) return
  throw new UserError('no-kernels-yet', `Kernels are not built by this version yet; found ${first.folder}/kconf.`, {
    hint: `take ${first.folder}/kconf away, and the machine is built without a kernel`,
  })
}

function plannedMachine(
  { config, lock }: Goal,
  machine: Stage4Define,
  signer: string | undefined,
  lists: ListVariables,
): PlannedMachine {
  return {
    seed: seedOf(config, lock, machine.profile),
    name: machine.name,
    profile: machine.profile,
    arch: config.env.arch,
    portage: composed(config, machine.stage3, lists),
    sets: machine.stage3.sets.map((set) => set.name),
    finish: {
      // What all machines of a stage3 definition do, then what this one does.
      scripts: [...machine.stage3.scripts, ...machine.scripts].map(({ file, text }) => ({ name: file, text })),
      files: machine.files.map(({ path, bytes, mode, link }) => ({ path, bytes, mode, link })),
      hostname: machine.hostname,
      timezone:
        machine.timezone === undefined ? undefined : { name: machine.timezone, file: `${machine.folder}/timezone` },
      locales: machine.locales.map(({ name, charset }) => ({
        text: `${name} ${charset}`,
        file: `${machine.folder}/locales`,
      })),
      services: machine.services.map((service) => ({ ...service, file: `${machine.folder}/services` })),
      removals: machine.removes.flatMap(({ file, patterns }) =>
        patterns.map(({ pattern, line }) => ({ pattern, file, line })),
      ),
    },
    pack: { compression: config.env.compression, nodes: machine.nodes?.text },
    signer,
  }
}

/** A repository without a metadata cache gets one from the seed of one profile, the same for all. */
export function repositoriesFor(
  config: Config,
  lock: Lock,
  define: Stage3Define,
  { lists, facts }: KnownRepositories,
): PlannedRepository[] {
  const maker = makerOf(config, lock)
  const repositories = new Map(repositoriesOf(composed(config, define, lists)).map((one) => [one.name, one]))
  const planned = ({ name, location }: Repository, inherits: readonly string[]): PlannedRepository => {
    const locked = lock.repositories[name]
    if (locked === undefined) throw notSynced(name)
    const { revision, tree, time } = locked
    const known = facts.get(name)
    if (maker === undefined || known === undefined || known.cached)
      return { name, location, revision, tree, time, cache: undefined }
    const named = known.inheritsMain
      ? [...repositories.values()].flatMap((one) => (one.main ? [one.name] : []))
      : known.masters
    const masters = named.filter((master) => master !== name && !inherits.includes(master))
    const found = masters.map((master) => repositories.get(master) ?? missingMaster(name, master))
    const cache = {
      profile: maker,
      seed: seedOf(config, lock, maker),
      masters: found.map((master) => planned(master, [...inherits, name])),
    }
    return { name, location, revision, tree, time, cache }
  }
  return [...repositories.values()].map((repository) => planned(repository, []))
}

function missingMaster(name: string, master: string): never {
  throw new UserError('missing-master', `The repository ${name} inherits from ${master}, which no repos.conf names.`, {
    hint: `add a [${master}] section to repos.conf`,
  })
}

function notSynced(name: string): UserError {
  return new UserError('not-synced', `The repository ${name} has not been synced here yet.`, {
    hint: 'gentoomuch sync',
  })
}

function hintOf(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : `; ${suggestion}`
}
