/** A pipe with a name, through which programs talk that others start. */
import { constants, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './process.ts'

export interface NamedPipe {
  readonly path: string
  readonly reading: FileHandle
  /** Whoever reads comes to an end only after this is closed, however many others have written. */
  readonly writing: FileHandle
}

/**
 * Both ends are open: whoever opens the pipe by its name does not wait for another.
 * @param folder nobody else may enter it, for anyone may write to the pipe
 */
export async function namedPipe(folder: string): Promise<NamedPipe> {
  const path = join(folder, 'pipe')
  await run(['mkfifo', '--mode=666', '--', path], { purpose: 'to make a pipe' })
  const both = await open(path, constants.O_RDWR | constants.O_NONBLOCK)
  try {
    const reading = await open(path, constants.O_RDONLY)
    return { path, reading, writing: await open(path, constants.O_WRONLY) }
  } finally {
    await both.close()
  }
}
