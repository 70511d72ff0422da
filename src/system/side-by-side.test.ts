import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { allInOrder, sideBySide } from './side-by-side.ts'

const never = new AbortController().signal

const failing = (ms: number, message: string) => async () => {
  await after(ms)
  throw new Error(message)
}

test('works go on beside one another', async () => {
  let tell: (text: string) => void = () => undefined
  const told = new Promise<string>((resolve) => (tell = resolve))
  const second = () => {
    tell('the second ran')
    return Promise.resolve(2)
  }
  const both = await sideBySide(never, [() => told, second], async (a, b) => [await a, await b])
  expect(both).toEqual(['the second ran', 2])
})

test('the error is the one that is awaited first, whichever came first', async () => {
  const works = [failing(20, 'slow'), failing(0, 'quick')] as const
  await expect(sideBySide(never, works, async (a, b) => [await a, await b])).rejects.toThrow('slow')
  await expect(allInOrder(works.map((work) => work()))).rejects.toThrow('slow')
})

test('nothing goes on when it ends: what is not wanted any more is stopped and waited for', async () => {
  const ends: string[] = []
  const long = async (signal: AbortSignal) => {
    await after(60_000, undefined, { signal }).catch(() => ends.push('stopped'))
  }
  await expect(sideBySide(never, [failing(0, 'first'), long], async (a, b) => [await a, await b])).rejects.toThrow(
    'first',
  )
  expect(ends).toEqual(['stopped'])
})

test('who asks all of it to stop asks each work', async () => {
  const stop = new AbortController()
  const long = async (signal: AbortSignal) => after(60_000, undefined, { signal })
  const ended = sideBySide(stop.signal, [long], async (a) => a)
  stop.abort()
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' })
})

test('a work that fails before it waits for anything fails as the others do', async () => {
  const thrown = () => {
    throw new Error('at once')
  }
  await expect(sideBySide(never, [thrown], async (a) => a)).rejects.toThrow('at once')
})
