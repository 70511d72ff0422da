/** When a repository is from, in its own words, and what webrsync calls a snapshot of that time. Pure. */

/** Where a repository says it, the best first. */
export const TIMESTAMPS = ['metadata/timestamp.x', 'metadata/timestamp.chk'] as const

const DAY = 86_400

/**
 * Epoch seconds. `timestamp.x`: seconds, then the same in words (emerge-webrsync, 3.0.83). `timestamp.chk`: a date as mails
 * have it, in UTC (`portage.const.TIMESTAMP_FORMAT`).
 * @param files texts of those of TIMESTAMPS that are there
 */
export function timeOfRepository(files: ReadonlyMap<string, Uint8Array>): number | undefined {
  const textOf = (name: (typeof TIMESTAMPS)[number]) => Buffer.from(files.get(name) ?? []).toString('latin1')
  const [, seconds] = /^(0|[1-9]\d{0,11})(?:\s|$)/.exec(textOf('metadata/timestamp.x')) ?? []
  if (seconds !== undefined) return Number(seconds)
  const [line = ''] = textOf('metadata/timestamp.chk').trim().split('\n')
  const date = /^\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/.test(line) ? Date.parse(line) : Number.NaN
  return Number.isNaN(date) ? undefined : date / 1000
}

/** The one `TIMESTAMP 2026-01-15T00:45:01Z` of a top-level Manifest (GLEP 74), epoch seconds. */
export function timeOfManifest(text: string): number | undefined {
  const [found, ...more] = text.split('\n').filter((line) => line.startsWith('TIMESTAMP '))
  const [, written] = /^TIMESTAMP (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\s*$/.exec(found ?? '') ?? []
  const time = written === undefined || more.length > 0 ? Number.NaN : Date.parse(written)
  return Number.isNaN(time) ? undefined : time / 1000
}

/** `gentoo`, `20260115` → the file on a mirror. */
export function snapshotFile(repository: string, day: string): string {
  return `${repository}-${day}.tar.xz`
}

/** The day in a file's name; undefined for what has none. */
export function dayOfFile(repository: string, file: string): string | undefined {
  const day = file.startsWith(`${repository}-`) ? file.slice(repository.length + 1) : ''
  return /^(\d{8})\.tar\.xz$/.exec(day)?.[1]
}

/** Epoch seconds → `20260115`, in UTC. */
export function dayOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 10).replaceAll('-', '')
}

/** Epoch seconds as sentences have them, those of no calendar too. */
export function timeText(time: number): string {
  const date = new Date(time * 1000)
  return Number.isNaN(date.getTime()) ? `second ${time}` : date.toISOString()
}

/** `20260115` → epoch seconds of its beginning; undefined for what is no day. */
export function startOfDay(day: string): number | undefined {
  const [, year, month, date] = /^(\d{4})(\d\d)(\d\d)$/.exec(day) ?? []
  const at = Date.UTC(Number(year), Number(month) - 1, Number(date)) / 1000
  return Number.isNaN(at) || dayOf(at) !== day ? undefined : at
}

/**
 * Days that a mirror may call a snapshot of that time: that of a day is made in the first hour of the next one
 * (emerge-webrsync, 3.0.83).
 */
export function daysFor(time: number): readonly string[] {
  return [dayOf(time - DAY), dayOf(time)]
}

/** Whether a snapshot may be of that time: within two days from the beginning of its day, as Portage asks. */
export function isOfDay(time: number, day: string): boolean {
  const start = startOfDay(day)
  return start !== undefined && time >= start && time <= start + 2 * DAY
}
