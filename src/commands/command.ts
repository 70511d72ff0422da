/**
 * What every command file gives: its words, its options, and a function from arguments to data. `run` loads what it works
 * with, so that help answers at once.
 */
import type { Command } from 'commander'
import type { Json } from '../plan/json.ts'
import type { Context } from './context.ts'

export interface Answer {
  /** For `--json`. */
  readonly json: Json
  /** The result for people, on standard output; nothing where progress has said it all. */
  readonly text?: string
  /** What people should know of it, a sentence on standard error; `--json` has it in its value. */
  readonly notice?: string | undefined
  /** The program's exit status, 0 unless told: one of `ExitCode`, or a command's own (`freshroot`). */
  readonly exit?: number
}

export interface CommandFile {
  /** Adds arguments, options and examples. */
  declare(command: Command): void
  run(context: Context, args: readonly unknown[], options: Readonly<Record<string, unknown>>): Promise<Answer>
}
