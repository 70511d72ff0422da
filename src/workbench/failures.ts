import { UserError } from '../errors.ts'
import { exitOf } from '../execute/failure.ts'
import type { Result } from '../execute/scheduler.ts'

/** Steps report their failures themselves; what is left is to say that the run failed, and how many. */
export function failIfAny(result: Pick<Result, 'failures'>): void {
  const count = result.failures.size
  if (count === 0) return
  throw new UserError('build-failed', count === 1 ? 'One step failed.' : `${count} steps failed.`, {
    exit: exitOf(result.failures.values()),
  })
}
