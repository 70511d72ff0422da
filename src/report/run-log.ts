/** A run's `events.jsonl` read back: what it did, step by step, and how it ended. Pure. */
import * as v from 'valibot'
import { logName } from './steps-log.ts'

/** `unfinished`: begun, and nothing was heard of it again. */
export type StepFate = 'ran' | 'have' | 'failed' | 'skipped' | 'unfinished'

export interface LoggedStep {
  readonly id: string
  readonly label: string
  readonly fate: StepFate
  readonly seconds?: number | undefined
  readonly summary?: string | undefined
  /** Why it failed, or which other step it waited for. */
  readonly because?: string | undefined
  readonly package?: string | undefined
  readonly phase?: string | undefined
  /** Name of the file in the run's folder that has its output; absent where it said nothing. */
  readonly log?: string | undefined
  /** The path of the log that says why it failed: that of a package. */
  readonly failureLog?: string | undefined
}

export interface LoggedPackage {
  readonly step: string
  readonly cpv: string
  readonly seconds?: number | undefined
  readonly bytes: number
}

export interface RunLog {
  readonly command?: string | undefined
  /** Process id, to see whether it still works. */
  readonly process?: number | undefined
  /** Epoch milliseconds of the first event that says its time, and of the last. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** Undefined while the run goes on, and for one that was killed. */
  readonly done?: { readonly ok: boolean; readonly seconds: number; readonly because?: string | undefined }
  readonly steps: readonly LoggedStep[]
  readonly packages: readonly LoggedPackage[]
  /** Lines that are no events: a run that was killed, or a full disk, may leave half a line. */
  readonly unreadable: number
}

const step = { id: v.string(), label: v.string() }
const failure = v.object({
  message: v.string(),
  package: v.optional(v.string()),
  phase: v.optional(v.string()),
  log: v.optional(v.string()),
})
const event = v.variant('type', [
  v.object({ type: v.literal('run-started'), command: v.string(), process: v.optional(v.number()) }),
  v.object({ type: v.literal('step-started'), ...step }),
  v.object({
    type: v.literal('step-done'),
    ...step,
    how: v.picklist(['ran', 'have']),
    seconds: v.number(),
    summary: v.optional(v.string()),
  }),
  v.object({ type: v.literal('step-failed'), ...step, failure }),
  v.object({ type: v.literal('step-skipped'), ...step, because: v.string() }),
  v.object({
    type: v.literal('package'),
    id: v.string(),
    cpv: v.string(),
    seconds: v.optional(v.number()),
    bytes: v.number(),
  }),
  v.object({
    type: v.literal('run-done'),
    seconds: v.number(),
    ok: v.boolean(),
    because: v.optional(v.string()),
  }),
])
type Told = v.InferOutput<typeof event>
type StepTold = Exclude<Told, { type: 'run-started' | 'run-done' | 'package' }>

/** Nearly all lines of a log are these, and only whose they are matters. */
const OUTPUT = /^\{"time":"[^"]*","type":"step-output","id":("(?:[^"\\]|\\.)*")/u
const PROGRESS = /^\{"time":"[^"]*","type":"step-progress"/u

export function readRunLog(text: string): RunLog {
  const steps = new Map<string, LoggedStep>()
  const begun = new Map<string, number>()
  const logs = new Map<string, string>()
  const packages: LoggedPackage[] = []
  let log: Omit<RunLog, 'steps' | 'packages' | 'unreadable'> = {}
  let unreadable = 0
  for (const line of text.split('\n')) {
    if (line === '' || PROGRESS.test(line)) continue
    const speaker = OUTPUT.exec(line)?.[1]
    if (speaker !== undefined) {
      const id = JSON.parse(speaker) as string
      if (!logs.has(id)) logs.set(id, logName(logs.size + 1, id))
      continue
    }
    const read = parsed(line)
    if (read === undefined) {
      unreadable++
      continue
    }
    const { time, told } = read
    if (time !== undefined) log = { ...log, since: log.since ?? time, until: time }
    if (told === undefined) continue
    if (told.type === 'run-started') log = { ...log, command: told.command, process: told.process }
    else if (told.type === 'run-done') log = { ...log, done: told }
    else if (told.type === 'package') packages.push({ ...told, step: told.id })
    else {
      if (told.type === 'step-started' && time !== undefined) begun.set(told.id, time)
      const since = begun.get(told.id)
      steps.set(told.id, fateOf(told, since === undefined || time === undefined ? undefined : (time - since) / 1000))
    }
  }
  const withLogs = [...steps.values()].map((one) => ({ ...one, log: logs.get(one.id) }))
  return { ...log, steps: withLogs, packages, unreadable }
}

/** @param seconds since it began */
function fateOf(told: StepTold, seconds: number | undefined): LoggedStep {
  const { id, label } = told
  switch (told.type) {
    case 'step-started':
      return { id, label, fate: 'unfinished' }
    case 'step-done':
      return { id, label, fate: told.how, seconds: told.seconds, summary: told.summary }
    case 'step-skipped':
      return { id, label, fate: 'skipped', because: told.because }
    case 'step-failed': {
      const { message, log, ...more } = told.failure
      return { id, label, fate: 'failed', seconds, because: message, failureLog: log, ...more }
    }
  }
}

/** An event that nothing is known of, from another version of the program, is read for its time alone. */
function parsed(line: string): { time: number | undefined; told: Told | undefined } | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const { time } = value as { time?: unknown }
    const at = typeof time === 'string' ? Date.parse(time) : NaN
    const read = v.safeParse(event, value)
    return { time: Number.isNaN(at) ? undefined : at, told: read.success ? read.output : undefined }
  } catch {
    return undefined
  }
}
