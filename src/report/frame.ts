/** The live part of the display as a pure function: what is going on → lines that fit the terminal. */
import type { Event } from '../events.ts'
import { duration } from './duration.ts'
import type { Paint } from './paint.ts'
import { ended, type Tally } from './tally.ts'
import { cleanLine, fit } from './text.ts'

export interface Running {
  readonly label: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly text?: string
  readonly done?: number
  readonly total?: number
}

export interface Live {
  /** When the run began; undefined before and after. */
  readonly since: number | undefined
  readonly running: ReadonlyMap<string, Running>
}

export const idle: Live = { since: undefined, running: new Map() }

/** What is going on after an event. */
export function advance(live: Live, event: Event, now: number): Live {
  switch (event.type) {
    case 'run-started':
      return { ...live, since: now }
    case 'run-done':
      return idle
    case 'step-started':
      return { ...live, running: new Map(live.running).set(event.id, { label: event.label, since: now }) }
    case 'step-progress': {
      const before = live.running.get(event.id)
      if (before === undefined) return live
      const { label, since } = before
      const at = event.total === undefined ? {} : { done: event.done ?? 0, total: event.total }
      return { ...live, running: new Map(live.running).set(event.id, { label, since, text: event.text, ...at }) }
    }
    case 'step-done':
    case 'step-failed':
    case 'step-skipped': {
      const running = new Map(live.running)
      running.delete(event.id)
      return { ...live, running }
    }
    default:
      return live
  }
}

export interface View {
  readonly now: number
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
  readonly tally: Tally
  /** `about 4 min left`, where that is known. */
  readonly left?: string | undefined
}

const SPINNER = ['|', '/', '-', '\\']

/**
 * A line for each running step and one for the whole run; nothing where nothing runs. One column and one row stay free,
 * so that no terminal wraps or scrolls by itself.
 */
export function frame(live: Live, view: View): string[] {
  if (live.running.size === 0) return []
  const columns = Math.max(1, view.columns - 1)
  const room = Math.max(1, view.rows - 3)
  const steps = [...live.running.values()]
  const spin = SPINNER[Math.floor(view.now / 125) % SPINNER.length] ?? '|'
  const shown = steps.length > room ? steps.slice(0, room - 1) : steps
  const lines = shown.map((step) => view.paint('cyan', spin) + fit(stepWords(step, view.now), columns - 1))
  if (shown.length < steps.length) lines.push(fit(`  and ${steps.length - shown.length} more`, columns))
  lines.push(view.paint('dim', fit(runWords(live, view), columns)))
  return lines
}

function stepWords(step: Running, now: number): string {
  const words = [` ${cleanLine(step.label)}`, elapsed(step.since, now)]
  if (step.total !== undefined && step.total > 0) words.push(percent(step.done ?? 0, step.total))
  if (step.text !== undefined) words.push(cleanLine(step.text))
  return words.join('  ')
}

function elapsed(since: number, now: number): string {
  return duration(Math.max(0, Math.floor((now - since) / 1000)))
}

function percent(done: number, total: number): string {
  return `${Math.min(100, Math.floor((done / total) * 100))}%`
}

function runWords(live: Live, { now, tally, left }: View): string {
  const words = [tally.planned > 0 ? `${ended(tally)} of ${tally.planned} steps` : `${ended(tally)} steps`]
  if (tally.failed.length > 0) words.push(`${tally.failed.length} failed`)
  if (live.since !== undefined) words.push(elapsed(live.since, now))
  if (left !== undefined) words.push(left)
  return `  ${words.join(', ')}`
}
