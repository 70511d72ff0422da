import { readIfThere } from './files.ts'

/** When a process of this host began, epoch milliseconds; undefined where there is none of that id. */
export async function processSince(id: number): Promise<number | undefined> {
  // proc(5): the name, in parentheses, may hold anything; field 22 counts ticks since the boot, of which Linux shows 100 a second.
  const [stat, all] = await Promise.all([
    readIfThere(`/proc/${id}/stat`).catch(() => undefined),
    readIfThere('/proc/stat'),
  ])
  const ticks = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  const boot = Number(/^btime (\d+)$/m.exec(all ?? '')?.[1])
  const since = (boot + ticks / 100) * 1000
  return Number.isFinite(since) ? since : undefined
}
