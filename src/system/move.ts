/** Moving a finished folder to its place, where it appears whole, also from another file system (scratch on a tmpfs). */
import { randomUUID } from 'node:crypto'
import { chmod, copyFile, cp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isMissing, makeFolder, syncFile, syncFolder, takePlace } from './files.ts'

/** What an interrupted move may leave beside its target; `sweepMoves` removes it. */
const UNFINISHED = '.unfinished-'

/** By rename; where that cannot be, by a copy that is renamed when it is complete. The target must not exist. */
export async function moveFolder(from: string, target: string): Promise<void> {
  await chmod(from, 0o755)
  await syncFiles(from)
  const home = dirname(target)
  try {
    await rename(from, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await copyWhole(from, target)
    await rm(from, { recursive: true, force: true })
  }
  await syncFolder(home)
}

/** The same, in the place of what is there: for what can be made again, since for a moment neither is there. */
export async function replaceFolder(from: string, target: string): Promise<void> {
  await makeFolder(dirname(target))
  await removeFolder(target)
  await moveFolder(from, target)
}

/** Removes a finished folder, or whatever else has its name: it is gone at once, or all of it is still there. Follows no link. */
export async function removeFolder(target: string): Promise<void> {
  const aside = unfinishedBeside(target)
  try {
    await rename(target, aside)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  await rm(aside, { recursive: true, force: true })
}

/** The same for one file; a file of that name is replaced. */
export async function moveFile(from: string, target: string): Promise<void> {
  try {
    await rename(from, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    const copy = unfinishedBeside(target)
    await takePlace(copy, target, () => copyFile(from, copy))
    await rm(from)
  }
}

/** Removes what killed moves left in a folder. */
export async function sweepMoves(home: string): Promise<void> {
  const left = (await readdir(home)).filter((name) => name.startsWith(UNFINISHED))
  await Promise.all(left.map((name) => rm(join(home, name), { recursive: true, force: true })))
}

/** A temporary name in the folder of `target`, for `sweepMoves` to know. */
export function unfinishedBeside(target: string): string {
  return join(dirname(target), `${UNFINISHED}${basename(target).slice(0, 40)}-${randomUUID()}`)
}

async function copyWhole(from: string, target: string): Promise<void> {
  const copy = unfinishedBeside(target)
  await takePlace(copy, target, async () => {
    await cp(from, copy, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      errorOnExist: true,
      force: false,
    })
    await chmod(copy, 0o755)
    await syncFiles(copy)
  })
}

async function syncFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await syncFiles(path)
    else if (entry.isFile()) await syncFile(path)
  }
  await syncFolder(folder)
}
