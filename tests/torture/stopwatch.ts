/** How long things take, on a machine that others use as well. */

export interface Slowest {
  readonly name: string
  readonly milliseconds: number
}

export class Stopwatch {
  slowest: Slowest = { name: 'nothing', milliseconds: 0 }
  count = 0
  private readonly limit: number

  /** @param limit milliseconds */
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
    this.count += files
    const [first, result] = timed(work)
    const enough = Math.min(this.slowest.milliseconds, this.limit) * files
    let best = first
    for (let again = 0; again < AGAIN && best > enough; again++) best = Math.min(best, timed(work)[0])
    const milliseconds = best / files
    if (milliseconds > this.slowest.milliseconds) this.slowest = { name, milliseconds }
    return { result, over: milliseconds > this.limit ? milliseconds : undefined }
  }
}

const AGAIN = 7

/** The lesser of the time on the wall and on the processor: others' work counts in the one, our helpers' in the other. */
function timed<T>(work: () => T): [milliseconds: number, result: T] {
  const [begin, before] = [performance.now(), process.cpuUsage()]
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return [Math.min(performance.now() - begin, (user + system) / 1000), result]
}
