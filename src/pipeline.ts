/** load → compose → plan → realise → publish. */
import { join } from 'node:path'
import { parseCompression } from './artifacts/compression.ts'
import { parseNodes } from './artifacts/nodes.ts'
import type { Signing } from './artifacts/signing.ts'
import type { Lock } from './config/lock.ts'
import type { Config, Stage4Define } from './config/model.ts'
import { suggest } from './config/names.ts'
import { ConfigError, problem } from './config/problem.ts'
import { UserError } from './errors.ts'
import { freeable } from './execute/clean/freeable.ts'
import { judgeWhole } from './execute/damaged.ts'
import { realiseSteps, type Manner } from './execute/realise.ts'
import { demandRoom } from './execute/room.ts'
import type { Run } from './execute/run.ts'
import type { Result } from './execute/scheduler.ts'
import { valueOf, type PublishedValue } from './execute/values.ts'
import { forecast, type Forecast } from './forecast.ts'
import { machineStep, planMachine, planProfile, type PlannedMachine, type PlannedProfile } from './plan/machines.ts'
import { seedOf } from './plan/repositories.ts'
import type { Step } from './plan/step.ts'
import type { Judged } from './plan/verdict.ts'
import type { ListVariables } from './portage/variables.ts'
import { builderDefine, composed, readRepositories, repositoriesFor, type KnownRepositories } from './repositories.ts'
import { layoutOf } from './store/layout.ts'
import { sideBySide } from './system/side-by-side.ts'
import { keySources } from './upstream/key-sources.ts'
import { demandStillTrusted } from './upstream/stage3.ts'

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

export interface Compiled {
  /** Id of the step that did it. */
  readonly step: string
  readonly cpv: string
  readonly seconds: number | undefined
}

export interface Building {
  readonly built: readonly Built[]
  /** In the order in which they came. */
  readonly compiled: readonly Compiled[]
  readonly result: Result
}

/** Everything that can be known before work starts is: names, composition, repositories, the signing key. */
export async function plan(
  goal: Goal,
  { data, signal, signing }: Pick<Run, 'data' | 'signal' | 'signing'>,
): Promise<{ steps: Step[]; machines: Stage4Define[] }> {
  const { config, lock } = goal
  const machines = chooseMachines(goal)
  parseCompression(config.env.compression)
  checkNodes(config, machines)
  checkKernels(machines)
  const profiles = [...new Set(machines.map((machine) => machine.profile))]
  const steps = new Map<string, Step>()
  const add = (more: readonly Step[]) => more.forEach((step) => steps.set(step.id, step))
  await sideBySide(
    signal,
    [
      async (stop) => (goal.unsigned ? undefined : signerOf(config, signing, stop)),
      async (stop) =>
        readRepositories(goal, [builderDefine(config), ...machines.map(({ stage3 }) => stage3)], data, stop),
      ...profiles.map((profile) => (stop: AbortSignal) => demandSeedTrusted(config, lock, profile, stop)),
    ] as const,
    async (signerOrNone, known, ...trusted) => {
      const signer = await signerOrNone
      const repositories = await known
      for (const [index, profile] of profiles.entries()) {
        await trusted[index]
        add(planBuilder(config, lock, profile, repositories))
      }
      for (const machine of machines)
        add(
          planMachine(
            plannedMachine(goal, machine, signer, repositories.lists),
            repositoriesFor(config, lock, machine.stage3, repositories),
          ),
        )
    },
  )
  return { steps: [...steps.values()], machines }
}

export async function dryRun(goal: Goal, run: Run): Promise<Forecast> {
  const { steps, machines } = await plan(goal, run)
  return forecast(steps, machines, run)
}

