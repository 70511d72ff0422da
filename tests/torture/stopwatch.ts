/** How long things take, on a machine that others use as well. */

export interface Slowest {
  readonly name: string
  readonly milliseconds: number
}

export class Stopwatch {
  slowest: Slowest = { name: 'nothing', milliseconds: 0 }
  count = 0
  private readonly limit: number

  /** @param limit milliseconds, for one file */
  constructor(limit: number) {
    this.limit = limit
  }

  /**
   * Does it, and again where that was over the limit or slower than everything before: a pause of the machine, or of the
   * collector of garbage, is not the work's own time.
   * @param files how many it reads: the time is divided among them
   * @returns what it gave, and how long it took where that is over the limit
   */
  measure<T>(name: string, work: () => T, files = 1): { readonly result: T; readonly over: number | undefined } {
    const [first, result] = timed(work)
    const again = () => timed(work)[0]
    return { result, over: this.judge(name, first, files, () => Math.min(...Array.from({ length: AGAIN }, again))) }
  }

  async measureLater<T>(name: string, work: () => Promise<T>, files: number) {
    const [first, result] = await timedLater(work)
    let best = first
    for (let left = AGAIN; left > 0 && best / files > this.limit; left--)
      best = Math.min(best, (await timedLater(work))[0])
    return { result, over: this.judge(name, best, files, () => best) }
  }

  private judge(name: string, first: number, files: number, again: () => number): number | undefined {
    this.count += files
    const enough = Math.min(this.slowest.milliseconds, this.limit) * files
    if (first <= enough) return undefined
    const milliseconds = Math.min(first, again()) / files / slowdown()
    if (milliseconds > this.slowest.milliseconds) this.slowest = { name, milliseconds }
    return milliseconds > this.limit ? milliseconds : undefined
  }
}

const AGAIN = 7

/** The lesser of the time on the wall and on the processor: others' work counts in the one, our helpers' in the other. */
function timed<T>(work: () => T): [milliseconds: number, result: T] {
  const end = begin()
  const result = work()
  return [end(), result]
}

async function timedLater<T>(work: () => Promise<T>): Promise<[milliseconds: number, result: T]> {
  const end = begin()
  const result = await work()
  return [end(), result]
}

function begin(): () => number {
  const [wall, before] = [performance.now(), process.cpuUsage()]
  return () => {
    const { user, system } = process.cpuUsage(before)
    return Math.min(performance.now() - wall, (user + system) / 1000)
  }
}

let best = Infinity

/** How much slower the machine is now than it has been at its best in this run: others share its processors. */
function slowdown(): number {
  const now = Math.min(...Array.from({ length: 5 }, () => timed(yardstick)[0]))
  best = Math.min(best, now)
  return now / best
}

/** Work of the kind that parsers do, a few milliseconds of it. */
function yardstick(): number {
  const words = 'sys-apps/portage doc -build # why\n'.repeat(2000).split(/\s+/)
  return new Set(words.map((word, index) => `${word.slice(1)}${index % 512}`)).size
}

// At its best before anything is measured, or later.
slowdown()
