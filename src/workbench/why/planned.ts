/** What a machine would be made of now, and what it was made of the time before. */
import { UserError } from '../../errors.ts'
import { judgeSteps, realiseSteps } from '../../execute/realise.ts'
import type { Run } from '../../execute/run.ts'
import { valueOf, type PackagesValue } from '../../execute/values.ts'
import type { Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { notAsked } from '../../forecast.ts'
import { plan } from '../../pipeline.ts'
import { machineStep } from '../../plan/machines.ts'
import { identified, type Identified } from '../../plan/package-changes.ts'
import type { Resolved } from '../../plan/resolved.ts'
import type { Step } from '../../plan/step.ts'
import type { Judged } from '../../plan/verdict.ts'
import { failIfAny } from '../failures.ts'

export interface PlannedMachine {
  readonly judged: readonly Judged[]
  /** Portage's answer; undefined where the builder has to be made first. */
  readonly now: Identified | undefined
  /** What was compiled before what is there now, or before what is to come. */
  readonly before: Identified | undefined
}

/** Asks Portage where that has not been done yet; compiles nothing. @throws UserError as `pipeline`'s planning does */
export async function plannedMachine(config: Config, lock: Lock, name: string, run: Run): Promise<PlannedMachine> {
  const goal = { config, lock, machines: [name], unsigned: config.env.signer === undefined }
  const { steps, machines } = await plan(goal, run)
  const [define] = machines
  if (define === undefined) throw new Error(`${name} was not planned`)
  const [resolve, compile] = [machineStep('resolve', define), machineStep('compile', define)]
  const first = await judgeSteps(steps, run)
  const told = verdictOf(first, resolve)
  if (told.word === 'unknown') return { judged: first, now: undefined, before: undefined }
  if (told.word === 'run' && run.beside !== undefined) {
    run.emit({ type: 'note', level: 'warning', text: notAsked(`resolve ${name}`, run.beside) })
    return { judged: first, now: undefined, before: undefined }
  }
  if (told.word === 'run') failIfAny(await realiseSteps(upTo(steps, resolve), run))
  const second = told.word === 'run' ? await judgeSteps(steps, run) : first
  const answer = verdictOf(second, resolve)
  if (answer.word !== 'have') throw new UserError('no-answer', `Portage's answer for ${name} is not there.`)
  const compiled = verdictOf(second, compile)
  return {
    // Why Portage was asked anew is known from before it was.
    judged: second.map((one) =>
      one.step.id === resolve ? (first.find(({ step }) => step.id === resolve) ?? one) : one,
    ),
    now: identified(valueOf<Resolved>(answer.output)),
    before: await previous(
      { resolve, compile },
      [answer.key, ...(compiled.word === 'have' ? [compiled.key] : [])],
      run,
    ),
  }
}

function verdictOf(judged: readonly Judged[], id: string): Judged['verdict'] {
  const found = judged.find(({ step }) => step.id === id)
  if (found === undefined) throw new Error(`${id} was not judged`)
  return found.verdict
}

function upTo(steps: readonly Step[], id: string): Step[] {
  const wanted = new Set([id])
  // Parents are added while the set is walked, and walked too.
  for (const one of wanted)
    for (const parent of Object.values(steps.find((step) => step.id === one)?.parents ?? {})) wanted.add(parent)
  return steps.filter((step) => wanted.has(step.id))
}

/** As many answers as are looked at for the one that something was compiled from. */
const MOST = 8

/** @param current keys of what is there now */
async function previous(
  ids: { readonly resolve: string; readonly compile: string },
  current: readonly string[],
  run: Run,
): Promise<Identified | undefined> {
  const uses = (await run.steps.uses()).toSorted((a, b) => b.at - a.at)
  const outputsOf = async (id: string) => {
    const keys = uses.filter((use) => use.id === id && !current.includes(use.key)).slice(0, MOST)
    const records = await Promise.all(keys.map(({ key }) => run.steps.find(key)))
    return records.flatMap((record) => (record === undefined ? [] : [record.output]))
  }
  const answers = (await outputsOf(ids.resolve)).map((output) => identified(valueOf<Resolved>(output)))
  for (const output of await outputsOf(ids.compile)) {
    const made = new Set(Object.values(valueOf<PackagesValue>(output).fingerprints))
    const found = answers.find(({ marks }) => [...marks.values()].every((mark) => made.has(mark)))
    if (found !== undefined) return found
  }
  return answers[0]
}
