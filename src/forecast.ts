/** What a pipeline would do: each step's verdict, the packages that would be compiled, how long and how large that is. */
import { lackingOf } from './execute/lacking.ts'
import { judgeSteps, realiseSteps } from './execute/realise.ts'
import type { Run } from './execute/run.ts'
import type { Result } from './execute/scheduler.ts'
import { valueOf } from './execute/values.ts'
import { machineStep } from './plan/machines.ts'
import type { Resolved } from './plan/resolved.ts'
import type { Output, Step } from './plan/step.ts'
import type { Judged } from './plan/verdict.ts'

export interface Forecast {
  readonly judged: readonly Judged[]
  readonly machines: readonly MachineForecast[]
  /** Failures of resolving. */
  readonly failures: Result['failures']
  /** For everything that is to be done, one step after the other; undefined where no run has shown how long any of it takes. */
  readonly seconds: number | undefined
}

export interface MachineForecast {
  readonly machine: string
  /** Undefined where it cannot be known yet: what resolving works with is still to be made. */
  readonly packages: readonly PackageForecast[] | undefined
}

export interface PackageForecast {
  readonly cpv: string
  /** A package that an earlier machine of the list has compiled by then. */
  readonly shared: boolean
  /** From earlier versions, where there were any. */
  readonly seconds: number | undefined
  readonly bytes: number | undefined
}

interface Named {
  readonly name: string
  readonly profile: string
}

/**
 * Resolves machines first where everything for it is there: it takes seconds, makes nothing, and its answer is kept for
 * the run that follows.
 */
export async function forecast(steps: readonly Step[], machines: readonly Named[], run: Run): Promise<Forecast> {
  const first = await judgeSteps(steps, run)
  const ready = first.filter(({ step, verdict }) => step.kind === 'resolve' && verdict.word === 'run')
  if (ready.length > 0 && run.beside !== undefined)
    for (const { step } of ready) run.emit({ type: 'note', level: 'warning', text: notAsked(step.label, run.beside) })
  if (ready.length === 0 || run.beside !== undefined)
    return { ...(await tell(first, machines, run)), failures: new Map() }
  const needed = withAncestors(
    ready.map(({ step }) => step.id),
    steps,
  )
  const { failures } = await realiseSteps(needed, run)
  return { ...(await tell(await judgeSteps(steps, run), machines, run)), failures }
}

/** @param what the step that would ask Portage @param beside who works */
export function notAsked(what: string, beside: string): string {
  return `Portage was not asked ("${what}"): ${beside} works on this data directory.`
}

async function tell(
  judged: readonly Judged[],
  machines: readonly Named[],
  run: Run,
): Promise<Omit<Forecast, 'failures'>> {
  const outputs = new Map(
    judged.flatMap(({ step, verdict }) => (verdict.word === 'have' ? [[step.id, verdict.output] as const] : [])),
  )
  const seen = new Set<string>()
  const told: MachineForecast[] = []
  for (const machine of machines)
    told.push({ machine: machine.name, packages: await packagesOf(machine, outputs, seen, run) })
  const known = [
    ...told.flatMap(({ packages = [] }) => packages.flatMap(({ shared, seconds }) => (shared ? [] : [seconds]))),
    ...judged.flatMap(({ step, verdict }) =>
      verdict.word === 'have' || step.kind === 'compile' ? [] : [run.durations.step(step.id)],
    ),
  ].filter((seconds) => seconds !== undefined)
  return {
    judged,
    machines: told,
    seconds: known.length === 0 ? undefined : known.reduce((sum, seconds) => sum + seconds, 0),
  }
}

async function packagesOf(
  machine: Named,
  outputs: ReadonlyMap<string, Output>,
  seen: Set<string>,
  { packages, durations }: Pick<Run, 'packages' | 'durations'>,
): Promise<PackageForecast[] | undefined> {
  const answer = outputs.get(machineStep('resolve', machine))
  if (answer === undefined) return undefined
  const lacking = await lackingOf(valueOf<Resolved>(answer), packages)
  return [...lacking].map(([cpv, mark]) => {
    const known = durations.package(cpv)
    const shared = seen.has(mark)
    seen.add(mark)
    return { cpv, shared, seconds: known?.seconds, bytes: known?.bytes }
  })
}

function withAncestors(ids: readonly string[], steps: readonly Step[]): Step[] {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const needed = new Set<string>()
  const add = (id: string): void => {
    if (needed.has(id)) return
    needed.add(id)
    for (const parent of Object.values(byId.get(id)?.parents ?? {})) add(parent)
  }
  for (const id of ids) add(id)
  return steps.filter((step) => needed.has(step.id))
}
