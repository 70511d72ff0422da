import { setMaxListeners } from 'node:events'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Interrupted } from '../errors.ts'
import { ASKED_AGAIN, ONE_MORE, type Memory } from './headroom.ts'
import { shares, Turns, type Turn, type Wish } from './turns.ts'

const { signal } = new AbortController()
setMaxListeners(0, signal)
const wish =
  (jobs: number, ...claims: string[]) =>
  () =>
    Promise.resolve<Wish>({ jobs, claims })

const plenty: Memory = { available: () => undefined, now: () => 0, wanting: () => undefined }

/** Everything that can happen now has happened. */
const settled = () => new Promise((done) => setImmediate(done))

test('one that can use several jobs gets what is free; the next waits', async () => {
  const turns = new Turns(3, plenty)
  const first = await turns.take(0, wish(2), signal)
  const second = await turns.take(0, wish(5), signal)
  expect([first.jobs, second.jobs]).toEqual([2, 1])
  let third: Turn | undefined
  void turns.take(0, wish(1), signal).then((turn) => (third = turn))
  await settled()
  expect(third).toBeUndefined()
  first.end()
  await settled()
  expect(third?.jobs).toBe(1)
})

describe('shares', () => {
  test.each([
    [2, [3, 3], [1, 1]],
    [16, [16, 3], [13, 3]],
    [16, [3, 16], [3, 13]],
    [5, [9, 9], [3, 2]],
    [16, [3, 3, 3, 3, 3, 3, 3, 3, 3], [2, 2, 2, 2, 2, 2, 2, 1, 1]],
    [4, [9], [4]],
    [4, [0, 2, 0, 1], [0, 2, 0, 1]],
    [0, [0], [0]],
    [7, [], []],
  ])('%d for wishes %j: %j', (free, wishes, given) => {
    expect(shares(free, wishes)).toEqual(given)
  })

  test('nobody gets more than it wishes or nothing; nothing is left that somebody wishes; who gets less than another is content, or one short', () => {
    const wishes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(wishes, fc.nat(60), (all, more) => {
        const free = all.length + more
        const given = shares(free, all)
        const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
        expect(sum(given)).toBe(Math.min(free, sum(all)))
        const most = Math.max(...given)
        all.forEach((wished, n) => {
          const got = given[n] ?? 0
          expect(got).toBeGreaterThan(0)
          expect(got).toBeLessThanOrEqual(wished)
          if (got < wished) expect(got).toBeGreaterThanOrEqual(most - 1)
        })
      }),
    )
  })
})

describe('what is free is shared by all who could begin', () => {
  /** Takes at once, and gives back who has begun with how many, in their order. */
  function queue(turns: Turns) {
    const begun: [name: string, jobs: number][] = []
    const take = (name: string, wished: () => Promise<Wish>, priority = 0) =>
      void turns.take(priority, wished, signal).then((turn) => begun.push([name, turn.jobs]))
    return { begun, take }
  }

  test('machines that each lack a few go side by side, and not one after the other', async () => {
    const turns = new Turns(2, plenty)
    const first = await turns.take(0, wish(3), signal)
    expect(first.jobs).toBe(2)
    const { begun, take } = queue(turns)
    for (const name of ['b', 'c', 'd']) take(name, wish(3))
    await settled()
    first.end()
    await settled()
    expect(begun).toEqual([
      ['b', 1],
      ['c', 1],
    ])
  })

  test('a tiny one gets what it wishes, a large one the rest, and the one with the longest way comes first', async () => {
    const turns = new Turns(16, plenty)
    const { begun, take } = queue(turns)
    take('tiny', wish(3))
    take('large', wish(200), 9)
    await settled()
    expect(begun).toEqual([
      ['large', 13],
      ['tiny', 3],
    ])
  })

  test('who waits for a claim, and who wishes for none, takes no share', async () => {
    const turns = new Turns(5, plenty)
    const first = await turns.take(0, wish(1, 'libgreet'), signal)
    const { begun, take } = queue(turns)
    take('waits', wish(4, 'libgreet'), 9)
    take('waits as well', wish(4, 'greet', 'libgreet'), 8)
    take('works', wish(9, 'greet'), 7)
    take('waits for that', wish(9, 'greet'))
    take('none', wish(0))
    await settled()
    expect(begun).toEqual([
      ['works', 4],
      ['none', 0],
    ])
    first.end()
  })

  test('nobody is asked twice in one look, however many came', async () => {
    const turns = new Turns(1, plenty)
    const first = await turns.take(0, wish(1), signal)
    let asked = 0
    const counting = () => {
      asked++
      return Promise.resolve<Wish>({ jobs: 1, claims: [] })
    }
    for (let n = 0; n < 9; n++) void turns.take(0, counting, signal).then((turn) => turn.end())
    await settled()
    expect(asked).toBe(9)
    first.end()
  })

  test('a wish of before what it claims was made is not believed', async () => {
    const turns = new Turns(4, plenty)
    const first = await turns.take(9, wish(1, 'libgreet'), signal)
    let left = ['libgreet', 'farewell']
    const asked = () => Promise.resolve<Wish>({ jobs: left.length, claims: left })
    // While the second is asked, what the first one's wish told is made.
    const making = async () => {
      left = ['farewell']
      first.end()
      await settled()
      return { jobs: 1, claims: [] }
    }
    const second = turns.take(1, asked, signal)
    await turns.take(0, making, signal)
    expect((await second).jobs).toBe(1)
  })
})

test('what wants no job never waits for one', async () => {
  const turns = new Turns(1, plenty)
  await turns.take(0, wish(1), signal)
  expect((await turns.take(0, wish(0), signal)).jobs).toBe(0)
})

