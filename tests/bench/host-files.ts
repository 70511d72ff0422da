/** A tree as a stage has them: programs, libraries, texts and headers of this host, up to a size. */
import { access, constants, readdir, lstat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { programSource } from '../../src/system/stream.ts'

/** Each gives an equal part, if it has that much. */
const FOLDERS = ['/usr/bin', '/usr/lib', '/usr/share', '/usr/include']

export interface HostFiles {
  readonly count: number
  readonly bytes: number
  /** A tar of them. */
  readonly tar: () => Readable
}

/** @param list a path for the list of their names */
export async function hostFiles(atMost: number, list: string): Promise<HostFiles> {
  const found: string[] = []
  let bytes = 0
  for (const [index, folder] of FOLDERS.entries()) {
    const enough = (atMost * (index + 1)) / FOLDERS.length
    for await (const { path, size } of filesBelow(folder)) {
      if (bytes + size > enough) continue
      bytes += size
      found.push(path)
      if (bytes > enough - 4096) break
    }
  }
  await writeFile(list, found.map((path) => `${path.slice(1)}\0`).join(''))
  const tar = () => programSource(['tar', '--create', '--file=-', '--directory=/', '--null', `--files-from=${list}`])
  return { count: found.length, bytes, tar }
}

async function* filesBelow(folder: string): AsyncGenerator<{ path: string; size: number }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isSymbolicLink() || (entry.isFile() && (await isReadable(path))))
      yield { path, size: (await lstat(path)).size }
  }
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
}
