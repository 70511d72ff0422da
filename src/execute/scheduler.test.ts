import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Interrupted } from '../errors.ts'
import type { Output, Step } from '../plan/step.ts'
import { layoutOf } from '../store/layout.ts'
import { StepStore } from '../store/steps.ts'
import type { Handler, Tools } from './handler.ts'
import { execute } from './scheduler.ts'
import type { Wish } from './turns.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gm-schedule-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const step = (id: string, parents: string[] = [], input: string = id): Step => ({
  id,
  kind: 'root',
  label: id,
  input,
  parents: Object.fromEntries(parents.map((parent) => [parent, parent])),
})

interface Setting {
  readonly run?: (step: Step, signal: AbortSignal) => Promise<Output>
  readonly present?: (step: Step) => boolean
  readonly signal?: AbortSignal
  readonly wish?: (step: Step) => Wish
  readonly remaining?: ReadonlyMap<string, number>
  readonly failFast?: boolean
  readonly memory?: number
}

async function go(steps: Step[], setting: Setting = {}) {
  const told: string[] = []
  const signal = setting.signal ?? new AbortController().signal
  const handler: Handler = {
    recipe: 1,
    present: (_output, work) => Promise.resolve(setting.present?.(work.step) ?? true),
    ...(setting.wish === undefined
      ? {}
      : { wish: (work) => Promise.resolve(setting.wish?.(work.step) ?? { jobs: 1, claims: [] }) }),
    run: (work, tools) =>
      setting.run?.(work.step, tools.signal) ??
      Promise.resolve({ digest: JSON.stringify(work.step.input), value: null }),
  }
  const result = await execute({
    steps,
    handlers: { root: handler },
    store: new StepStore(layoutOf(folder)),
    signal,
    jobs: 2,
    memory: { available: () => setting.memory, now: () => 0, wanting: () => undefined },
    breadth: 2,
    remaining: setting.remaining ?? new Map(),
    failFast: setting.failFast ?? false,
    toolsFor: (_step, stop) => Promise.resolve({ tools: { signal: stop } as Tools, release: () => Promise.resolve() }),
    listener: {
      started: (one) => void told.push(`start ${one.id}`),
      done: (one, _output, how) => void told.push(`${how} ${one.id}`),
      failed: (one, failure) => void told.push(`failed ${one.id}: ${failure.message.split('\n')[0]}`),
      skipped: (one, because) => void told.push(`skipped ${one.id} for ${because}`),
    },
  })
  return { told, result }
}

