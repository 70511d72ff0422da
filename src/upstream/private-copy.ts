/** A file of somebody else's, taken into a folder of our own: what is verified is what is used, whatever happens outside. */
import { constants } from 'node:fs'
import { chmod, copyFile, lstat, open, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Interrupted, UserError } from '../errors.ts'
import { isMissing } from '../system/files.ts'

/**
 * Copies a regular file (a clone of the blocks where the file system can); one that lies in `to` already is used as it is.
 * Never waits for a pipe or reads a device. Gives the path, `to/name`.
 * @param to a private, existing folder
 * @param what for the sentence: "the stage3"
 * @throws UserError `stage3-missing` (exit 2) for what is no file that can be read
 */
export async function takeIn(
  from: string,
  to: string,
  name: string,
  what: string,
  signal: AbortSignal,
): Promise<string> {
  if (name !== basename(name) || name === '' || name === '.' || name === '..')
    throw new Error(`not a file name: ${name}`)
  if (signal.aborted) throw new Interrupted()
  const copy = join(to, name)
  if (await liesIn(from, to)) {
    if (basename(from) !== name) await rename(from, copy)
    return copy
  }
  const handle = await openToRead(from, what)
  try {
    if (!(await handle.stat()).isFile()) throw missing(`${from} is not a file`, what)
    await rm(copy, { force: true })
    // By the open file: the path may lead elsewhere by now.
    await copyFile(`/proc/self/fd/${handle.fd}`, copy, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  } finally {
    await handle.close()
  }
  await chmod(copy, 0o644)
  return copy
}

async function openToRead(path: string, what: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (isMissing(error)) throw missing(`There is no file ${path}`, what)
    if (code === 'EACCES' || code === 'EPERM') throw missing(`${path} may not be read`, what)
    if (code === 'ELOOP') throw missing(`${path} is a link that leads nowhere`, what)
    // A socket, or a device without a driver.
    if (code === 'ENXIO' || code === 'ENODEV') throw missing(`${path} is not a file`, what)
    throw error
  }
}

/** A regular file right inside the folder. */
async function liesIn(path: string, folder: string): Promise<boolean> {
  try {
    if (!(await lstat(path)).isFile()) return false
    return (await realpath(dirname(resolve(path)))) === (await realpath(folder))
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return false
    throw error
  }
}

function missing(words: string, what: string): UserError {
  return new UserError('stage3-missing', `${words}; ${what} was expected there.`, {
    hint: 'download a stage3 tarball together with its .asc from a Gentoo mirror and give its path',
  })
}
