/** What proc(5) tells of a process; nothing, in each answer's way, of one that has ended. */
import { readFileSync } from 'node:fs'

/** VmHWM, in KB: the most memory it had at once. The kernel keeps the peak itself, so only its last rise could be missed. */
export function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
}

/** The first 15 letters of the program's name. */
export function nameOf(pid: number): string {
  return read(`/proc/${pid}/comm`).trimEnd()
}

/** Its command line, a NUL behind each word. */
export function wordsOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`)
}

export function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
}

/** The sum of some fields of its /proc/PID/stat, which proc(5) numbers from 1. */
export function ticksOf(pid: number, first: number, last: number): number {
  const stat = read(`/proc/${pid}/stat`)
  // The second, the program's name, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(first - 3, last - 2).reduce((sum, field) => sum + Number(field), 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