describe('execute', () => {
  test('runs parents first, and finds everything the second time', async () => {
    const steps = [step('b', ['a']), step('a')]
    expect((await go(steps)).told).toEqual(['start a', 'ran a', 'start b', 'ran b'])
    expect((await go(steps)).told).toEqual(['have a', 'have b'])
  })

  test('a changed step runs; what stands behind it does not when it came out equal', async () => {
    const run = (one: Step) => Promise.resolve({ digest: one.id, value: null })
    await go([step('a'), step('b', ['a'])], { run })
    expect((await go([step('a', [], 'changed'), step('b', ['a'])], { run })).told).toEqual([
      'start a',
      'ran a',
      'have b',
    ])
  })

  test('a kept output whose parts are gone is made again', async () => {
    await go([step('a')])
    expect((await go([step('a')], { present: () => false })).told).toEqual(['start a', 'ran a'])
  })

  test('one failure leaves out what stands behind it and nothing else', async () => {
    const run = (one: Step) =>
      one.id === 'a' ? Promise.reject(new Error('no')) : Promise.resolve({ digest: one.id, value: null })
    const { told, result } = await go([step('a'), step('b', ['a']), step('c', ['b']), step('z')], { run })
    expect(told.filter((line) => !line.startsWith('start')).toSorted()).toEqual([
      expect.stringContaining('failed a: This is a bug'),
      'ran z',
      'skipped b for a',
      'skipped c for b',
    ])
    expect([...result.failures.keys()]).toEqual(['a'])
  })

  test('steps that make the same thing run one at a time; others side by side, and who want all jobs share them', async () => {
    let running = 0
    let most = 0
    const run = async (one: Step) => {
      most = Math.max(most, ++running)
      await new Promise((done) => setTimeout(done, 5))
      running--
      return { digest: one.id, value: null }
    }
    const mostOf = async (names: string[], wish?: (one: Step) => Wish) => {
      most = 0
      await go(
        names.map((name) => step(name)),
        { run, ...(wish === undefined ? {} : { wish }) },
      )
      return most
    }
    expect(await mostOf(['a', 'b', 'c'], () => ({ jobs: 0, claims: ['sources'] }))).toBe(1)
    expect(await mostOf(['d', 'e', 'f'], () => ({ jobs: 2, claims: [] }))).toBe(2)
    expect(await mostOf(['g', 'h', 'i'], ({ id }) => ({ jobs: 1, claims: [id] }))).toBe(2)
    expect(await mostOf(['j', 'k', 'l'])).toBe(2)
  })

  test('where memory is short every step runs alone, whatever it wishes or does not wish', async () => {
    let running = 0
    const run = async (one: Step) => {
      expect(++running).toBe(1)
      await new Promise((done) => setTimeout(done, 5))
      running--
      return { digest: one.id, value: null }
    }
    const first = await go([step('a'), step('b'), step('c')], { run, memory: 0 })
    expect([...first.result.outputs.keys()].toSorted()).toEqual(['a', 'b', 'c'])
    const second = await go([step('d'), step('e')], { run, memory: 0, wish: () => ({ jobs: 1, claims: [] }) })
    expect([...second.result.outputs.keys()].toSorted()).toEqual(['d', 'e'])
  })

  test('steps that come to the same are made once', async () => {
    const wish = () => ({ jobs: 1, claims: [] })
    for (const setting of [{}, { wish }]) {
      await rm(folder, { recursive: true })
      const { told } = await go([step('a', [], 'same'), step('b', [], 'same'), step('c', ['b'])], setting)
      expect(told.filter((line) => line.startsWith('start'))).toEqual(['start a', 'start c'])
      expect(told).toContain('have b')
    }
  })

  test('a step that comes to the same as one that failed fails too, and is not tried again', async () => {
    const { told, result } = await go([step('a', [], 'same'), step('b', [], 'same')], {
      run: () => Promise.reject(new Error('no')),
    })
    expect(told.filter((line) => line.startsWith('start'))).toEqual(['start a'])
    expect([...result.failures.keys()]).toEqual(['a', 'b'])
  })

  test('what others wait for longest begins first', async () => {
    let asked = 0
    const wish = () => ({ jobs: 2, claims: [], asked: asked++ })
    const remaining = new Map([
      ['a', 1],
      ['b', 5],
      ['c', 9],
    ])
    // Whichever asks first is admitted, and works until the others wait.
    const run = async (one: Step) => {
      await vi.waitUntil(() => asked === 3)
      await sleep(20)
      return { digest: one.id, value: null }
    }
    const { told } = await go([step('a'), step('b'), step('c')], { wish, remaining, run })
    const [first, ...rest] = told.filter((line) => line.startsWith('start'))
    expect(rest).toEqual(['start c', 'start b', 'start a'].filter((line) => line !== first))
  })

  test('--fail-fast ends what runs and leaves out the rest, which is no failure', async () => {
    const run = (one: Step, signal: AbortSignal) =>
      new Promise<Output>((_done, fail) => {
        if (one.id === 'a') setTimeout(() => fail(new Error('no')), 5)
        else signal.addEventListener('abort', () => fail(new Interrupted()))
      })
    const { told, result } = await go([step('a'), step('b'), step('c', ['b'])], { run, failFast: true })
    expect(told.filter((line) => !line.startsWith('start')).toSorted()).toEqual([
      expect.stringContaining('failed a: This is a bug'),
      'skipped b for a',
      'skipped c for b',
    ])
    expect([...result.failures.keys()]).toEqual(['a'])
  })

  test('an interruption waits for what runs, starts nothing more, and is no failure', async () => {
    const stop = new AbortController()
    let ended = false
    const run = async (_one: Step, signal: AbortSignal): Promise<Output> => {
      stop.abort()
      await new Promise((done) => setTimeout(done, 10))
      ended = true
      signal.throwIfAborted()
      throw new Error('not reached')
    }
    await expect(go([step('a'), step('b', ['a'])], { run, signal: stop.signal })).rejects.toBeInstanceOf(Interrupted)
    expect(ended).toBe(true)
  })
})
