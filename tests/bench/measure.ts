/** One run of a program, measured as a user meets it: from the call to its end. */
import { spawn } from 'node:child_process'
import { childrenOf, peakOf, ticksOf } from './proc.ts'

export interface Measured {
  /** Wall clock, in seconds. */
  readonly seconds: number
  /** User and system time of it and of all that it started, in seconds. */
  readonly cpu: number
  /** The most memory that it had at once, in MB of 2^20 bytes. */
  readonly megabytes: number
}

/** How often memory is looked at, in milliseconds. The kernel keeps the peak itself: only its last rise could be missed. */
const LOOK = 2

/**
 * Runs it to its end; what it prints goes nowhere.
 * @param looked memory is looked at, which costs a little time
 * @param signal interrupts it, as Ctrl-C does
 * @throws where it does not end with 0
 */
export async function measured(argv: readonly string[], looked: boolean, signal?: AbortSignal): Promise<Measured> {
  const [file = '', ...args] = argv
  const cpuBefore = cpuOfChildren()
  const begin = performance.now()
  const child = spawn(file, args, { stdio: 'ignore' })
  const interrupt = () => void child.kill('SIGINT')
  signal?.addEventListener('abort', interrupt, { once: true })
  let peak = 0
  const look = () => {
    peak = Math.max(peak, child.pid === undefined ? 0 : peakOf(child.pid))
  }
  const timer = looked ? setInterval(look, LOOK) : undefined
  try {
    const status = await new Promise<number | string>((done, failed) => {
      child.once('error', failed)
      child.once('exit', (code, killedBy) => done(code ?? killedBy ?? 'nothing'))
    })
    const seconds = (performance.now() - begin) / 1000
    if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`)
    return { seconds, cpu: cpuOfChildren() - cpuBefore, megabytes: peak / 1024 }
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', interrupt)
  }
}

/** Work of this process and of what it starts: what it waits for, and what goes on and starts others, as the engine does. */
export async function timed(work: () => Promise<unknown>): Promise<Omit<Measured, 'megabytes'>> {
  const [before, begin] = [cpuOfUs(), performance.now()]
  await work()
  return { seconds: (performance.now() - begin) / 1000, cpu: cpuOfUs() - before }
}

/** User and system time of the children that have ended, in seconds: proc(5), /proc/PID/stat, fields 16 and 17. */
function cpuOfChildren(): number {
  return ticksOf(process.pid, 16, 17) / TICKS
}

/** The same, of this process, and of those below it that go on with theirs. */
function cpuOfUs(): number {
  const withThoseBelow = (pid: number): number =>
    childrenOf(pid).reduce((sum, child) => sum + withThoseBelow(child), ticksOf(pid, 14, 17))
  return withThoseBelow(process.pid) / TICKS
}

/** USER_HZ, which Linux fixes at 100 for what programs see. */
const TICKS = 100

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [one = 0, other = 0] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1)
  return (one + other) / 2
}
