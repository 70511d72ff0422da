/**
 * What the user can mend, as an error: the boundary in `cli.ts` prints it without a stack trace and exits with `exit`.
 * Every other Error is a bug of ours.
 */
export type ExitCode = 1 | 2 | 3 | 130

export const EXIT = { buildFailed: 1, badCall: 2, untrusted: 3, interrupted: 130 } as const

export interface UserErrorDetails {
  /** What to do about it, one sentence or a command line. */
  readonly hint?: string
  readonly cause?: unknown
  /** Exit code of the program; 2 (the call or the configuration is wrong) unless told. */
  readonly exit?: ExitCode
}

export class UserError extends Error {
  override readonly name = 'UserError'
  readonly code: string
  readonly hint: string | undefined
  readonly exit: ExitCode

  /** @param code stable and machine-readable, lower-case words joined by dashes (`unknown-profile`) */
  constructor(code: string, message: string, details: UserErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.exit = details.exit ?? EXIT.badCall
  }
}

/** The run was asked to stop (Ctrl-C, SIGTERM). Never reported as a failure of a step. */
export class Interrupted extends UserError {
  constructor() {
    super('interrupted', 'Interrupted.', { exit: EXIT.interrupted })
  }
}
