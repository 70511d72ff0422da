/** Steps judged and realised with what a run has. */
import { remainingSeconds } from '../plan/critical-path.ts'
import type { Output, Step, StepKind } from '../plan/step.ts'
import { judge, type Judged } from '../plan/verdict.ts'
import { size } from '../report/size.ts'
import { treesIn } from '../store/points-at.ts'
import { becauseFull, tellingWhenFull } from './full.ts'
import { HANDLERS } from './handlers.ts'
import { bytesOfLast } from './room.ts'
import { SharedLayers } from './layers.ts'
import type { Handler, Tools, Work } from './handler.ts'
import { hostMemory, ONE_MORE, type Memory } from './headroom.ts'
import type { Run } from './run.ts'
import { execute, type Result, type Schedule } from './scheduler.ts'
import { toolsFor } from './tools.ts'

/** Seconds that a step takes where none was seen to run: what counts is which of two takes longer. */
const USUAL: Partial<Record<StepKind, number>> = { seed: 30, builder: 300, compile: 600, root: 30, pack: 30 }

/** What the plan says of each step, without running any. */
export async function judgeSteps(steps: readonly Step[], run: Run): Promise<Judged[]> {
  return judge(steps, {
    recipe: (step) => HANDLERS[step.kind].recipe,
    lastInput: async (step) => (await run.steps.lastRun(step.id))?.ingredients,
    outputOf: async (step, key, parents) => {
      const kept = await run.steps.find(key)
      if (kept === undefined) return undefined
      const { tools, release } = await toolsFor(step, run)
      const present = await HANDLERS[step.kind].present(kept.output, { step, key, parents }, tools)
      await release()
      return present ? kept.output : undefined
    },
  })
}

export interface Manner {
  /** The first failure ends everything; without it independent machines go on. */
  readonly failFast?: boolean
}

export async function realiseSteps(
  steps: readonly Step[],
  run: Run,
  { failFast = false }: Manner = {},
): Promise<Result> {
  const parts = new Map<string, number>()
  const layers = new SharedLayers(run.steps, run.openEngine, steps, (layer) =>
    run.emit({
      type: 'note',
      level: 'warning',
      text: `The layer ${layer}, which roots share, was damaged; it is not used.`,
    }),
  )
  return execute({
    steps,
    handlers: handlersFor(run),
    store: storeOf(run),
    signal: run.signal,
    remaining: remainingSeconds(steps, (step) => run.durations.step(step.id) ?? USUAL[step.kind] ?? 1),
    jobs: run.jobs,
    memory: hostMemory(tellingOnce(run)),
    breadth: Math.max(2, run.jobs),
    failFast,
    listener: {
      started: (step) => run.emit({ type: 'step-started', id: step.id, label: step.label }),
      done: (step, output, how, seconds) => {
        layers.came(step, output)
        if (how === 'ran') run.durations.learnStep(step.id, seconds, parts.get(step.id))
        run.emit({
          type: 'step-done',
          id: step.id,
          label: step.label,
          how,
          seconds,
          ...(output.summary === undefined ? {} : { summary: output.summary }),
        })
      },
      failed: (step, failure) => {
        layers.left(step)
        run.emit({ type: 'step-failed', id: step.id, label: step.label, failure })
      },
      skipped: (step, because) => {
        layers.left(step)
        run.emit({ type: 'step-skipped', id: step.id, label: step.label, because })
      },
    },
    toolsFor: (step, signal) => toolsFor(step, { ...run, signal }, { parts, layers }),
  })
}

function tellingOnce(run: Run): Memory['wanting'] {
  let told = false
  return (available) => {
    if (told) return
    told = true
    const text = `Steps wait for memory: ${size(available)} are available, and each that begins beside others is counted with ${size(ONE_MORE)} at first.`
    run.emit({ type: 'note', level: 'info', text })
  }
}

/** Handlers that note what steps have, and that tell when a disk was full. */
function handlersFor(run: Run): Readonly<Record<string, Handler>> {
  const took = (step: Step) => bytesOfLast(step, run)
  const discard = (output: Output) => discarded(output, run)
  return Object.fromEntries(
    Object.entries(HANDLERS).map(([kind, handler]) => [
      kind,
      {
        ...tellingWhenFull(handler, took, discard),
        async present(output: Output, work: Work, tools: Tools) {
          const there = await handler.present(output, work, tools)
          if (there) await run.steps.use(work.step.id, work.key)
          return there
        },
      },
    ]),
  )
}

/** The trees of an output that cannot be written down do not stay. */
export function storeOf(run: Run): Schedule['store'] {
  return {
    find: (key) => run.steps.find(key),
    async keep(record, ingredients, step) {
      try {
        await run.steps.keep(record, ingredients)
      } catch (error) {
        await discarded(record.output, run).catch(() => undefined)
        throw await becauseFull(error, step, run.layout, (one) => bytesOfLast(one, run))
      }
    },
  }
}

/** Takes away the trees that a step gave, but for what records know. */
async function discarded(output: Output, run: Run): Promise<void> {
  const known = (await run.steps.all()).flatMap((record) => treesIn(record.output))
  for (const tree of treesIn(output)) await run.openEngine.remove(tree, known)
}

/** The output of a step that must have come out right. */
export function outputOf(result: Result, id: string): Output {
  const output = result.outputs.get(id)
  if (output === undefined) throw new Error(`${id} has no output`)
  return output
}
