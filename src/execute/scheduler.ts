/** Runs a graph of steps; knows no Gentoo. What is kept is used, what is not runs, what stands behind a failure is left out. */
import pLimit from 'p-limit'
import { Interrupted } from '../errors.ts'
import type { Failure } from '../events.ts'
import { inOrder } from '../plan/graph.ts'
import { ingredients, parentDigests, parentOutputs } from '../plan/verdict.ts'
import { stepKey, type Output, type Step } from '../plan/step.ts'
import type { StepStore } from '../store/steps.ts'
import { asFailure } from './failure.ts'
import type { Handler, Tools, Work } from './handler.ts'

/** What a step may say while it runs. */
export interface Listener {
  started(step: Step): void
  done(step: Step, output: Output, how: 'ran' | 'have', seconds: number): void
  failed(step: Step, failure: Failure): void
  skipped(step: Step, because: string): void
}

export interface Schedule {
  readonly steps: readonly Step[]
  readonly handlers: Readonly<Record<string, Handler>>
  readonly store: StepStore
  readonly signal: AbortSignal
  readonly listener: Listener
  /** The means for one step, and what to do when it has ended. */
  readonly toolsFor: (step: Step) => Promise<{ readonly tools: Tools; readonly release: () => Promise<void> }>
  /** Steps of one lane run one after the other; a step in no lane runs beside the others, at most `breadth` at once. */
  readonly lane: (step: Step) => string | undefined
  readonly breadth: number
}

export interface Result {
  readonly outputs: ReadonlyMap<string, Output>
  readonly failures: ReadonlyMap<string, Failure>
}

/** @throws Interrupted when the signal fires; every running step has ended by then */
export async function execute(schedule: Schedule): Promise<Result> {
  const outputs = new Map<string, Output>()
  const failures = new Map<string, Failure>()
  const fates = new Map<string, Promise<void>>()
  const beside = pLimit(schedule.breadth)
  const lanes = new Map<string, ReturnType<typeof pLimit>>()
  const inLane = (step: Step, work: () => Promise<void>) => {
    const name = schedule.lane(step)
    if (name === undefined) return beside(work)
    const lane = lanes.get(name) ?? pLimit(1)
    lanes.set(name, lane)
    return lane(work)
  }
  const fate = async (step: Step) => {
    await Promise.all(Object.values(step.parents).map((id) => fates.get(id) ?? Promise.resolve()))
    if (schedule.signal.aborted) return
    const lost = Object.values(step.parents).find((id) => !outputs.has(id))
    if (lost !== undefined) return schedule.listener.skipped(step, lost)
    await inLane(step, async () => {
      if (schedule.signal.aborted) return
      try {
        outputs.set(step.id, await realise(step, outputs, schedule))
      } catch (error) {
        if (schedule.signal.aborted) return
        const failure = asFailure(error)
        failures.set(step.id, failure)
        schedule.listener.failed(step, failure)
      }
    })
  }
  for (const step of inOrder(schedule.steps)) fates.set(step.id, fate(step))
  await Promise.all(fates.values())
  if (schedule.signal.aborted) throw new Interrupted()
  return { outputs, failures }
}

async function realise(step: Step, outputs: ReadonlyMap<string, Output>, schedule: Schedule): Promise<Output> {
  const handler = schedule.handlers[step.kind]
  if (handler === undefined) throw new Error(`no handler for ${step.kind}`)
  const parents = parentOutputs(step, outputs)
  const digests = parentDigests(step, outputs)
  const key = stepKey(step, handler.recipe, digests)
  const work: Work = { step, key, parents }
  const { tools, release } = await schedule.toolsFor(step)
  try {
    const kept = await schedule.store.find(key)
    if (kept !== undefined && (await handler.present(kept.output, work, tools))) {
      schedule.listener.done(step, kept.output, 'have', 0)
      return kept.output
    }
    const since = performance.now()
    schedule.listener.started(step)
    const output = await handler.run(work, tools)
    const seconds = (performance.now() - since) / 1000
    await schedule.store.keep(
      { id: step.id, kind: step.kind, key, output, seconds },
      ingredients(step, handler.recipe, digests),
    )
    schedule.listener.done(step, output, 'ran', seconds)
    return output
  } finally {
    await release()
  }
}
