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
  for (const name of new Set(names)) if (there.has(name)) sums.set(name, await sumOf(layout, name))
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

/** A source, and its digest in a Manifest: of SHA512, or of BLAKE2B where that is the only one. */
export type WantedSource = readonly [name: string, digest: string]

/** Whether all of these are there, and are what their Manifests want. */
export async function areAsWanted(layout: Places, wanted: readonly WantedSource[]): Promise<boolean> {
  const there = new Set(await readdir(layout.distfiles))
  if (!wanted.every(([name]) => there.has(name))) return false
  // Packages of one project may share theirs.
  for (const [name, digest] of new Map(wanted.map((one) => [one.join(' '), one])).values()) {
    const path = join(layout.distfiles, name)
    if (!(await isFile(path))) return false
    // The two are as long as each other: which one it is, only trying tells.
    if ((await hashFile(path, 'sha512')) !== digest && (await hashFile(path, 'blake2b512')) !== digest) return false
  }
  return true
}

async function readSums(layout: Places): Promise<Sums> {
  const read = await readSealed<Sums>(layout.sources)
  return read === undefined || read === 'damaged' ? {} : read
}

async function sumOf({ distfiles }: Places, name: string): Promise<string> {
  const path = join(distfiles, name)
  return (await isFile(path)) ? hashFile(path, 'sha256') : 'none'
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
