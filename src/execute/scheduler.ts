/** Runs a graph of steps; knows no Gentoo. What is kept is used, what is not runs, what stands behind a failure is left out. */
import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import { Interrupted } from '../errors.ts'
import type { Failure } from '../events.ts'
import { inOrder } from '../plan/graph.ts'
import { ingredients, parentDigests, parentOutputs } from '../plan/verdict.ts'
import { stepKey, type Output, type Step } from '../plan/step.ts'
import type { StepRecord } from '../store/steps.ts'
import type { Json } from '../plan/json.ts'
import { asFailure } from './failure.ts'
import type { Handler, Tools, Work } from './handler.ts'
import type { Memory } from './headroom.ts'
import { Turns } from './turns.ts'

/** What a step may say while it runs. */
export interface Listener {
  started(step: Step): void
  done(step: Step, output: Output, how: 'ran' | 'have', seconds: number): void
  failed(step: Step, failure: Failure): void
  skipped(step: Step, because: string): void
}

/** Where outputs of steps are kept. */
export interface Store {
  find(key: string): Promise<StepRecord | undefined>
  keep(record: StepRecord, ingredients: Json, step: Step): Promise<void>
}

export interface Schedule {
  readonly steps: readonly Step[]
  readonly handlers: Readonly<Record<string, Handler>>
  readonly store: Store
  readonly signal: AbortSignal
  readonly listener: Listener
  /** The means for one step, and what to do when it has ended. */
  readonly toolsFor: (step: Step, signal: AbortSignal) => Promise<StepTools>
  /** How long it takes from the beginning of a step to the end of all that stands behind it, in seconds: see `plan/critical-path.ts`. */
  readonly remaining: ReadonlyMap<string, number>
  /** Jobs that handlers may wish for, all steps together. */
  readonly jobs: number
  /** What is asked before a step begins beside others. */
  readonly memory: Memory
  /** Steps that are worked on side by side at most, whatever they wish for. */
  readonly breadth: number
  /** The first failure ends everything. */
  readonly failFast: boolean
}

export interface StepTools {
  readonly tools: Tools
  readonly release: () => Promise<void>
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
  const enough = new AbortController()
  const signal = AbortSignal.any([schedule.signal, enough.signal])
  setMaxListeners(0, signal)
  const beside = pLimit(schedule.breadth)
  const going: Going = {
    ...schedule,
    signal,
    turns: new Turns(schedule.jobs, schedule.memory),
    beside,
    made: new Map(),
  }
  const fate = async (step: Step) => {
    const { listener } = schedule
    await Promise.all(Object.values(step.parents).map((id) => fates.get(id) ?? Promise.resolve()))
    if (schedule.signal.aborted) return
    const lost = Object.values(step.parents).find((id) => !outputs.has(id))
    if (lost !== undefined) return listener.skipped(step, lost)
    try {
      outputs.set(step.id, await realise(step, outputs, going))
    } catch (error) {
      if (schedule.signal.aborted) return
      if (enough.signal.aborted) return listener.skipped(step, [...failures.keys()][0] ?? '')
      const failure = asFailure(error)
      failures.set(step.id, failure)
      listener.failed(step, failure)
      if (schedule.failFast) enough.abort()
    }
  }
  for (const step of inOrder(schedule.steps)) fates.set(step.id, fate(step))
  await Promise.all(fates.values())
  if (schedule.signal.aborted) throw new Interrupted()
  return { outputs, failures }
}

interface Going extends Schedule {
  readonly turns: Turns
  readonly beside: ReturnType<typeof pLimit>
  /** Key → the last step that has it. */
  readonly made: Map<string, Promise<Output>>
}

/** Steps of several machines may be one and the same: whoever comes later finds what the first one made, or fails as it did. */
async function realise(step: Step, outputs: ReadonlyMap<string, Output>, going: Going): Promise<Output> {
  const handler = going.handlers[step.kind]
  if (handler === undefined) throw new Error(`no handler for ${step.kind}`)
  const parents = parentOutputs(step, outputs)
  const digests = parentDigests(step, outputs)
  const work: Work = { step, key: stepKey(step, handler.recipe, digests), parents }
  const before = going.made.get(work.key) ?? Promise.resolve()
  const output = before.then(() => realiseOne(work, handler, digests, going))
  going.made.set(work.key, output)
  return output
}

/** Looked for, and made if it is not there, when its turn has come. */
async function realiseOne(
  work: Work,
  handler: Handler,
  digests: Readonly<Record<string, string>>,
  going: Going,
): Promise<Output> {
  const { step } = work
  const { tools, release } = await going.toolsFor(step, going.signal)
  try {
    const kept = await going.beside(() => find(work, handler, tools, going))
    if (kept !== undefined) {
      going.listener.done(step, kept, 'have', 0)
      return kept
    }
    const made = () => makeInTurn(work, handler, tools, digests, going)
    return handler.wish === undefined ? await going.beside(made) : await made()
  } finally {
    await release()
  }
}

async function makeInTurn(
  work: Work,
  handler: Handler,
  tools: Tools,
  digests: Readonly<Record<string, string>>,
  going: Going,
): Promise<Output> {
  const wish = () => handler.wish?.(work, tools) ?? Promise.resolve({ jobs: 0, claims: [] })
  const turn = await going.turns.take(going.remaining.get(work.step.id) ?? 0, wish, going.signal)
  try {
    return await make(work, handler, { ...tools, jobs: turn.jobs }, digests, going)
  } finally {
    turn.end()
  }
}

async function find(work: Work, handler: Handler, tools: Tools, { store, signal }: Going): Promise<Output | undefined> {
  if (signal.aborted) throw new Interrupted()
  const kept = await store.find(work.key)
  return kept !== undefined && (await handler.present(kept.output, work, tools)) ? kept.output : undefined
}

async function make(
  work: Work,
  handler: Handler,
  tools: Tools,
  digests: Readonly<Record<string, string>>,
  { store, listener, signal }: Going,
): Promise<Output> {
  const { step, key } = work
  if (signal.aborted) throw new Interrupted()
  const since = performance.now()
  listener.started(step)
  const output = await handler.run(work, tools)
  const seconds = (performance.now() - since) / 1000
  const record = { id: step.id, kind: step.kind, key, output, seconds }
  await store.keep(record, ingredients(step, handler.recipe, digests), step)
  listener.done(step, output, 'ran', seconds)
  return output
}
