import { CommanderError } from 'commander'
import { EXIT, UserError, type ExitCode } from '../errors.ts'
import { saysFull } from '../system/disk.ts'
import { refusedBySystem } from '../system/refused.ts'
import { visible } from '../visible.ts'
import { withoutEscapes } from './text.ts'

export interface FormattedError {
  /** Ends with a newline. */
  readonly text: string
  readonly exit: ExitCode
}

/** What `--json` gives in the place of a result. */
export interface ErrorValue {
  readonly error: {
    /** A UserError's own, `bad-call` for an unknown command or option, `bug` for everything else. */
    readonly code: string
    readonly message: string
    readonly hint?: string
    /** What is wrong in the configuration directory, where that is the error. */
    readonly problems?: readonly object[]
  }
}

const MAKE_ROOM = 'make room on that file system; gentoomuch clean --dry-run says what nothing needs'

/** Undefined for what ends the program and is no error: help and version. */
export function errorJson(error: unknown): ErrorValue | undefined {
  if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : badCall(error)
  if (error instanceof UserError) {
    const { code, message, hint, problems }: UserError & { readonly problems?: readonly object[] } = error
    return {
      error: {
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(problems === undefined ? {} : { problems }),
      },
    }
  }
  if (isAbort(error)) return { error: { code: 'interrupted', message: 'Interrupted.' } }
  const refused = refusedBySystem(error)
  if (refused !== undefined)
    return { error: { code: 'file-system', message: refused, ...(saysFull(error) ? { hint: MAKE_ROOM } : {}) } }
  return { error: { code: 'bug', message: error instanceof Error ? error.message : String(error) } }
}

function badCall({ code, message }: CommanderError): ErrorValue {
  const said = code === 'commander.help' ? 'A command was wanted.' : message.replace(/^error: /, '')
  return { error: { code: 'bad-call', message: said } }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** For the one error boundary: what the user can mend in words, everything else as the bug of ours that it is. */
export function formatError(error: unknown, verbose: boolean): FormattedError {
  if (error instanceof UserError) return { text: userText(error, verbose), exit: error.exit }
  if (isAbort(error)) return { text: 'Interrupted.\n', exit: EXIT.interrupted }
  const refused = refusedBySystem(error)
  if (refused !== undefined) {
    const hint = saysFull(error) ? `  hint: ${MAKE_ROOM}\n` : ''
    return { text: `error: ${refused}\n${hint}`, exit: EXIT.buildFailed }
  }
  return { text: bugText(error), exit: EXIT.buildFailed }
}

function userText(error: UserError, verbose: boolean): string {
  if (error.exit === EXIT.interrupted) return `${cleaned(error.message)}\n`
  const lines = [`error: ${indented(error.message)}`]
  for (const cause of causes(error)) {
    const words = cause instanceof Error ? cause.message : String(cause)
    if (!error.message.includes(words)) lines.push(`  because: ${indented(words)}`)
  }
  if (error.hint !== undefined) lines.push(`  hint: ${indented(error.hint)}`)
  if (verbose) lines.push(`  code: ${error.code}`, ...stackOf(error))
  return `${lines.join('\n')}\n`
}

function bugText(error: unknown): string {
  const lines = [
    'This is a bug in Gentoomuch, not a mistake of yours. Please report it with these lines:',
    ...stackOf(error),
  ]
  for (const cause of causes(error)) lines.push('caused by:', ...stackOf(cause))
  return `${lines.join('\n')}\n`
}

/** The causes below an error, outermost first; an error that is its own cause ends the list. */
function causes(error: unknown): unknown[] {
  const found: unknown[] = []
  let at: unknown = error
  while (at instanceof Error) {
    const below: readonly unknown[] =
      at instanceof AggregateError ? at.errors : at.cause === undefined ? [] : [at.cause]
    const fresh = below.filter((cause) => cause !== error && !found.includes(cause))
    found.push(...fresh)
    at = fresh[0]
  }
  return found
}

function stackOf(error: unknown): string[] {
  return (error instanceof Error ? (error.stack ?? error.message) : String(error))
    .split('\n')
    .map((line) => `  ${cleaned(line)}`)
}

function indented(text: string): string {
  return text.trimEnd().split('\n').map(cleaned).join('\n    ')
}

/** One line: programs' colours away, what else would draw on a terminal escaped. */
function cleaned(line: string): string {
  return visible(withoutEscapes(line).replace(/\r+$/u, '').replaceAll('\t', '  '))
}
