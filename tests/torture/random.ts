/** Chance that can be had again: the same seed gives the same numbers on every machine. */
export class Random {
  private state: number

  /** @param seed each of the numbers counts: one for the run, one for the file in it */
  constructor(...seed: readonly number[]) {
    this.state = 0x9e3779b9
    for (const one of seed) this.state = mixed(this.state ^ Math.imul(one + 1, 0x85ebca6b))
  }

  /** From 0 to `end`, without `end`. */
  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    return Math.floor((mixed(this.state) / 2 ** 32) * end)
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(all: readonly T[]): T {
    const chosen = all[this.below(all.length)]
    if (chosen === undefined) throw new RangeError('There is nothing to pick from.')
    return chosen
  }
}

/** Mulberry32's last steps: every bit of the number counts in every bit of what comes out. */
function mixed(state: number): number {
  let mix = Math.imul(state ^ (state >>> 15), state | 1)
  mix ^= mix + Math.imul(mix ^ (mix >>> 7), mix | 61)
  return (mix ^ (mix >>> 14)) >>> 0
}
