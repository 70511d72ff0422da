/** Who may work now: a number of jobs to hand out, names of things that only one may make at a time, and memory for one more. */
import { Interrupted } from '../errors.ts'
import { ASKED_AGAIN, howManyMore, type Memory } from './headroom.ts'

export interface Wish {
  /** How many jobs it can use; with 0 it waits for none. It gets its share of what is free, one at least. */
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

interface Asked extends Wish {
  readonly one: Waiting
}

export class Turns {
  private free: number
  private readonly memory: Memory
  private readonly claimed = new Set<string>()
  /** What was given back since the look began: a wish that names it may be older than what was made of it. */
  private readonly givenBack = new Set<string>()
  /** Of each one that works, when it began. */
  private readonly working = new Set<{ readonly since: number }>()
  private readonly waiting: Waiting[] = []
  private looking: Promise<void> = Promise.resolve()
  /** Whether a look is to come that has not begun; whoever comes before it does is in it. */
  private isToLook = false
  private again: NodeJS.Timeout | undefined

  /** @param jobs that there are in all */
  constructor(jobs: number, memory: Memory) {
    this.free = jobs
    this.memory = memory
  }

  /**
   * Waits for a turn. Of those that wait, the one with the highest priority comes first, and of equal ones who came first;
   * one that waits for somebody else's claim lets others pass. Those that can begin in one moment share what is free.
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
    if (this.isToLook) return
    this.isToLook = true
    this.looking = this.looking.then(() => this.lookOnce())
  }

  private async lookOnce(): Promise<void> {
    this.isToLook = false
    this.givenBack.clear()
    const asked: Asked[] = []
    for (const one of this.waiting.slice()) {
      const wish = await this.ask(one)
      if (wish !== undefined) asked.push({ one, ...wish })
    }
    const next = this.beginners(asked.filter(({ one }) => this.waiting.includes(one)))
    const jobs = shares(
      this.free,
      next.map((wish) => wish.jobs),
    )
    for (const [n, { one, claims }] of next.entries()) {
      this.forget(one)
      one.admit(this.begin(jobs[n] ?? 0, claims))
    }
  }

  private async ask(one: Waiting): Promise<Wish | undefined> {
    if (!this.waiting.includes(one)) return undefined
    try {
      return await one.wish()
    } catch (error) {
      if (this.forget(one)) one.fail(error)
      return undefined
    }
  }

  /** Of those that wait, in their order, who can begin together. */
  private beginners(asked: readonly Asked[]): readonly Asked[] {
    const claimed = new Set([...this.claimed, ...this.givenBack])
    let left = this.free
    const next = asked.filter(({ jobs, claims }) => {
      if ((jobs > 0 && left === 0) || claims.some((name) => claimed.has(name))) return false
      left -= Math.min(jobs, 1)
      for (const name of claims) claimed.add(name)
      return true
    })
    return next.slice(0, this.inMemory(next.length))
  }

  /** How many of so many. Memory comes back without anybody's turn ending: where it is wanting, there is another look in a while. */
  private inMemory(wanted: number): number {
    const since = [...this.working].map((one) => one.since)
    const more = howManyMore(wanted, since, this.memory)
    if (more < wanted)
      this.again ??= setTimeout(() => {
        this.again = undefined
        this.look()
      }, ASKED_AGAIN).unref()
    return more
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
      for (const name of claims) {
        this.claimed.delete(name)
        this.givenBack.add(name)
      }
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

/**
 * Jobs for each wish: one each, in their order, and again, until nothing is left or nobody wishes for more. So small wishes
 * are fulfilled, and large ones have the rest in equal parts.
 */
export function shares(free: number, wishes: readonly number[]): number[] {
  const given = wishes.map(() => 0)
  for (let left = free, wasLeft = Infinity; left > 0 && left < wasLeft;) {
    wasLeft = left
    for (const [n, wished] of wishes.entries()) {
      const got = given[n] ?? 0
      if (got === wished || left === 0) continue
      given[n] = got + 1
      left--
    }
  }
  return given
}
