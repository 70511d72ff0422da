/** What the kernel says of files without reading any of them: names, sizes, times, inodes. An edit of any of them shows in it. */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, realpathSync, type BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { isMissing } from './files.ts'

export interface StatMark {
  /** `sha256` hex. */
  readonly digest: string
  /**
   * Whether any later change will show. A file that was changed just before it was looked at may be changed once more
   * without its times moving: "racy git", as git's documentation calls it.
   */
  readonly isSure: boolean
}

/** Milliseconds in which a clock for files may stand still: a tick of the kernel, or two seconds where no fractions are kept. */
const STILL = { fine: 50, coarse: 3000 } as const

const SECOND = 1_000_000_000n

/**
 * Of files and of folders with all that is in them, but for a `.git` at their top: git keeps house there whenever it likes. What
 * is not there counts as that; of what cannot be looked at nothing is sure. A path may be a link, and is followed then; a link
 * below one is not: where it leads to what is meant, that is another path. Synchronous: for thousands of files that takes a
 * tenth of the time.
 */
export function statMark(paths: readonly string[]): StatMark {
  const hash = createHash('sha256')
  const now = Date.now()
  let newest = 0n
  let allSeen = true
  const add = (path: string, isTop: boolean): void => {
    const found = look(path)
    hash.update(`${JSON.stringify(path)} ${typeof found === 'string' ? found : wordsOf(found.info)}\n`)
    if (typeof found === 'string') {
      allSeen &&= found === NOTHING
      return
    }
    const { info, names } = found
    if (info.ctimeNs > newest) newest = info.ctimeNs
    for (const name of names) if (!isTop || name !== '.git') add(join(path, name), false)
    if (isTop && info.isSymbolicLink()) add(end(path), true)
  }
  for (const path of paths) add(path, true)
  const still = newest % SECOND === 0n ? STILL.coarse : STILL.fine
  return { digest: hash.digest('hex'), isSure: allSeen && now - Number(newest / 1_000_000n) > still }
}

const NOTHING = 'nothing'

/** @returns why it cannot be looked at, in a word */
function look(path: string): { readonly info: BigIntStats; readonly names: readonly string[] } | string {
  try {
    const info = lstatSync(path, { bigint: true })
    return { info, names: info.isDirectory() ? readdirSync(path).toSorted() : [] }
  } catch (error) {
    return isMissing(error) ? NOTHING : String((error as NodeJS.ErrnoException).code)
  }
}

/** Where links end. What they lead nowhere from stays what it is, and is no link to anything that is there. */
function end(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return join(path, NOTHING)
  }
}

/** Reading a file moves no time of these; a folder's own times move with any entry, which its listing shows anyway. */
function wordsOf({ mode, uid, gid, size, ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return [mode, uid, gid, size, ino, mtimeNs, ctimeNs].join(' ')
}
