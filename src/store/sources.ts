/** What the sources were when Portage had verified them: a file that is another one since then is not handed out. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from '../system/hash.ts'
import { writeWhole } from '../system/files.ts'
import type { Layout } from './layout.ts'
import { readSealed, sealed } from './sealed.ts'

/** Name → `sha256` hex. */
type Sums = Readonly<Record<string, string>>

type Places = Pick<Layout, 'distfiles' | 'sources'>

/** Notes sources that Portage has just verified; what is gone by now is not noted any more. */
export async function noteSources(layout: Places, names: readonly string[]): Promise<void> {
  const there = new Set(await readdir(layout.distfiles))
  const sums = new Map(Object.entries(await readSums(layout)).filter(([name]) => there.has(name)))
  for (const name of names) if (there.has(name)) sums.set(name, await sumOf(layout, name))
  const sorted = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))
  await writeWhole(layout.sources, sealed(Object.fromEntries(sorted)))
}

/** Of these sources those that are not what was noted, or were never noted. */
export async function changedSources(layout: Places, names: readonly string[]): Promise<string[]> {
  const sums = await readSums(layout)
  const changed: string[] = []
  for (const name of names)
    if (sums[name] === undefined || (await sumOf(layout, name)) !== sums[name]) changed.push(name)
  return changed
}

async function readSums(layout: Places): Promise<Sums> {
  const read = await readSealed<Sums>(layout.sources)
  return read === undefined || read === 'damaged' ? {} : read
}

async function sumOf({ distfiles }: Places, name: string): Promise<string> {
  const path = join(distfiles, name)
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
  return isFile ? hashFile(path, 'sha256') : 'none'
}
