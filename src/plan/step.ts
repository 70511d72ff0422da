/** Steps: what is to be made, from what. Pure data; `execute/` knows how. */
import { digestOf, type Json } from './json.ts'

export type StepKind =
  'seed' | 'repository' | 'cache' | 'builder' | 'resolve' | 'fetch' | 'compile' | 'root' | 'finish' | 'pack' | 'sign'

export interface Step {
  /** `kind:name`, unique in a graph. */
  readonly id: string
  readonly kind: StepKind
  /** For people: "compile router". */
  readonly label: string
  /** All that the step's handler may know besides its parents' outputs. */
  readonly input: Json
  /** Where the user wrote what the input says, for the words of a failure. What is made must not depend on it: it is in no key. */
  readonly about?: Json
  /** Role in this step → id of the step whose output plays it. */
  readonly parents: Readonly<Record<string, string>>
}

/** What a step made. */
export interface Output {
  /** `sha256` hex of what was made, not of how: parents count by it. */
  readonly digest: string
  /** Where it is and what it says of itself; plain data, kept in the store. */
  readonly value: Json
  /** A short fact worth reading. */
  readonly summary?: string | undefined
}

/**
 * @param recipe what the handler itself brings in: argv, mounts, environment, digests of its programs
 * @param parents role → digest of that parent's output
 */
export function stepKey(
  step: Pick<Step, 'kind' | 'input'>,
  recipe: Json,
  parents: Readonly<Record<string, string>>,
): string {
  return digestOf({ kind: step.kind, input: step.input, recipe, parents })
}
