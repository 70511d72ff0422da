/** freshroot: a throw-away root to look around and try things in. Nothing done there stays. */
import { chmod, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { Argv, Container } from '../engine/engine.ts'
import { UserError } from '../errors.ts'
import { writePortageFolder } from '../execute/portageFolder.ts'
import { judgeWhole } from '../execute/damaged.ts'
import { outputOf, realiseSteps } from '../execute/realise.ts'
import type { Run } from '../execute/run.ts'
import { valueOf, type PortageInput, type RepositoryValue, type SeedValue, type TreeValue } from '../execute/values.ts'
import { containerEnvironment } from '../execute/environment.ts'
import type { Lock } from '../config/lock.ts'
import type { Config, Stage4Define } from '../config/model.ts'
import { machineNamed, plan, planTrusted, type Goal } from '../pipeline.ts'
import { builderDefine, composed, readRepositories, repositoriesFor, type KnownRepositories } from '../repositories.ts'
import { machineStep } from '../plan/machines.ts'
import { distinct, planRepositories } from '../plan/snapshots.ts'
import type { Step } from '../plan/step.ts'
import { failIfAny } from './failures.ts'

export interface Inside {
  /** A shell without it. */
  readonly argv: Argv | undefined
  /** Where a command's output goes; a shell has the terminal. */
  readonly stdout: Writable
}

export interface FreshRoot extends Inside {
  /** A machine: its composed /etc/portage in the builder, or its finished root. Without one, the builder as it is. */
  readonly machine: string | undefined
  readonly finished: boolean
}

const SHELL: Argv = ['/bin/bash', '--login']

/** The profile's builder, or what a machine is compiled in. @returns the command's exit status */
export async function freshRoot(goal: Goal, run: Run, options: FreshRoot): Promise<number> {
  const container = options.finished
    ? await openFinished(goal, run, options.machine)
    : await openBuilder(goal, run, options.machine)
  return enter(container, options, run)
}

/** A container that was kept because something failed in it. */
export async function failedRoot(run: Run, name: string, inside: Inside): Promise<number> {
  const kept = await run.openEngine.preserved()
  if (!kept.includes(name))
    throw new UserError(
      'unknown-container',
      `No failed container ${name} is kept here${kept.length === 0 ? '.' : `; there are ${kept.join(', ')}.`}`,
    )
  return enter(await run.openEngine.reopen(name), inside, run)
}

async function openBuilder(goal: Goal, run: Run, machine: string | undefined): Promise<Container> {
  const { config, lock } = goal
  const define = machine === undefined ? undefined : machineNamed(config, machine)
  const profile = define?.profile ?? config.env.profile
  if (profile === undefined)
    throw new UserError('no-profile', 'No profile is set.', {
      hint: 'gentoomuch profile set PROFILE, or gentoomuch bootstrap PROFILE STAGE3',
    })
  const known = await readRepositories(
    goal,
    [builderDefine(config), ...(define === undefined ? [] : [define.stage3])],
    run.data,
    run.signal,
  )
  const extra = define === undefined ? [] : planRepositories(repositoriesFor(config, lock, define.stage3, known))
  const steps = distinct([...(await planTrusted(config, lock, profile, known, run.signal)), ...extra])
  await judgeWhole(steps, run, [`builder:${profile}`])
  const result = await realiseSteps(steps, run)
  failIfAny(result)
  const builder = outputOf(result, `builder:${profile}`)
  const { portage, locations } = define === undefined ? builderInput(steps) : machineInput(config, lock, define, known)
  const folder = await mkdtemp(join(run.layout.scratch, 'freshroot-'))
  await chmod(folder, 0o755)
  const seed = valueOf<SeedValue>(outputOf(result, `seed:${profile}`))
  await writePortageFolder(join(folder, 'portage'), portage, { seedProfile: seed.profile, locations })
  const repositories = Object.entries(locations).map(([name, location]) => ({
    source: valueOf<RepositoryValue>(outputOf(result, `repository:${name}`)).tree,
    target: location,
    readOnly: true as const,
  }))
  return run.openEngine.open({
    tree: valueOf<TreeValue>(builder).tree,
    // Portage's configuration is copied in rather than mounted, so that one can play with it.
    mounts: [...repositories, { source: join(folder, 'portage'), target: '/run/gentoomuch/portage', readOnly: true }],
    folders: [],
    tmpfs: [],
    env: { ...containerEnvironment(), TERM: process.env['TERM'] ?? 'dumb' },
    network: true,
  })
}

function builderInput(steps: readonly Step[]): PortageInput {
  const step = steps.find((candidate) => candidate.kind === 'builder')
  if (step === undefined) throw new Error('a plan of a profile has no builder')
  return step.input as unknown as PortageInput
}

function machineInput(config: Config, lock: Lock, define: Stage4Define, known: KnownRepositories): PortageInput {
  const locations = repositoriesFor(config, lock, define.stage3, known).map(
    ({ name, location }) => [name, location] as const,
  )
  return { portage: composed(config, define.stage3, known.lists), locations: Object.fromEntries(locations) }
}

async function openFinished(goal: Goal, run: Run, machine: string | undefined): Promise<Container> {
  if (machine === undefined) throw new UserError('no-machine', '--finished wants the name of a stage4.')
  const planned = await plan({ ...goal, machines: [machine], unsigned: true }, run)
  const steps = planned.steps.filter((step) => step.kind !== 'pack' && step.kind !== 'sign')
  const [define] = planned.machines
  if (define === undefined) throw new Error(`${machine} was not planned`)
  await judgeWhole(steps, run, [machineStep('finish', define)])
  const result = await realiseSteps(steps, run)
  failIfAny(result)
  return run.openEngine.open({
    tree: valueOf<TreeValue>(outputOf(result, machineStep('finish', define))).tree,
    mounts: [],
    folders: [],
    tmpfs: [],
    env: { ...containerEnvironment(), TERM: process.env['TERM'] ?? 'dumb' },
    network: true,
  })
}

/** Puts the composed directory in place of whatever the tree has. */
const CONFIGURE =
  '[[ -d /run/gentoomuch/portage ]] || exit 0; rm -rf /etc/portage && cp -RT --no-preserve=ownership /run/gentoomuch/portage /etc/portage'

async function enter(container: Container, { argv, stdout }: Inside, run: Run): Promise<number> {
  try {
    await container.run(['/bin/bash', '-c', CONFIGURE], {}, run.signal)
    const terminal = argv === undefined || (process.stdin.isTTY && process.stdout.isTTY && stdout === process.stdout)
    const io = terminal ? { terminal: true } : { stdin: process.stdin, stdout, stderr: process.stderr }
    return (await container.run(argv ?? SHELL, { ...io, cwd: '/root' }, run.signal)).status
  } finally {
    await container.close()
  }
}
