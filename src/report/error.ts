import { EXIT, UserError, type ExitCode } from '../errors.ts'

export interface FormattedError {
  /** Ends with a newline. */
  readonly text: string
  readonly exit: ExitCode
}

/** For the one error boundary: what the user can mend in words, everything else as the bug of ours that it is. */
export function formatError(error: unknown, verbose: boolean): FormattedError {
  if (error instanceof UserError) return { text: userText(error, verbose), exit: error.exit }
  if (error instanceof Error && error.name === 'AbortError') return { text: 'Interrupted.\n', exit: EXIT.interrupted }
  return { text: bugText(error), exit: EXIT.buildFailed }
}

function userText(error: UserError, verbose: boolean): string {
  if (error.exit === EXIT.interrupted) return `${error.message}\n`
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
    .map((line) => `  ${line}`)
}

function indented(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n    ')
}
