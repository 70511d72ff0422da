/** What a sync brings, in words. Pure. */
import type { RepositoryChanges } from '../../upstream/changes.ts'
import { visible } from '../../visible.ts'
import type { Synced } from './sync.ts'

/** Packages shown by name; a month of Gentoo changes thousands. */
const SHOWN = 40

/** @param all every package, however many */
export function syncedLines(synced: readonly Synced[], all: boolean): string[] {
  return synced.flatMap((one) => [headOf(one), ...(one.changes === undefined ? [] : changesLines(one.changes, all))])
}

function headOf({ name, from, to, time }: Synced): string {
  const at = new Date(time * 1000).toISOString().replace(/\.\d+/, '')
  if (from === to) return `${name} is still at ${to} (${at})`
  return from === undefined ? `${name} is at ${to} (${at})` : `${name} went from ${from} to ${to} (${at})`
}

export function changesLines(changes: RepositoryChanges, all: boolean): string[] {
  const { packages, eclasses, profiles } = changes
  const shown = all ? packages : packages.slice(0, SHOWN)
  const lines = shown.map(({ name, added, removed, changed }) => {
    const parts = [
      ...(added.length > 0 ? [`new ${added.join(', ')}`] : []),
      ...(changed.length > 0 ? [`changed ${changed.join(', ')}`] : []),
      ...(removed.length > 0 ? [`gone ${removed.join(', ')}`] : []),
    ]
    return `  ${visible(name)}: ${visible(parts.join('; ') || 'other files')}`
  })
  return [
    ...lines,
    ...(shown.length < packages.length
      ? [`  … and ${packages.length - shown.length} packages more (-v shows all)`]
      : []),
    ...(eclasses.length > 0 ? [`  eclasses: ${visible(eclasses.join(', '))}`] : []),
    ...(profiles ? ['  profiles'] : []),
  ]
}
