/** A step that failed because something inside it did: with all that its reader needs. */
import { EXIT, UserError } from '../errors.ts'
import type { Failure } from '../events.ts'
import { refusedBySystem } from '../system/refused.ts'

export class StepFailure extends UserError {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.code, failure.message, {
      exit: EXIT.buildFailed,
      ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    })
    this.failure = failure
  }
}

/** Any error as a failure that can be reported. */
export function asFailure(error: unknown): Failure {
  if (error instanceof StepFailure) return error.failure
  if (error instanceof UserError) {
    const { code, message, hint, exit } = error
    return { code, message, exit, ...(hint === undefined ? {} : { hint }) }
  }
  const refused = refusedBySystem(error)
  if (refused !== undefined) return { code: 'file-system', message: refused }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'bug', message: `This is a bug in gentoomuch: ${message}` }
}

/** What the program exits with: 3 when something could not be trusted, 1 for every other failure. */
export function exitOf(failures: Iterable<Failure>): 1 | 3 {
  for (const failure of failures) if (failure.exit === EXIT.untrusted) return EXIT.untrusted
  return EXIT.buildFailed
}
