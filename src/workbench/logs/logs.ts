/** What `logs` gives: runs, one run, or the text of logs. */
import { join } from 'node:path'
import type { Json } from '../../plan/json.ts'
import type { LoggedStep } from '../../report/run-log.ts'
import { asRead } from '../../report/as-read.ts'
import { withoutEscapes } from '../../report/text.ts'
import { layoutOf } from '../../store/layout.ts'
import { readIfThere } from '../../system/files.ts'
import { findLogs, type Found } from './find.ts'
import type { PackageLog } from './package-logs.ts'
import { readRun, runNames, type KnownRun } from './runs.ts'
import { endWords, listLines, runLines, stepLines } from './text.ts'

export interface Told {
  readonly json: Json
  readonly text: string
  /** What is not part of a log's text: where it is, and which others there are. */
  readonly notice?: string
}

export interface Wish {
  /** All runs and not only the newest ones; every package of a run. */
  readonly all: boolean
  readonly now: number
}

/** Runs that a list has when it is not asked for all. */
const NEWEST = 20

export async function listRuns(data: string, { all, now }: Wish): Promise<Told> {
  const layout = layoutOf(data)
  const names = await runNames(layout)
  const runs: KnownRun[] = []
  for (const name of all ? names : names.slice(0, NEWEST)) runs.push(await readRun(layout, name))
  const older = names.length - runs.length
  return {
    json: runs.map((run) => summaryJson(run)),
    text: runs.length === 0 ? 'Nothing has run yet.' : listLines(runs, now).join('\n'),
    ...(older === 0 ? {} : { notice: `${older} older ${older === 1 ? 'run is' : 'runs are'} left out: logs --all` }),
  }
}

/** @throws UserError where the word means nothing that has a log, or several runs */
export async function showLogs(data: string, word: string, wish: Wish): Promise<Told> {
  const found = await findLogs(word, layoutOf(data))
  if (found.kind === 'run') {
    const { run } = found
    return { json: runJson(run, run.steps), text: runLines(run, wish.now, wish.all).join('\n') }
  }
  return found.kind === 'package' ? packageTold(found) : subjectTold(found, wish)
}

async function subjectTold({ run, steps }: Extract<Found, { kind: 'subject' }>, { now }: Wish): Promise<Told> {
  const texts: string[] = []
  for (const { log } of steps) {
    if (log === undefined) continue
    const path = join(run.folder, log)
    const text = await readIfThere(path)
    // Heads as `tail` gives them to several files.
    if (text !== undefined) texts.push(`==> ${path} <==\n${readable(text)}`)
  }
  const notice = [
    `${run.name}: ${endWords(run, now)}`,
    ...steps.flatMap((step) => stepLines(step)).map((line) => `      ${line}`),
  ]
  return { json: runJson(run, steps), text: texts.join('\n').trimEnd(), notice: notice.join('\n') }
}

async function packageTold({ log, built, others }: Extract<Found, { kind: 'package' }>): Promise<Told> {
  const text = await readIfThere(log.path)
  const kind = built ? '' : ', merged from its binary package'
  return {
    json: { ...packageJson(log), built, others: others.map(packageJson) },
    text: readable(text ?? '').trimEnd(),
    notice: [`${log.cpv}${kind}: ${log.path}`, ...otherLines(others)].join('\n'),
  }
}

/** What programs wrote: their colours mean nothing here, and on a terminal nothing else of theirs may draw either. */
function readable(text: string): string {
  return process.stdout.isTTY ? asRead(withoutEscapes(text)) : text
}

const OTHERS = 5

function otherLines(others: readonly PackageLog[]): string[] {
  const shown = others.slice(0, OTHERS).map(({ path }) => `      also ${path}`)
  return others.length <= OTHERS ? shown : [...shown, `      and ${others.length - OTHERS} more`]
}

function packageJson({ cpv, run, path }: PackageLog) {
  return { cpv, run, log: path }
}

function summaryJson({ name, folder, command, since, done, end, steps }: KnownRun) {
  return {
    run: name,
    folder,
    command,
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    end,
    seconds: done?.seconds,
    because: done?.because,
    failed: steps.filter(({ fate }) => fate === 'failed').map((step) => ({ ...step })),
  }
}

function runJson(run: KnownRun, steps: readonly LoggedStep[]): Json {
  const ids = new Set(steps.map(({ id }) => id))
  return {
    ...summaryJson(run),
    steps: steps.map((step) => ({ ...step })),
    packages: run.packages.filter(({ step }) => ids.has(step)).map((one) => ({ ...one })),
  }
}
