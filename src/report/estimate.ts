/** How long a run still takes, judged by how long its steps took in earlier runs and by how this one goes. Pure. */
import type { Event } from '../events.ts'
import { duration } from './duration.ts'

interface Expected {
  /** What it works on: steps of one subject follow each other. */
  readonly subject: string
  /** Undefined where no earlier run tells. */
  readonly seconds: number | undefined
}

interface Begun {
  /** Milliseconds since the epoch. */
  readonly since: number
  /** How much of it is done, 0 to 1. */
  readonly part?: number
}

export interface Estimate {
  /** Steps that were planned to run and have not ended. */
  readonly open: ReadonlyMap<string, Expected>
  readonly begun: ReadonlyMap<string, Begun>
  /** Of steps that ran to their end: what was expected of them, and what they took, in seconds. */
  readonly expected: number
  readonly took: number
}

export const noEstimate: Estimate = { open: new Map(), begun: new Map(), expected: 0, took: 0 }

export function reckon(estimate: Estimate, event: Event, now: number): Estimate {
  switch (event.type) {
    case 'planned': {
      const open = new Map(estimate.open)
      for (const { id, verdict, seconds } of event.steps)
        if (verdict !== 'have') open.set(id, { subject: id.slice(id.indexOf(':') + 1), seconds })
      return { ...estimate, open }
    }
    case 'step-started':
      return { ...estimate, begun: new Map(estimate.begun).set(event.id, { since: now }) }
    case 'step-progress': {
      const before = estimate.begun.get(event.id)
      if (before === undefined || event.total === undefined || event.total <= 0) return estimate
      const part = Math.min(1, (event.done ?? 0) / event.total)
      return { ...estimate, begun: new Map(estimate.begun).set(event.id, { ...before, part }) }
    }
    case 'step-done': {
      const known = estimate.open.get(event.id)?.seconds
      const counts = event.how === 'ran' && known !== undefined
      const [expected, took] = counts ? [known, event.seconds] : [0, 0]
      return without(estimate, event.id, { expected: estimate.expected + expected, took: estimate.took + took })
    }
    case 'step-failed':
    case 'step-skipped':
      return without(estimate, event.id, {})
    case 'run-done':
      return noEstimate
    default:
      return estimate
  }
}

function without(estimate: Estimate, id: string, more: Partial<Estimate>): Estimate {
  const [open, begun] = [new Map(estimate.open), new Map(estimate.begun)]
  open.delete(id)
  begun.delete(id)
  return { ...estimate, open, begun, ...more }
}

/**
 * Seconds; undefined where of a step that is still to come nothing is known. Subjects go side by side: what counts is the
 * longest of them, with what others wait for (a profile's steps, of which the machines' names begin) before it.
 */
export function secondsLeft(estimate: Estimate, now: number): number | undefined {
  if (estimate.open.size === 0) return undefined
  const left = new Map<string, number>()
  for (const [id, { subject, seconds }] of estimate.open) {
    const own = ofStep(seconds === undefined ? undefined : seconds * pace(estimate), estimate.begun.get(id), now)
    if (own === undefined) return undefined
    left.set(subject, (left.get(subject) ?? 0) + own)
  }
  const whole = [...left].map(([subject, own]) => {
    const before = [...left].filter(([other]) => subject.startsWith(`${other}/`))
    return own + before.reduce((sum, [, more]) => sum + more, 0)
  })
  return Math.max(...whole)
}

/** The more of a step is done, the more its own pace counts, and from its half on nothing else. */
function ofStep(seconds: number | undefined, begun: Begun | undefined, now: number): number | undefined {
  if (begun === undefined) return seconds
  const { since, part = 0 } = begun
  const spent = Math.max(0, now - since) / 1000
  if (seconds === undefined) return part < ENOUGH ? undefined : (spent / part) * (1 - part)
  if (part === 0) return Math.max(0, seconds - spent)
  const weight = Math.min(1, 2 * part)
  return (1 - part) * (weight * (spent / part) + (1 - weight) * seconds)
}

/** Less of a step than that says nothing of the rest. */
const ENOUGH = 0.1

/** How much slower than before this run goes; a busy host is no reason to promise days. */
function pace({ expected, took }: Estimate): number {
  return expected < 1 ? 1 : Math.min(4, Math.max(0.25, took / expected))
}

/** `about 4 min left`; nothing for what is over in a moment, or not known. */
export function leftWords(seconds: number | undefined): string | undefined {
  if (seconds === undefined || seconds < 1) return undefined
  return `about ${duration(rounded(seconds))} left`
}

/** No more exact than it is: to 5 s below a minute, to the half minute below ten, to the minute and to 5 minutes above. */
function rounded(seconds: number): number {
  const grain = seconds < 55 ? 5 : seconds < 600 ? 30 : seconds < 7200 ? 60 : 300
  return Math.max(grain, Math.round(seconds / grain) * grain)
}
