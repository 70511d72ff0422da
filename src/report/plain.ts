/** One event → the lines that stay: all there is without a terminal, and what scrolls above the live part on one. */
import type { Event } from '../events.ts'
import { duration } from './duration.ts'
import { formatFailure } from './failure.ts'
import type { Colour, Paint } from './paint.ts'
import { closingLines, type Tally } from './tally.ts'
import { cleanLine } from './text.ts'

/** `errors` (`--json`) says only what failed, `quiet` also warnings, `verbose` every line of every step. */
export type Loudness = 'errors' | 'quiet' | 'normal' | 'verbose'

export interface LineOptions {
  readonly loudness: Loudness
  /** A live display shows what is going on right now; then starts and progress are no lines. */
  readonly live: boolean
  readonly paint: Paint
  /** The label of a step that has started. */
  readonly labelOf: (id: string) => string
  /** Of the run so far, this event included. */
  readonly tally: Tally
  /** `about 4 min left`, where that is known. */
  readonly left?: string | undefined
}

const LEVEL = { errors: 0, quiet: 1, normal: 2, verbose: 3 } as const

export function eventLines(event: Event, options: LineOptions): string[] {
  const level = LEVEL[options.loudness]
  return level >= LEVEL[wantedAt(event, options.live)] ? wording(event, options) : []
}

function wantedAt(event: Event, live: boolean): Loudness {
  switch (event.type) {
    case 'step-failed':
      return 'errors'
    case 'note':
      return event.level === 'warning' ? 'quiet' : 'normal'
    case 'run-done':
      return event.ok ? 'normal' : 'quiet'
    case 'step-skipped':
      return 'quiet'
    // Who hears nothing takes it for stuck.
    case 'waiting':
      return 'quiet'
    case 'step-output':
      return 'verbose'
    case 'step-started':
    case 'step-progress':
      return live ? 'verbose' : 'normal'
    default:
      return 'normal'
  }
}

function wording(event: Event, { live, paint, labelOf, tally, left }: LineOptions): string[] {
  const say = (word: string, colour: Colour, text: string): string =>
    `${paint(colour, word.padEnd(8))} ${cleanLine(text)}`
  const behind = left === undefined ? '' : `, ${left}`
  switch (event.type) {
    case 'run-started':
      return [say('run', 'bold', `${event.run} (${event.command}), logs in ${event.logs}`)]
    case 'waiting':
      return [say('waiting', 'yellow', `for ${event.for}`)]
    case 'planned':
      return [say('plan', 'bold', planWords(event.steps.map((step) => step.verdict)) + behind)]
    case 'step-started':
      return [say('start', 'cyan', event.label)]
    case 'step-progress':
      return [say('', 'dim', `${labelOf(event.id)}: ${event.text}`)]
    case 'step-output':
      return [`${paint('dim', `${cleanLine(labelOf(event.id))} |`)} ${cleanLine(event.line)}`.trimEnd()]
    case 'package':
      return [
        say('built', 'green', `${event.cpv}${event.seconds === undefined ? '' : ` in ${duration(event.seconds)}`}`),
      ]
    case 'step-done': {
      const time = event.how === 'ran' ? ` in ${duration(event.seconds)}` : ''
      const text = `${event.label}${time}${event.summary === undefined ? '' : `: ${event.summary}`}`
      // The live display says it all the time.
      return [event.how === 'ran' ? say('done', 'green', text + (live ? '' : behind)) : say('have', 'dim', text)]
    }
    case 'step-failed':
      return [say('failed', 'red', event.label), ...formatFailure(event.failure).map((line) => `  ${line}`.trimEnd())]
    case 'step-skipped':
      return [say('skipped', 'yellow', `${event.label}: ${event.because}`)]
    case 'note':
      return [
        event.level === 'warning' ? say('warning', 'yellow', event.text) : say('note', 'cyan', event.text),
        ...(event.hint === undefined ? [] : [say('', 'dim', event.hint)]),
      ]
    case 'run-done': {
      const [first = '', ...rest] = closingLines(tally, event.seconds, event.ok).map(cleanLine)
      return [paint(event.ok ? 'green' : 'red', first), ...rest]
    }
  }
}

function planWords(verdicts: readonly string[]): string {
  const of = (word: string): number => verdicts.filter((verdict) => verdict === word).length
  const unknown = of('unknown')
  const words = [`${of('have')} reused`, `${of('run')} to run`]
  if (unknown > 0) words.push(`${unknown} known later`)
  return `${verdicts.length === 1 ? '1 step' : `${verdicts.length} steps`}: ${words.join(', ')}`
}
