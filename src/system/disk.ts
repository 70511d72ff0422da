/** How much room file systems have, and what says that they have none. */
import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isMissing } from './files.ts'

export interface Room {
  /** An absolute path on the file system, which was asked for. */
  readonly path: string
  /** The same for paths on one file system. */
  readonly device: number
  /** Bytes that this user may still write. */
  readonly free: number
  /** Bytes of the whole file system. */
  readonly size: number
  /** Whether copies may share their blocks (btrfs, XFS, bcachefs). */
  readonly shares: boolean
  /** Whether another file can be made. */
  readonly hasInodes: boolean
}

/** Magic numbers of btrfs, XFS and bcachefs (linux/magic.h). */
const SHARING = new Set([0x9123683e, 0x58465342, 0xca451a4e])

/** Of the file system that a path is on, or would be on. */
export async function roomAt(path: string): Promise<Room> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const [{ dev }, fs] = await Promise.all([stat(at), statfs(at)])
      return {
        path,
        device: dev,
        free: fs.bavail * fs.bsize,
        size: fs.blocks * fs.bsize,
        shares: SHARING.has(fs.type),
        // Some file systems (btrfs) count none at all.
        hasInodes: fs.files === 0 || fs.ffree > 0,
      }
    } catch (error) {
      if (!isMissing(error) || dirname(at) === at) throw error
    }
  }
}

/** What the C library, and so every program, says of ENOSPC and EDQUOT. */
const WORDS = /No space left on device|Disk quota exceeded/i

/** Whether an error, ours or what a program said, is that there was no room. */
export function saysFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return true
  if (typeof error === 'string') return WORDS.test(error)
  return error instanceof Error && (WORDS.test(error.message) || (error.cause !== undefined && saysFull(error.cause)))
}