test('whoever others wait for longest comes first; equal ones in their order', async () => {
  const turns = new Turns(1, plenty)
  const order: string[] = []
  const queue = (name: string, priority: number) =>
    turns.take(priority, wish(1), signal).then((turn) => {
      order.push(name)
      turn.end()
      return undefined
    })
  const first = await turns.take(0, wish(1), signal)
  const all = [queue('short', 1), queue('long', 9), queue('also short', 1)]
  await settled()
  first.end()
  await Promise.all(all)
  expect(order).toEqual(['long', 'short', 'also short'])
})

test('one thing is made by one at a time; whoever makes something else passes; what is left is asked again', async () => {
  const turns = new Turns(4, plenty)
  const first = await turns.take(0, wish(1, 'libgreet', 'greet'), signal)
  let left = ['libgreet', 'farewell']
  const second = turns.take(0, () => Promise.resolve({ jobs: left.length, claims: left }), signal)
  const third = await turns.take(0, wish(1, 'other'), signal)
  expect(third.jobs).toBe(1)
  left = ['farewell']
  first.end()
  expect((await second).jobs).toBe(1)
})

test('a wish that fails is told to whoever wished, and to nobody else', async () => {
  const turns = new Turns(1, plenty)
  await expect(turns.take(0, () => Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
  expect((await turns.take(0, wish(1), signal)).jobs).toBe(1)
})

test('an interruption ends the wait, and the turn goes to the next', async () => {
  const turns = new Turns(1, plenty)
  const stop = new AbortController()
  const first = await turns.take(0, wish(1), signal)
  const second = turns.take(5, wish(1), stop.signal)
  const third = turns.take(0, wish(1), signal)
  stop.abort()
  await expect(second).rejects.toBeInstanceOf(Interrupted)
  await expect(turns.take(0, wish(1), stop.signal)).rejects.toBeInstanceOf(Interrupted)
  first.end()
  first.end()
  expect((await third).jobs).toBe(1)
  let fourth: Turn | undefined
  void turns.take(0, wish(1), signal).then((turn) => (fourth = turn))
  await settled()
  expect(fourth).toBeUndefined()
})

describe('memory', () => {
  afterEach(() => void vi.useRealTimers())

  /** A host whose memory and clock the test moves. */
  function host(bytes: number) {
    const told: number[] = []
    const state = { bytes, milliseconds: 0 }
    const memory: Memory = {
      available: () => state.bytes,
      now: () => state.milliseconds,
      wanting: (available) => void told.push(available),
    }
    return { state, memory, told }
  }

  /** Names of those that have begun, in their order. */
  function beginners(turns: Turns) {
    const begun: string[] = []
    const ends = new Map<string, () => void>()
    const take = (name: string, jobs = 1, priority = 0) =>
      void turns.take(priority, wish(jobs), signal).then((turn) => {
        begun.push(name)
        ends.set(name, turn.end)
        return undefined
      })
    return { begun, take, end: (name: string) => ends.get(name)?.() }
  }

  test('without memory for one more nobody begins beside others, whatever it wishes; one alone always may', async () => {
    const { memory, told } = host(ONE_MORE - 1)
    const { begun, take, end } = beginners(new Turns(4, memory))
    take('first')
    take('second')
    take('third', 0)
    await settled()
    expect(begun).toEqual(['first'])
    expect(told[0]).toBe(ONE_MORE - 1)
    end('first')
    await settled()
    expect(begun).toEqual(['first', 'second'])
    end('second')
    await settled()
    expect(begun).toEqual(['first', 'second', 'third'])
  })

  test('who began a moment ago is counted with what it will take; after a while, what the host says counts', async () => {
    const { state, memory } = host(2 * ONE_MORE)
    const { begun, take, end } = beginners(new Turns(8, memory))
    for (const name of ['a', 'b', 'c', 'd']) take(name)
    await settled()
    expect(begun).toEqual(['a', 'b'])
    // One that has ended takes nothing.
    end('a')
    await settled()
    expect(begun).toEqual(['a', 'b', 'c'])
    state.milliseconds = 60_000
    end('c')
    await settled()
    expect(begun).toEqual(['a', 'b', 'c', 'd'])
  })

  test('memory that comes back while others work is seen', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { state, memory } = host(0)
    const { begun, take } = beginners(new Turns(2, memory))
    take('first')
    take('second')
    await settled()
    vi.advanceTimersByTime(ASKED_AGAIN)
    await settled()
    expect(begun).toEqual(['first'])
    state.bytes = 4 * ONE_MORE
    vi.advanceTimersByTime(ASKED_AGAIN)
    await settled()
    expect(begun).toEqual(['first', 'second'])
  })
})

test('never more jobs than there are, never two with one claim, and everybody has a turn', async () => {
  const wishes = fc.record({
    jobs: fc.nat(4),
    claims: fc.subarray(['a', 'b', 'c']),
    priority: fc.nat(3),
    pause: fc.nat(3),
  })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(wishes, { maxLength: 12 }), async (jobs, all) => {
      const turns = new Turns(jobs, plenty)
      const held = new Set<string>()
      let used = 0
      await Promise.all(
        all.map(async (one) => {
          const turn = await turns.take(one.priority, wish(one.jobs, ...one.claims), signal)
          used += turn.jobs
          expect(used).toBeLessThanOrEqual(jobs)
          expect(turn.jobs > 0).toBe(one.jobs > 0)
          for (const name of one.claims) {
            expect(held.has(name)).toBe(false)
            held.add(name)
          }
          for (let wait = 0; wait < one.pause; wait++) await settled()
          used -= turn.jobs
          for (const name of one.claims) held.delete(name)
          turn.end()
        }),
      )
    }),
    { numRuns: 60 },
  )
})
