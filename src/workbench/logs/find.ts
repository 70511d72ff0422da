/** What the word behind `logs` means: `last`, a run, what a run worked on, a package; the first of these that there is. */
import { suggest } from '../../config/names.ts'
import { UserError } from '../../errors.ts'
import { withoutVersion } from '../../portage/atoms/name.ts'
import type { LoggedStep } from '../../report/run-log.ts'
import type { Layout } from '../../store/layout.ts'
import { visible } from '../../visible.ts'
import { isMeant, isOfBuild, packageLogsOf, type PackageLog } from './package-logs.ts'
import { readRun, runNames, subjectsOf, worked, type KnownRun } from './runs.ts'

export type Found =
  | { readonly kind: 'run'; readonly run: KnownRun }
  /** The newest run that worked on it, and those of its steps that did. */
  | { readonly kind: 'subject'; readonly run: KnownRun; readonly steps: readonly LoggedStep[] }
  /** The newest log of a build; where there is none, of a merge from a binary package. */
  | {
      readonly kind: 'package'
      readonly log: PackageLog
      readonly built: boolean
      readonly others: readonly PackageLog[]
    }

type Place = Pick<Layout, 'logs'>

/** @throws UserError `no-runs`, `ambiguous-run`, `no-log` */
export async function findLogs(word: string, place: Place): Promise<Found> {
  const names = await runNames(place)
  const newest = names.find((name) => !isQuestion(name)) ?? names[0]
  if (newest === undefined)
    throw new UserError('no-runs', `Nothing has run yet: there are no logs in ${place.logs}.`, {
      hint: 'gentoomuch pipeline, or --data for another data directory',
    })
  const run = word === 'last' ? newest : runNamed(word, names)
  if (run !== undefined) return { kind: 'run', run: await readRun(place, run) }
  return (await subject(word, names, place)) ?? (await packageLog(word, names, place)) ?? fail(word, names, place)
}

/** Whoever asks about the last run has often asked something else since, and means that no more than `logs` itself. */
function isQuestion(name: string): boolean {
  return /^[^-]+-(why|news|config-explain|.+-dry-run)(-\d+)?$/.test(name)
}

function runNamed(word: string, names: readonly string[]): string | undefined {
  if (names.includes(word)) return word
  const found = names.filter((name) => name.startsWith(word))
  if (found.length < 2) return found[0]
  throw new UserError('ambiguous-run', `${word} is the beginning of ${found.length} runs: ${few(found)}.`, {
    hint: 'give one letter more, or "last" for the newest run that was more than a question',
  })
}

async function subject(word: string, names: readonly string[], place: Place): Promise<Found | undefined> {
  for (const name of names) {
    const run = await readRun(place, name)
    const steps = worked(run).filter((step) => subjectsOf(step).includes(word))
    if (steps.length > 0) return { kind: 'subject', run, steps }
  }
  return undefined
}

async function packageLog(word: string, names: readonly string[], place: Place): Promise<Found | undefined> {
  const found: PackageLog[] = []
  for (const name of names) found.push(...(await packageLogsOf(place, name)).filter(({ cpv }) => isMeant(cpv, word)))
  const builds: PackageLog[] = []
  for (const log of found) if (await isOfBuild(log)) builds.push(log)
  const [log, ...others] = builds.length > 0 ? builds : found
  return log === undefined ? undefined : { kind: 'package', log, built: builds.length > 0, others }
}

async function fail(word: string, names: readonly string[], place: Place): Promise<never> {
  const known = new Set<string>()
  for (const name of names) {
    for (const step of worked(await readRun(place, name))) for (const one of subjectsOf(step)) known.add(one)
    for (const { cpv } of await packageLogsOf(place, name))
      for (const one of [withoutVersion(cpv), cpv])
        known.add(word.includes('/') ? one : one.slice(one.indexOf('/') + 1))
  }
  const hint = suggest(word, [...names, ...known]) ?? 'gentoomuch logs lists the runs'
  throw new UserError('no-log', `No run, no machine and no package of that name has a log here: ${visible(word)}.`, {
    hint,
  })
}

function few(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}`
}
