/** Files of the host: they appear whole or not at all. */
import { randomUUID } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../errors.ts'

/** Writes a file whole: temporary name beside it, fsync, rename, fsync of the folder. Makes the folder if it is missing. */
export async function writeWhole(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const folder = dirname(path)
  await makeFolder(folder)
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`)
  await takePlace(temporary, path, async () => {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
  await syncFolder(folder)
}

/** What `make` puts at `temporary` is renamed to `path` when it is complete; where that fails, nothing is left of it. */
export async function takePlace(temporary: string, path: string, make: () => Promise<void>): Promise<void> {
  try {
    await make()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
}

/**
 * Makes a folder and those above it where they are missing. Node's own recursive mkdir says of a full disk that the folder
 * does not exist.
 * @throws NoFolder where something else is in the way
 */
export async function makeFolder(path: string): Promise<void> {
  if (await makeOne(path)) return
  await makeFolder(dirname(path))
  // There are places that have no room for folders of ours: /proc.
  if (!(await makeOne(path))) throw new NoFolder(path, `${dirname(path)} takes none`)
}

/** @returns whether it is there now; false where what should be above it is not */
async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(path) !== path) return false
    if (code === 'ENOTDIR') throw new NoFolder(path, 'something above it is no folder')
    if (code === 'ELOOP') throw new NoFolder(path, 'links on the way to it lead back to themselves')
    if (code !== 'EEXIST') throw error
    const there = await stat(path).catch((gone: NodeJS.ErrnoException) => {
      if (isMissing(gone) || gone.code === 'ELOOP') return undefined
      throw gone
    })
    if (there?.isDirectory() === true) return true
    throw new NoFolder(path, there === undefined ? 'it is a link to nowhere' : 'there is something else')
  }
}

/** Something else is where a folder was wanted. */
export class NoFolder extends UserError {
  constructor(path: string, why: string) {
    super('no-folder', `A folder was wanted at ${path}, and none can be made: ${why}.`)
  }
}

/** And no link to one. */
export function isFolderItself(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Whether an error is that a file or folder could not be read, made or written. */
export function isOfFiles(error: unknown): boolean {
  return error instanceof NoFolder || (error instanceof Error && 'syscall' in error)
}

/** Makes renames inside a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  await syncFile(folder)
}

/** Makes a file's bytes survive a power cut. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The text of a file, or undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Names in a folder; none where there is none. One that cannot be listed is not an empty one: what no record has is removed. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** What lies in a folder: names and bytes. */
export async function filesIn(folder: string): Promise<Record<string, number>> {
  const names = (await readdir(folder)).toSorted()
  const entries = names.map(async (name) => [name, (await stat(join(folder, name))).size] as const)
  return Object.fromEntries(await Promise.all(entries))
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}
