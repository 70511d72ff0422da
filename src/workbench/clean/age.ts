/** Spans of time as people write them on a command line. */
import { UserError } from '../../errors.ts'

const HOUR = 60 * 60 * 1000
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR, w: 7 * 24 * HOUR }

/** `12h`, `30d`, `2w` → milliseconds. @throws UserError `bad-age` */
export function parseAge(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? []
  const length = UNITS[unit]
  if (length !== undefined) return Number(count) * length
  throw new UserError('bad-age', `An age such as 12h, 30d or 2w was wanted; found ${JSON.stringify(text)}.`, {
    hint: 'h are hours, d days, w weeks',
  })
}
