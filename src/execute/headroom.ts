/** How many steps more memory allows beside those at work. It asks the host, for more than this run works there. */
import { availableMemory } from '../system/memory.ts'

export interface Memory {
  /** Bytes; undefined where the host does not say. */
  readonly available: () => number | undefined
  /** Milliseconds, of a clock that never goes back. */
  readonly now: () => number
  /** Told whenever somebody has to wait for it. */
  readonly wanting: (available: number) => void
}

export function hostMemory(wanting: Memory['wanting']): Memory {
  return { available: () => availableMemory(), now: () => performance.now(), wanting }
}

/**
 * What has to be there for one more to begin. Half of what jobs are counted with (`jobs.ts`): that is what the worst of them
 * take at their height, most take a few hundred MiB, and whoever said a number of jobs is not to be held to another one. With
 * less than this, one more compiler of C++ is what would make the kernel swap, or kill one that is nearly done.
 */
export const ONE_MORE = 1024 ** 3

/** Until then one that has begun has not taken yet what it will: without this, all who wait would begin in one moment. */
const SETTLES = 10_000

/** How long until memory is asked again where it was wanting, in milliseconds. */
export const ASKED_AGAIN = 2000

/**
 * How many of those who could begin may.
 * @param since when each of those at work began; where nobody works one may always begin, so that the run comes to its end
 */
export function howManyMore(wanted: number, since: readonly number[], memory: Memory): number {
  const least = since.length === 0 ? 1 : 0
  if (wanted <= least) return wanted
  const available = memory.available()
  if (available === undefined) return wanted
  const now = memory.now()
  const young = since.filter((time) => now - time < SETTLES).length
  const more = Math.min(wanted, Math.max(least, Math.floor(available / ONE_MORE) - young))
  if (more < wanted) memory.wanting(available)
  return more
}
