/** docs/speed.md keeps the latest figures, each measurement's between two marks. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from '../../src/system/files.ts'
import { markdownTable, type Bench } from './table.ts'

export const PAGE = 'docs/speed.md'

/** In this order, for what one builds the next ones use. */
export const MEASUREMENTS = ['check', 'packing', 'pipeline', 'nothing', 'flag', 'assembling', 'ten', 'fleet'] as const

export type Name = (typeof MEASUREMENTS)[number]

export const marks = (name: Name) => ({ begin: `<!-- bench ${name} -->`, end: `<!-- end ${name} -->` })

/** Replaces what was measured; what was not stays. */
export async function writePage(root: string, machine: string, benches: ReadonlyMap<Name, Bench>): Promise<void> {
  const path = join(root, PAGE)
  const day = new Date().toISOString().slice(0, 10)
  const page = [...benches].reduce(
    (text, [name, bench]) => withFigures(text, name, `${markdownTable(bench)}\n\n${day}; ${machine}.`),
    await readFile(path, 'utf8'),
  )
  await writeWhole(path, page)
}

/** @throws Error where the page has no place for it */
export function withFigures(page: string, name: Name, figures: string): string {
  const { begin, end } = marks(name)
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the figures of ${name}: ${begin} … ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${figures}\n\n${page.slice(to)}`
}
