/** Who may work now: a number of jobs to hand out, names of things that only one may make at a time, and memory for one more. */
import { Interrupted } from '../errors.ts'
import { allowsOneMore, ASKED_AGAIN, type Memory } from './headroom.ts'

export interface Wish {
  /** How many jobs it can use; with 0 it waits for none. It gets what is free, one at least. */
  readonly jobs: number
  /** What it makes, and nobody else may make meanwhile. */
  readonly claims: readonly string[]
}

export interface Turn {
  /** How many jobs it was given. */
  readonly jobs: number
  readonly end: () => void
}

interface Waiting {
  readonly priority: number
  /** Asked again whenever something became free: what is left to make may be less by then. */
  readonly wish: () => Promise<Wish>
  readonly admit: (turn: Turn) => void
  readonly fail: (error: unknown) => void
}

export class Turns {
  private free: number
  private readonly claimed = new Set<string>()
  private readonly waiting: Waiting[] = []
  private looking: Promise<void> = Promise.resolve()
  private readonly memory: Memory
  /** Of each one that works, when it began. */
  private readonly working = new Set<{ readonly since: number }>()
  private again: NodeJS.Timeout | undefined

  /** @param jobs that there are in all */
  constructor(jobs: number, memory: Memory) {
    this.free = jobs
    this.memory = memory
  }

  /**
   * Waits for a turn. Of those that wait, the one with the highest priority comes first, and of equal ones who came first;
   * one that waits for somebody else's claim lets others pass.
   * @throws Interrupted when the signal fires before the turn has come
   */
  async take(priority: number, wish: () => Promise<Wish>, signal: AbortSignal): Promise<Turn> {
    if (signal.aborted) throw new Interrupted()
    return new Promise((admit, fail) => {
      const one: Waiting = {
        priority,
        wish,
        admit: (turn) => {
          signal.removeEventListener('abort', leave)
          admit(turn)
        },
        fail: (error) => {
          signal.removeEventListener('abort', leave)
          fail(error)
        },
      }
      const leave = (): void => {
        this.forget(one)
        fail(new Interrupted())
      }
      signal.addEventListener('abort', leave, { once: true })
      const behind = this.waiting.findIndex((other) => other.priority < priority)
      this.waiting.splice(behind === -1 ? this.waiting.length : behind, 0, one)
      this.look()
    })
  }

  /** Admits whoever can be, one look after the other. */
  private look(): void {
    this.looking = this.lookOnce(this.looking)
  }

  private async lookOnce(before: Promise<void>): Promise<void> {
    await before
    const waiting = this.waiting.slice()
    for (const one of waiting) await this.consider(one)
  }

  private async consider(one: Waiting): Promise<void> {
    if (!this.waiting.includes(one)) return
    try {
      const { jobs, claims } = await one.wish()
      const isFree = (jobs === 0 || this.free > 0) && !claims.some((name) => this.claimed.has(name))
      if (!isFree || !this.hasMemory() || !this.forget(one)) return
      one.admit(this.begin(Math.min(jobs, this.free), claims))
    } catch (error) {
      if (this.forget(one)) one.fail(error)
    }
  }

  /** Memory comes back without anybody's turn ending: where it is wanting, there is another look in a while. */
  private hasMemory(): boolean {
    const since = [...this.working].map((one) => one.since)
    if (allowsOneMore(since, this.memory)) return true
    this.again ??= setTimeout(() => {
      this.again = undefined
      this.look()
    }, ASKED_AGAIN).unref()
    return false
  }

  private begin(jobs: number, claims: readonly string[]): Turn {
    const worker = { since: this.memory.now() }
    this.working.add(worker)
    this.free -= jobs
    for (const name of claims) this.claimed.add(name)
    let over = false
    const end = (): void => {
      if (over) return
      over = true
      this.working.delete(worker)
      this.free += jobs
      for (const name of claims) this.claimed.delete(name)
      this.look()
    }
    return { jobs, end }
  }

  /** @returns whether it was still waiting */
  private forget(one: Waiting): boolean {
    const at = this.waiting.indexOf(one)
    if (at !== -1) this.waiting.splice(at, 1)
    return at !== -1
  }
}
