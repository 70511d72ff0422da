import { setMaxListeners } from 'node:events'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Interrupted } from '../errors.ts'
import { ASKED_AGAIN, ONE_MORE, type Memory } from './headroom.ts'
import { Turns, type Turn, type Wish } from './turns.ts'

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
