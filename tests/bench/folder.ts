/**
 * Where the measurements work: in memory, where the machine has enough of it. What a disk does besides is not the program's:
 * ext4 without a journal, for one, looks through what was deleted in the last five minutes before it makes a file, and takes
 * twenty times as long after a measurement that removed many. TMPDIR is obeyed.
 */
import { mkdtemp, readFile, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { availableMemory } from '../../src/system/memory.ts'

const MEMORY = '/dev/shm'

/** Bytes: three times what the largest measurement has on disk. */
const ROOM = 6 * 1024 ** 3

/** statfs(2), TMPFS_MAGIC */
const TMPFS = 0x01021994

/** A new folder. */
export async function benchFolder(): Promise<string> {
  return mkdtemp(join(await place(), 'gm-bench-'))
}

/** In words: `in memory` or `on disk`. */
export async function whereItWorks(): Promise<string> {
  return (await statfs(await place())).type === TMPFS ? 'in memory' : 'on disk'
}

async function place(): Promise<string> {
  if (process.env['TMPDIR'] !== undefined) return tmpdir()
  // Containers run programs from it.
  const mounted = /^\S+ \/dev\/shm tmpfs (\S+)/m.exec(await readFile('/proc/self/mounts', 'utf8'))?.[1]
  if (mounted === undefined || mounted.split(',').includes('noexec')) return tmpdir()
  const { bavail, bsize } = await statfs(MEMORY)
  return Math.min(bavail * bsize, (availableMemory() ?? 0) / 2) >= ROOM ? MEMORY : tmpdir()
}
