/** What stacking takes and gives (stack.ts). */
import type { Problem } from '../config/problem.ts'
import type { Assign } from './language/assignments.ts'

/** One file of assignments of a piece. */
export interface AssignmentFile {
  /** In the configuration directory. */
  readonly file: string
  /** In order; what the file sources stands where its `source` stood. */
  readonly assignments: readonly PlacedAssignment[]
}

export interface PlacedAssignment extends Assign {
  /** Where it really stands: what is sourced stands in another file. */
  readonly file: string
}

/** What one piece says of one variable. */
export interface VariableStep {
  readonly name: string
  /** Index of the piece in the stack. */
  readonly piece: number
  readonly file: string
  readonly line: number
  /** With what could be expanded expanded. */
  readonly value: string
  /** The words it adds and takes away, or undefined where the value replaces what was there. */
  readonly words: readonly string[] | undefined
  /** The value goes on from what the variable was: it refers to its own name. */
  readonly extends: boolean
}

export interface Stacked {
  /** The composed file. */
  readonly text: string
  /** In the order of the pieces; of several assignments in one piece the last. */
  readonly steps: readonly VariableStep[]
  readonly problems: readonly Problem[]
  /** What `${NAME}` means behind it, for the file that Portage reads next. */
  readonly known: KnownValues
}

export interface StackOptions {
  /** The file is the last profile's make.defaults, and no make.conf. */
  readonly inProfile?: boolean
  /** What the file that Portage reads before has left. */
  readonly known?: KnownValues
}

export type KnownValues = ReadonlyMap<string, Value>

/** A value as far as it can be known here. */
export interface Value {
  /** For people. */
  readonly text: string
  /** What Portage reads as that text: `$` and `\` escaped, `${NAME}` where only Portage knows the value. */
  readonly written: string
  /** The names that only Portage knows. */
  readonly open: readonly string[]
  /** A list that begins with the profile's own words: `FEATURES="${FEATURES} x"` where no piece has set it before. */
  readonly continues: boolean
  /** A name whose value can be written here no more. */
  readonly lost: string | undefined
}