/** Builds and publishes. Independent machines go on when one fails, unless `failFast`. */
export async function build(goal: Goal, run: Run, manner: Manner = {}): Promise<Building> {
  const { steps, machines } = await plan(goal, run)
  const judged = await judgeWhole(steps, run)
  await demandRoom(judged, run, () => freeable(goal.config, run))
  run.emit({ type: 'planned', steps: judged.map((one) => plannedStep(one, run)) })
  const compiled: Compiled[] = []
  const emit: Run['emit'] = (event) => {
    if (event.type === 'package') compiled.push({ step: event.id, cpv: event.cpv, seconds: event.seconds })
    run.emit(event)
  }
  const result = await realiseSteps(steps, { ...run, emit }, manner)
  const built = machines.map((machine) => {
    const output = result.outputs.get(machineStep('sign', machine))
    const folder =
      output === undefined ? undefined : join(layoutOf(run.data).stages, valueOf<PublishedValue>(output).build)
    return { machine: machine.name, folder }
  })
  return { built, compiled, result }
}

function plannedStep({ step: { id, label }, verdict: { word } }: Judged, { durations }: Run) {
  const seconds = word === 'have' ? undefined : durations.step(id)
  return { id, label, verdict: word, ...(seconds === undefined ? {} : { seconds }) }
}

/** The steps up to a profile's builder, if whoever signed its seed may still do so. */
export async function planTrusted(
  config: Config,
  lock: Lock,
  profile: string,
  repositories: KnownRepositories,
  signal: AbortSignal,
): Promise<Step[]> {
  await demandSeedTrusted(config, lock, profile, signal)
  return planBuilder(config, lock, profile, repositories)
}

async function demandSeedTrusted(config: Config, lock: Lock, profile: string, signal: AbortSignal): Promise<void> {
  const { name, primary } = seedOf(config, lock, profile)
  await demandStillTrusted(name, primary, keySources(config, signal))
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

function chooseMachines(goal: Goal): Stage4Define[] {
  const { stage4s } = goal.config
  if (stage4s.size === 0)
    throw new UserError('no-machines', `There is no stage4 definition in ${goal.config.path}.`, {
      hint: 'make a folder in stage4.defines/; its README says what goes in',
    })
  if (goal.machines.length === 0) return [...stage4s.values()]
  return goal.machines.map((name) => machineNamed(goal.config, name))
}

/** @throws UserError with the names that there are */
export function machineNamed({ stage4s }: Pick<Config, 'stage4s'>, name: string): Stage4Define {
  const machine = stage4s.get(name)
  if (machine !== undefined) return machine
  const hint = suggest(name, stage4s.keys())
  throw new UserError(
    'unknown-stage4',
    stage4s.size === 0
      ? `There is no stage4 definition named ${name}, nor any other.`
      : `There is no stage4 definition named ${name}; there are ${[...stage4s.keys()].join(', ')}.`,
    hint === undefined ? {} : { hint },
  )
}

async function signerOf(config: Config, signing: Signing, signal: AbortSignal): Promise<string> {
  if (config.env.signer === undefined)
    throw new UserError('no-signing-key', `No signing key is set: ${config.path}/env/sign.key is missing or empty.`, {
      hint: 'write the fingerprint of your key into it, or build with --unsigned',
    })
  return signing.check(signal)
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
    setFiles: Object.fromEntries(
      [...machine.stage3.sets, ...machine.stage3.included].map((set) => [set.name, set.file]),
    ),
    finish: {
      // What all machines of a stage3 definition do, then what this one does.
      scripts: [...machine.stage3.scripts, ...machine.scripts].map(({ file, text }) => ({ name: file, text })),
      files: machine.files.map(({ path, bytes, mode, link, owner }) => ({ path, bytes, mode, link, owner })),
      folders: machine.folders,
      hostname: machine.hostname,
      timezone:
        machine.timezone === undefined ? undefined : { name: machine.timezone, file: `${machine.folder}/timezone` },
      locales: machine.locales.map(({ name, charset }) => ({
        text: charset === undefined ? name : `${name} ${charset}`,
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
