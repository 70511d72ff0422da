/** The root of a machine assembled by our driver beside plain `emerge --usepkgonly`, from the same packages in the same container. */
import { basename } from 'node:path'
import { UNKNOWN_PORTAGE } from '../../src/execute/assemble.ts'
import type { Argv, Container, Engine } from '../../src/engine/engine.ts'
import { judgeSteps } from '../../src/execute/realise.ts'
import { root } from '../../src/execute/root.ts'
import type { Run } from '../../src/execute/run.ts'
import { toolsFor } from '../../src/execute/tools.ts'
import { valueOf, type RootValue } from '../../src/execute/values.ts'
import { parentOutputs } from '../../src/plan/verdict.ts'
import { plan, type Goal } from '../../src/pipeline.ts'
import type { Work } from '../../src/execute/handler.ts'
import { median } from './measure.ts'
import { seconds, times, type Bench } from './table.ts'
import { tenMachines } from './ten.ts'
import { standingIn } from '../kit/standing-in.ts'
import type { World } from './world.ts'

/** The promise. */
const LEAST = 1.5

const MOST_ROUNDS = 4
/** Seconds after which no further round begins. */
const ENOUGH = 120

export async function benchAssembling(world: World): Promise<Bench> {
  const { machines } = await tenMachines(world)
  const names = machines.slice(0, 1)
  await world.run(['pipeline', ...names])
  return world.work(async (run, goal) => {
    const { work, made } = await rootOf({ ...goal, machines: names, unsigned: true }, run)
    const [ours, theirs]: [number[], number[]] = [[], []]
    const begin = performance.now()
    for (let round = 0; round < MOST_ROUNDS && performance.now() - begin < ENOUGH * 1000; round++) {
      theirs.push(await assembled(work, run, made, 'plain emerge'))
      ours.push(await assembled(work, run, made, 'driver'))
    }
    return asTable(ours, theirs, made.packages.length)
  })
}

/** The step that assembles the one machine, and what it made. */
async function rootOf(goal: Goal, run: Run): Promise<{ work: Work; made: RootValue }> {
  const { steps } = await plan(goal, run)
  const judged = await judgeSteps(steps, run)
  const outputs = new Map(
    judged.flatMap(({ step, verdict }) => (verdict.word === 'have' ? [[step.id, verdict.output] as const] : [])),
  )
  const step = steps.find(({ kind }) => kind === 'root')
  const output = step === undefined ? undefined : outputs.get(step.id)
  if (step === undefined || output === undefined) throw new Error(`${goal.machines.join(' ')} has no root`)
  return { work: { step, key: '', parents: parentOutputs(step, outputs) }, made: valueOf<RootValue>(output) }
}

/** Seconds inside the programs that merge; all else is the same for both. */
async function assembled(work: Work, run: Run, kept: RootValue, by: 'driver' | 'plain emerge'): Promise<number> {
  const watch = { seconds: 0 }
  const openEngine = watching(run.openEngine, by, watch)
  const { tools, release } = await toolsFor(work.step, { ...run, openEngine })
  try {
    const { tree } = valueOf<RootValue>(await root.run(work, tools))
    await run.openEngine.remove(tree, [kept.tree])
  } finally {
    await release()
  }
  return watch.seconds
}

/** An engine whose containers say how long merging took; in those of plain emerge the driver knows no Portage. */
function watching(engine: Engine, by: 'driver' | 'plain emerge', watch: { seconds: number }): Engine {
  const open: Engine['open'] = async (spec) => {
    const container = await engine.open(spec)
    const inside: Container['run'] = async (argv, io, signal) => {
      const begin = performance.now()
      const exit = await container.run(argv, io, signal)
      if (isDriver(argv) || argv[0] === 'emerge') watch.seconds += (performance.now() - begin) / 1000
      return exit
    }
    const plainly: Container['run'] = async (argv, io, signal) => {
      if (isDriver(argv)) return { status: UNKNOWN_PORTAGE }
      // One call of emerge for all, without another for the first package.
      return argv[0] === 'emerge' && argv.includes('--nodeps') ? { status: 0 } : inside(argv, io, signal)
    }
    return standingIn(container, { run: by === 'driver' ? inside : plainly })
  }
  return standingIn(engine, { open })
}

function isDriver(argv: Argv): boolean {
  return argv[0] === 'python3' && basename(argv[1] ?? '') === 'assemble'
}

function asTable(ours: readonly number[], theirs: readonly number[], packages: number): Bench {
  const ratio = median(theirs) / median(ours)
  const leasts = Math.min(...theirs) / Math.min(...ours)
  const row = (name: string, all: readonly number[]) => ({
    name,
    figures: [seconds(median(all)), seconds(Math.min(...all))],
  })
  return {
    title: `Assembling a root of ${packages} packages, ${ours.length} rounds`,
    heads: ['median', 'least'],
    rows: [
      row('emerge --usepkgonly', theirs),
      row('assembled', ours),
      { name: 'emerge : assembled', figures: [times(ratio), times(leasts)] },
    ],
    // On a machine with other work one of the two may be chance.
    broken:
      Math.max(ratio, leasts) >= LEAST
        ? []
        : [`emerge takes ${times(ratio)} as long as assembling, and not at least ${times(LEAST)}`],
  }
}
