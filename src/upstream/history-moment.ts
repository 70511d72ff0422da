/** What `sync --to` names: a day, a time, or a revision. Pure. */
import { startOfDay } from './snapshot-time.ts'

export type Moment =
  | {
      /** The state of that time: the newest that is not later. */
      readonly kind: 'date'
      /** Epoch seconds. */
      readonly until: number
      /** `20260115` */
      readonly day: string
    }
  | {
      readonly kind: 'revision'
      /** At least seven hex digits of its id. */
      readonly prefix: string
    }

/**
 * `2026-01-15`, `20260115`: the end of that day, UTC. `2026-01-15T12:00`, `2026-01-15T12:00:00+01:00`: that time, UTC unless
 * told. Seven hex digits or more: a revision. Eight digits that are a day are a day.
 * @returns undefined for anything else
 */
export function parseMoment(text: string): Moment | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? []
  const day = `${year}${month}${date}`
  const start = startOfDay(day)
  if (start !== undefined) return { kind: 'date', until: start + 86_399, day }
  const [, on, clock, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)([Zz]|[+-]\d\d:?\d\d)?$/.exec(text) ?? []
  if (on !== undefined && startOfDay(on.replaceAll('-', '')) !== undefined) {
    const until = Date.parse(`${on}T${clock}${zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`) / 1000
    if (Number.isNaN(until)) return undefined
    return { kind: 'date', until, day: new Date(until * 1000).toISOString().slice(0, 10).replaceAll('-', '') }
  }
  return /^[0-9a-f]{7,40}$/i.test(text) ? { kind: 'revision', prefix: text.toLowerCase() } : undefined
}
