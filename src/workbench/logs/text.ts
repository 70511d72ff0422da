/** Runs in words. Pure. */
import { duration } from '../../report/duration.ts'
import { size } from '../../report/size.ts'
import type { LoggedStep } from '../../report/run-log.ts'
import { visible } from '../../visible.ts'
import type { KnownRun } from './runs.ts'

/** A line for each run. */
export function listLines(runs: readonly KnownRun[], now: number): string[] {
  const wide = Math.max(0, ...runs.map(({ name }) => name.length))
  return runs.map((run) => visible(`${run.name.padEnd(wide)}  ${endWords(run, now)}`))
}

/** How a run ended: `done in 12 s: 4 steps ran`, `failed after 5 s: compile router: dev-libs/a-1 in its compile phase`. */
export function endWords(run: KnownRun, now: number): string {
  const { end, done, since, until, steps } = run
  const ran = steps.filter(({ fate }) => fate === 'ran').length
  const time = duration(Math.round((done?.seconds ?? ((until ?? 0) - (since ?? 0)) / 1000) * 10) / 10)
  switch (end) {
    case 'done':
      return `done in ${time}: ${ran === 0 ? 'nothing to do' : count(ran)}`
    case 'failed':
      return `failed after ${time}: ${steps.filter(failed).map(blame).join('; ')}`
    case 'stopped':
      return `stopped after ${time}${done?.because === undefined ? '' : `: ${firstLine(done.because)}`}`
    case 'running':
      return `going on for ${duration(Math.round((now - (since ?? now)) / 1000))}${atWork(steps)}`
    case 'lost':
      return `ended without a word${since === undefined ? '' : ` after ${time}`}${atWork(steps)}`
  }
}

/** A run whole. `packages`: each that was compiled too. */
export function runLines(run: KnownRun, now: number, packages: boolean): string[] {
  const had = run.steps.filter(({ fate }) => fate === 'have').length
  const shown = run.steps.filter(({ fate }) => fate !== 'have')
  const labels = new Map(run.steps.map(({ id, label }) => [id, label]))
  return [
    `${run.name}: ${endWords(run, now)}`,
    `in ${run.folder}`,
    ...(run.unreadable === 0
      ? []
      : [`${run.unreadable === 1 ? '1 line' : `${run.unreadable} lines`} of its events.jsonl cannot be read`]),
    ...shown.flatMap((step) => [...stepLines(step, labels), ...(packages ? packageLines(run, step) : [])]),
    ...(had === 0 ? [] : [`have        ${had === 1 ? '1 step' : `${had} steps`}, made by earlier runs`]),
  ].map(visible)
}

/** @param labels of the run's steps, by id */
export function stepLines(step: LoggedStep, labels: ReadonlyMap<string, string> = new Map()): string[] {
  const time = step.seconds === undefined ? '' : duration(Math.round(step.seconds * 10) / 10)
  const words = [step.label, time, step.summary ?? '', step.log ?? ''].filter((word) => word !== '')
  const head = `${WORDS[step.fate].padEnd(12)}${words.join('  ')}`
  if (step.because === undefined) return [head]
  const why =
    step.fate === 'skipped' ? `waited for: ${labels.get(step.because) ?? step.because}` : firstLine(step.because)
  return [head, `${INDENT}${why}`, ...(step.failureLog === undefined ? [] : [`${INDENT}${step.failureLog}`])]
}

function packageLines({ packages }: KnownRun, { id }: LoggedStep): string[] {
  return packages
    .filter(({ step }) => step === id)
    .map(({ cpv, seconds, bytes }) => {
      const words = [cpv, ...(seconds === undefined ? [] : [duration(seconds)]), size(bytes)]
      return `${INDENT}${words.join('  ')}`
    })
}

const INDENT = ' '.repeat(14)

const WORDS: Readonly<Record<LoggedStep['fate'], string>> = {
  ran: 'ran',
  have: 'have',
  failed: 'failed',
  skipped: 'skipped',
  unfinished: 'unfinished',
}

function failed({ fate }: LoggedStep): boolean {
  return fate === 'failed'
}

function blame(step: LoggedStep): string {
  const { label, because = '', package: blamed, phase } = step
  if (blamed === undefined) return `${label}: ${firstLine(because)}`
  return `${label}: ${blamed}${phase === undefined ? '' : ` in its ${phase} phase`}`
}

function atWork(steps: readonly LoggedStep[]): string {
  const labels = steps.filter(({ fate }) => fate === 'unfinished').map(({ label }) => label)
  return labels.length === 0 ? '' : `: ${labels.join(', ')}`
}

function count(steps: number): string {
  return steps === 1 ? '1 step' : `${steps} steps`
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
