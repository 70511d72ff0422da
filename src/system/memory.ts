/** How much memory programs can still be given: the kernel's estimate for the host, and what our control groups leave of it. */
import { readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'

/** The text of a file; undefined where it cannot be read. */
type Read = (path: string) => string | undefined

/** Where control groups say what they hold, and what of it is given back when others want it: files that are read again. */
interface Accounting {
  /** The line of /proc/self/cgroup with our place, as a path below `at`. */
  readonly place: RegExp
  readonly at: string
  readonly limits: readonly string[]
  readonly used: string
  readonly reclaimable: readonly string[]
}

/** Version 2, and the memory controller of version 1, which hosts in "hybrid" mode have: see cgroups(7). */
const ACCOUNTINGS: readonly Accounting[] = [
  {
    place: /^0::(.*)$/m,
    at: '/sys/fs/cgroup',
    limits: ['memory.max', 'memory.high'],
    used: 'memory.current',
    reclaimable: ['active_file', 'inactive_file', 'slab_reclaimable'],
  },
  {
    place: /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m,
    at: '/sys/fs/cgroup/memory',
    limits: ['memory.limit_in_bytes'],
    used: 'memory.usage_in_bytes',
    reclaimable: ['total_active_file', 'total_inactive_file'],
  },
]

/** Bytes, without swap; undefined where the host does not say. */
export function availableMemory(read: Read = readText): number | undefined {
  const host = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo') ?? '')?.[1]
  const places = read('/proc/self/cgroup') ?? ''
  const left = ACCOUNTINGS.flatMap((accounting) => leftInGroups(accounting, places, read))
  if (host !== undefined) left.push(Number(host) * 1024)
  return left.length === 0 ? undefined : Math.min(...left)
}

/** What our group and each one above it leave, as far as they have a limit. */
function leftInGroups(accounting: Accounting, places: string, read: Read): number[] {
  const place = accounting.place.exec(places)?.[1]
  return place === undefined
    ? []
    : withAncestors(place).flatMap((path) => leftInGroup(accounting, join(accounting.at, path), read) ?? [])
}

/**
 * `/a/b` → `/a/b`, `/a`, `/`. In a container the path may be one of the host's, of which only the last folder is mounted
 * here, as the root; or begin with `..`, for a group outside of what is mounted.
 */
function withAncestors(place: string): string[] {
  const names = normalize(join('/', place)).split('/').filter(Boolean)
  return [...names.map((_name, n) => join('/', ...names.slice(0, names.length - n))), '/']
}

function leftInGroup({ limits, used, reclaimable }: Accounting, folder: string, read: Read): number | undefined {
  const numbers = limits.flatMap((name) => numberIn(read(join(folder, name))) ?? [])
  const held = numberIn(read(join(folder, used)))
  if (numbers.length === 0 || held === undefined) return undefined
  const stat = read(join(folder, 'memory.stat')) ?? ''
  const givenBack = reclaimable.reduce((sum, name) => sum + (numberOf(stat, name) ?? 0), 0)
  return Math.max(0, Math.min(...numbers) - Math.max(0, held - givenBack))
}

/** Undefined for no file, and for `max`, which is no limit. */
function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined
}

function numberOf(stat: string, name: string): number | undefined {
  return numberIn(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1])
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
