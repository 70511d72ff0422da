/** What clean found, in words. Pure. */
import { size } from '../../report/size.ts'
import { visible } from '../../visible.ts'
import type { Cleaned } from './clean.ts'
import type { Item } from '../../execute/clean/measure.ts'

const WORDS: Readonly<Record<Item['what'], string>> = {
  tree: 'trees',
  package: 'binary packages',
  packed: 'packed tarballs',
  stage3: 'stage3s',
  source: 'sources',
  download: 'unfinished downloads',
  cache: 'metadata caches',
  index: 'indexes of repositories',
  mirror: 'mirrors of repositories',
  snapshot: 'snapshots of repositories',
  log: 'logs of runs',
  container: 'failed containers, kept for a shell',
  record: 'records of steps',
  note: 'notes on steps',
}

/** A line for each kind of thing and reason, what takes most first. */
export function itemLines(items: readonly Item[]): string[] {
  const rows = new Map<string, { what: string; count: number; bytes: number; isKnown: boolean; why: string }>()
  for (const { what, why, bytes } of items) {
    const row = rows.get(`${what} ${why}`) ?? { what: WORDS[what], count: 0, bytes: 0, isKnown: false, why }
    rows.set(`${what} ${why}`, row)
    row.count++
    row.bytes += bytes ?? 0
    row.isKnown ||= bytes !== undefined
  }
  const sorted = [...rows.values()].toSorted((a, b) => b.bytes - a.bytes || (a.what < b.what ? -1 : 1))
  const cells = sorted.map(
    (row) => [row.what, String(row.count), row.isKnown ? size(row.bytes) : '?', row.why] as const,
  )
  const table = [['what', 'number', 'on disk', 'why'] as const, ...cells]
  const width = (column: 0 | 1 | 2) => Math.max(...table.map((row) => row[column].length))
  return table.map(
    ([what, count, bytes, why]) =>
      `${what.padEnd(width(0))}  ${count.padStart(width(1))}  ${bytes.padStart(width(2))}  ${why}`,
  )
}

/** @param all names every thing */
export function cleanedText(cleaned: Cleaned, all: boolean): string {
  const { items, bytes, removed } = cleaned
  if (items.length === 0) return ['Nothing is here that is not needed.', ...leftLines(cleaned)].join('\n')
  const names = all ? items.map(itemLine) : []
  const sum = removed ? `${size(bytes)} freed.` : `${size(bytes)} could be freed; nothing was removed.`
  return [...itemLines(items), ...names, sum, ...leftLines(cleaned)].join('\n')
}

function itemLine({ what, name, of, path, bytes }: Item): string {
  const known = [...(of === undefined ? [] : [of]), path ?? name].map(visible).join('  ')
  return `${WORDS[what]}: ${known}  ${bytes === undefined ? '?' : size(bytes)}`
}

const SHOWN = 5

/** What lies among our things and is not ours. */
function leftLines({ strange, strangeSources }: Cleaned): string[] {
  const some = (names: readonly string[]) =>
    `${names.slice(0, SHOWN).map(visible).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`
  return [
    ...(strange.length === 0 ? [] : [`Left alone, since they are not ours: ${some(strange)}.`]),
    ...(strangeSources.length === 0
      ? []
      : [`Left alone in distfiles, since no step asked for them: ${some(strangeSources)}.`]),
  ]
}
