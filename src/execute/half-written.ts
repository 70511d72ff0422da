/**
 * Packages whose build met a full disk and ended well nevertheless. bash says so where it cannot write the environment that
 * later phases read, and Portage does not look: the words stand in the package's own build log and nowhere else.
 */
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { saysFull } from '../system/disk.ts'
import type { Tools } from './handler.ts'

/**
 * @param built cpv → fingerprint of what was compiled, and may be in the store already
 * @throws StepFailure `disk-full`; those packages are in the store no more
 */
export async function distrustHalfWritten(
  built: ReadonlyMap<string, string>,
  tools: Pick<Tools, 'logs' | 'line' | 'notFull' | 'packages'>,
): Promise<void> {
  const folder = join(tools.logs, 'portage')
  const names = await readdir(folder).catch(() => [])
  const doubtful: string[] = []
  for (const [cpv, fingerprint] of built)
    for (const name of names.filter((one) => one.startsWith(`${cpv.replace('/', ':')}:`))) {
      const words = await wordsOfFull(join(folder, name))
      if (words === undefined) continue
      tools.line(`${cpv}: ${words}`)
      doubtful.push(fingerprint)
    }
  if (doubtful.length === 0) return
  try {
    await tools.notFull()
  } catch (full) {
    for (const fingerprint of doubtful) await tools.packages.drop(fingerprint)
    throw full
  }
}

/** The first line of a log that says that a disk was full. Logs may be large, and lines of them: what is looked for is not. */
async function wordsOfFull(path: string): Promise<string | undefined> {
  let kept = ''
  for await (const piece of createReadStream(path, { encoding: 'latin1', highWaterMark: 1024 * 1024 })) {
    const text = kept + (piece as string)
    if (saysFull(text))
      return text
        .split('\n')
        .find((line) => saysFull(line))
        ?.slice(-200)
    kept = text.slice(-100)
  }
  return undefined
}
