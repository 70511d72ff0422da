/** What a run came to, counted as it goes. */
import type { Event, Failure } from '../events.ts'
import { duration } from './duration.ts'

export interface Tally {
  planned: number
  ran: number
  had: number
  readonly failed: { readonly label: string; readonly failure: Failure }[]
  readonly skipped: { readonly label: string; readonly because: string }[]
}

export function newTally(): Tally {
  return { planned: 0, ran: 0, had: 0, failed: [], skipped: [] }
}

export function count(tally: Tally, event: Event): void {
  if (event.type === 'planned') tally.planned += event.steps.length
  else if (event.type === 'step-done') tally[event.how === 'ran' ? 'ran' : 'had']++
  else if (event.type === 'step-failed') tally.failed.push(event)
  else if (event.type === 'step-skipped') tally.skipped.push(event)
}

/** Steps that have come to an end, whichever. */
export function ended(tally: Tally): number {
  return tally.ran + tally.had + tally.failed.length + tally.skipped.length
}

/** The last lines of a run: what it did, or the list of what failed and what that held up. */
export function closingLines(tally: Tally, seconds: number, ok: boolean): string[] {
  const time = duration(seconds)
  if (ok && tally.ran + tally.had === 0) return [`finished in ${time}`]
  if (ok) return [`finished in ${time}: ${steps(tally.ran)} ran, ${tally.had} reused`]
  if (tally.failed.length === 0) return [`stopped after ${time}: ${steps(tally.ran)} ran, ${tally.had} reused`]
  return [
    `${steps(tally.failed.length)} failed, ${tally.skipped.length} skipped, after ${time}:`,
    ...tally.failed.map(({ label, failure }) => `  ${label}: ${blame(failure)}`),
    ...tally.skipped.map(({ label, because }) => `  ${label}: skipped, ${because}`),
  ]
}

function blame(failure: Failure): string {
  if (failure.package === undefined) return failure.message.split('\n', 1)[0] ?? ''
  return failure.phase === undefined ? failure.package : `${failure.package} in its ${failure.phase} phase`
}

function steps(number: number): string {
  return number === 1 ? '1 step' : `${number} steps`
}
