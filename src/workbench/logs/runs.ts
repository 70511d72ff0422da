/** Runs as their folders in `logs/` tell them, also while one works and after one was killed. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readRunLog, type LoggedStep, type RunLog } from '../../report/run-log.ts'
import type { Layout } from '../../store/layout.ts'
import { readIfThere } from '../../system/files.ts'
import { processSince } from '../../system/process-since.ts'

/** `stopped`: by an error that is no step's, or an interruption. `lost`: without a word, as after kill -9. */
export type RunEnd = 'done' | 'failed' | 'stopped' | 'running' | 'lost'

export interface KnownRun extends RunLog {
  readonly name: string
  /** Absolute path. */
  readonly folder: string
  readonly end: RunEnd
}

/** Newest first. */
export async function runNames({ logs }: Pick<Layout, 'logs'>): Promise<string[]> {
  const names = await readdir(logs).catch(() => [])
  return names.filter((name) => /^\d{8}T\d{6}Z-./.test(name)).toSorted((a, b) => (a < b ? 1 : -1))
}

export async function readRun({ logs }: Pick<Layout, 'logs'>, name: string): Promise<KnownRun> {
  const folder = join(logs, name)
  const log = readRunLog((await readIfThere(join(folder, 'events.jsonl'))) ?? '')
  return { ...log, name, folder, end: await endOf(log) }
}

async function endOf({ done, steps, process, since }: RunLog): Promise<RunEnd> {
  if (done?.ok === true) return 'done'
  if (done !== undefined) return steps.some(({ fate }) => fate === 'failed') ? 'failed' : 'stopped'
  if (process === undefined || since === undefined) return 'lost'
  const began = await processSince(process)
  // Another process that got the same id began later.
  return began !== undefined && began <= since + CLOCKS_DIFFER ? 'running' : 'lost'
}

/** Milliseconds by which two ways to read the clock may differ. */
const CLOCKS_DIFFER = 2000

/** Steps that were worked on: what was there already is no work. */
export function worked({ steps }: Pick<RunLog, 'steps'>): LoggedStep[] {
  return steps.filter(({ fate }) => fate === 'ran' || fate === 'failed' || fate === 'unfinished')
}

/** What a step works on, in the words that people have for it: of `root:demo/router` these are `demo/router` and `router`. */
export function subjectsOf({ id }: Pick<LoggedStep, 'id'>): string[] {
  const words = id.slice(id.indexOf(':') + 1).split('/')
  return words.map((_, at) => words.slice(at).join('/'))
}
