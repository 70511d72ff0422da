/** States of days to come. */
import type { RepositorySource } from './repository-source.ts'
import { timeText } from './snapshot-time.ts'
import { distrust } from './trust.ts'
import { DAY } from './trust-keys.ts'
import { CLOCK } from './trust-refusals.ts'

/**
 * Clocks differ by some hours. Once such a state was locked, every newer one would be refused as older.
 * @param time epoch seconds
 * @throws UserError `repository-future`, exit 3
 */
export function demandPast({ name }: Pick<RepositorySource, 'name'>, time: number, now = Date.now() / 1000): void {
  if (time <= now + DAY) return
  const message = `The state of ${name} that was found is from ${timeText(time)}, a time that is yet to come.`
  throw distrust('repository-future', message, CLOCK)
}
