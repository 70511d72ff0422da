/** What a plan says of each step before anything runs. */
import { inOrder } from './graph.ts'
import { because } from './because.ts'
import type { Json } from './json.ts'
import { stepKey, type Output, type Step } from './step.ts'

export type Verdict =
  | { readonly word: 'have'; readonly key: string; readonly output: Output }
  /** `because`: which inputs changed, from what to what; empty for a step that never ran. */
  | { readonly word: 'run'; readonly key: string; readonly because: readonly string[] }
  /** Waits for the output of a parent that has to run first. */
  | { readonly word: 'unknown'; readonly waitsFor: readonly string[] }

export interface Judged {
  readonly step: Step
  readonly verdict: Verdict
}

/** What the store knows, handed in so that planning stays pure. */
export interface Knowledge {
  readonly recipe: (step: Step) => Json
  /** The kept output of a key whose parts are all still there; `parents` are the outputs that the step would work with. */
  readonly outputOf: (step: Step, key: string, parents: Readonly<Record<string, Output>>) => Promise<Output | undefined>
  /** Input and parents' digests the last time a step of this id ran. */
  readonly lastInput: (step: Step) => Promise<Json | undefined>
}

export async function judge(steps: readonly Step[], known: Knowledge): Promise<Judged[]> {
  const outputs = new Map<string, Output>()
  const judged: Judged[] = []
  for (const step of inOrder(steps)) {
    const waitsFor = Object.values(step.parents).filter((parent) => !outputs.has(parent))
    if (waitsFor.length > 0) {
      judged.push({ step, verdict: { word: 'unknown', waitsFor } })
      continue
    }
    const parents = parentDigests(step, outputs)
    const key = stepKey(step, known.recipe(step), parents)
    const output = await known.outputOf(step, key, parentOutputs(step, outputs))
    if (output === undefined) {
      const before = await known.lastInput(step)
      judged.push({
        step,
        verdict: {
          word: 'run',
          key,
          because: before === undefined ? [] : because(before, ingredients(step, known.recipe(step), parents)),
        },
      })
    } else {
      outputs.set(step.id, output)
      judged.push({ step, verdict: { word: 'have', key, output } })
    }
  }
  return judged
}

/** Role → output of the parent that plays it. */
export function parentOutputs(step: Step, outputs: ReadonlyMap<string, Output>): Record<string, Output> {
  return Object.fromEntries(
    Object.entries(step.parents).map(([role, id]) => {
      const output = outputs.get(id)
      if (output === undefined) throw new Error(`${step.id} has no output of ${id} yet`)
      return [role, output]
    }),
  )
}

export function parentDigests(step: Step, outputs: ReadonlyMap<string, Output>): Record<string, string> {
  return Object.fromEntries(Object.entries(parentOutputs(step, outputs)).map(([role, output]) => [role, output.digest]))
}

/** What is compared to say why a step runs. */
export function ingredients(step: Step, recipe: Json, parents: Readonly<Record<string, string>>): Json {
  return { input: step.input, recipe, parents }
}
