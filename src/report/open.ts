/** Where events go: people read standard error, programs and later readers the run's log folder. */
import { join } from 'node:path'
import type { Emit, Event } from '../events.ts'
import { announce, type AnnounceOptions } from './announce.ts'
import { leftWords, noEstimate, reckon, secondsLeft } from './estimate.ts'
import { advance, frame, idle } from './frame.ts'
import { openJsonLines, type JsonLines } from './json-lines.ts'
import { paintFor } from './paint.ts'
import { eventLines, type Loudness } from './plain.ts'
import { openStepsLog, type StepsLog } from './steps-log.ts'
import { count, newTally } from './tally.ts'
import type { Display, Terminal } from './terminal.ts'

export interface ReporterOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly stderr: Terminal
  /** The absolute path of this run's log folder; without one nothing is kept. */
  readonly logs?: string | undefined
  /** Who is told that a long run has ended; nobody unless told. */
  readonly announce?: AnnounceOptions
  /** For NO_COLOR, TERM and the session's bus. */
  readonly env?: NodeJS.ProcessEnv
  readonly now?: () => number
}

export interface Reporter {
  readonly emit: Emit
  /** Takes the live display away and closes the files. What is emitted later is dropped. */
  close(): Promise<void>
}

export async function openReporter(options: ReporterOptions): Promise<Reporter> {
  const { stderr, env = process.env, now = Date.now } = options
  const loudness = loudnessOf(options)
  const isTerminal = stderr.isTTY === true
  const live = isTerminal && env['TERM'] !== 'dumb' && (loudness === 'normal' || loudness === 'verbose')
  const paint = paintFor(isTerminal, env)
  const tally = newTally()
  let going = idle
  let estimate = noEstimate
  const left = () => leftWords(secondsLeft(estimate, now()))
  let open = true
  let command = ''
  let announced: Promise<unknown> = Promise.resolve()
  const tell = (event: Event): void => {
    if (event.type === 'run-started') ({ command } = event)
    const to = options.announce
    if (event.type !== 'run-done' || to === undefined) return
    announced = announce(event, command, tally, { ...to, stderr, env }).then((trouble) => {
      if (trouble !== undefined && loudness === 'verbose') stderr.write(`${trouble}\n`)
      return undefined
    })
  }

  stderr.on('error', ignore)
  const view = (size: { columns: number; rows: number }): string[] =>
    frame(going, { ...size, now: now(), paint, tally, left: left() })
  // What draws on terminals takes 30 ms to load.
  const display = live ? (await import('./terminal.ts')).openTerminal(stderr, view) : lines(stderr)
  const labelOf = (id: string): string => going.running.get(id)?.label ?? id
  const files = openFiles(options.logs, now, (problem) => {
    display.print(eventLines(problem, { loudness, live, paint, labelOf, tally }))
  })

  return {
    emit(told) {
      if (!open) return
      const event = files.keep(told)
      count(tally, event)
      estimate = reckon(estimate, event, now())
      const text = eventLines(event, { loudness, live, paint, labelOf, tally, left: left() })
      going = advance(going, event, now())
      display.print(text)
      if (event.type !== 'step-output') display.refresh()
      tell(event)
    },
    async close() {
      open = false
      display.close()
      files.close()
      await announced
      stderr.off('error', ignore)
    },
  }
}

/** A reader that went away (`2>&1 | head`) is no reason to end hours of work. */
function ignore(): void {}

function loudnessOf({ json, quiet, verbose }: ReporterOptions): Loudness {
  if (json) return 'errors'
  if (quiet) return 'quiet'
  return verbose ? 'verbose' : 'normal'
}

function lines(stderr: Terminal): Display {
  return {
    print(text) {
      if (text.length > 0) stderr.write(`${text.join('\n')}\n`)
    },
    refresh() {},
    close() {},
  }
}

interface Files {
  /** Writes an event down, and gives it with what only the log files know. */
  keep(event: Event): Event
  close(): void
}

/** A full disk must not make a reporter fail the build a second time: it is said once, then nothing more is kept. */
function openFiles(logs: string | undefined, now: () => number, onProblem: (event: Event) => void): Files {
  if (logs === undefined) return { keep: (event) => event, close() {} }
  let json: JsonLines | undefined
  const steps = openStepsLog(logs)
  let broken = false
  return {
    keep(told) {
      const event = completed(told, steps)
      if (broken) return event
      try {
        json ??= openJsonLines(join(logs, 'events.jsonl'), () => new Date(now()))
        json.write(event)
        if (event.type === 'step-output') steps.write(event.id, event.line)
        if (event.type === 'step-done' || event.type === 'step-failed') steps.end(event.id)
      } catch (error) {
        broken = true
        const why = error instanceof Error ? error.message : String(error)
        onProblem({ type: 'note', level: 'warning', text: `The log of this run ends here: ${why}` })
      }
      return event
    },
    close() {
      json?.close()
      steps.close()
    },
  }
}

/** A failure that names no log gets the step's own, and its last lines. */
function completed(event: Event, steps: StepsLog): Event {
  if (event.type !== 'step-failed') return event
  const log = event.failure.log ?? steps.pathOf(event.id)
  const lastLines = event.failure.lastLines ?? steps.lastLines(event.id)
  return { ...event, failure: { ...event.failure, lastLines, ...(log === undefined ? {} : { log }) } }
}
