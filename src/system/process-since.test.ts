import { expect, test } from 'vitest'
import { processSince } from './process-since.ts'

test('this process began as long ago as it says', async () => {
  const since = Date.now() - process.uptime() * 1000
  expect(Math.abs(((await processSince(process.pid)) ?? 0) - since)).toBeLessThan(3000)
})

test('there is no process of that id', async () => {
  expect(await processSince(2 ** 30)).toBeUndefined()
})
