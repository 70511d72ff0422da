/** What steps are about to work with is verified first: what is damaged is forgotten, named, and made again. */
import type { Output, Step } from '../plan/step.ts'
import { parentOutputs, type Judged } from '../plan/verdict.ts'
import { treesIn } from '../store/points-at.ts'
import { HANDLERS } from './handlers.ts'
import { judgeSteps } from './realise.ts'
import type { Run } from './run.ts'
import { toolsFor } from './tools.ts'

/** Steps judged with nothing damaged in use. @param wanted ids of steps whose outputs the caller works with itself */
export async function judgeWhole(steps: readonly Step[], run: Run, wanted: readonly string[] = []): Promise<Judged[]> {
  for (;;) {
    const judged = await judgeSteps(steps, run)
    const damaged = await damagedIn(judged, wanted, run)
    if (damaged.length === 0) return judged
    for (const { step, key } of damaged) {
      run.emit({
        type: 'note',
        level: 'warning',
        text: `What is kept of "${step.label}" was damaged; it is made again.`,
      })
      await run.steps.forget(key)
    }
    const records = await run.steps.all()
    await run.openEngine.prune(records.flatMap(({ output }) => treesIn(output)))
  }
}

interface Kept {
  readonly step: Step
  readonly key: string
  readonly output: Output
}

async function damagedIn(judged: readonly Judged[], wanted: readonly string[], run: Run): Promise<Kept[]> {
  const outputs = new Map<string, Output>()
  const kept: Kept[] = []
  for (const { step, verdict } of judged)
    if (verdict.word === 'have') {
      outputs.set(step.id, verdict.output)
      kept.push({ step, key: verdict.key, output: verdict.output })
    }
  const used = usedOf(judged, wanted)
  const damaged: Kept[] = []
  for (const one of kept.filter(({ step }) => used.has(step.id))) {
    const { tools, release } = await toolsFor(one.step, run)
    const work = { step: one.step, key: one.key, parents: parentOutputs(one.step, outputs) }
    const isWhole = (await HANDLERS[one.step.kind].isWhole?.(one.output, work, tools)) ?? true
    await release()
    if (!isWhole) damaged.push(one)
  }
  return damaged
}

/** Ids of the steps that others which run have as a parent. */
function usedOf(judged: readonly Judged[], wanted: readonly string[]): ReadonlySet<string> {
  const running = judged.filter(({ verdict }) => verdict.word !== 'have')
  return new Set([...wanted, ...running.flatMap(({ step }) => Object.values(step.parents))])
}
