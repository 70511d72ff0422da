import { expect, test } from 'vitest'
import { Lines } from './lines.ts'

test('lines come whole, whatever the pieces', async () => {
  const told: string[] = []
  const lines = new Lines((line) => told.push(line))
  for (const piece of ['on', 'e\ntw', 'o\n\nthr']) lines.write(piece)
  lines.write(Buffer.from('é').subarray(0, 1))
  lines.write(Buffer.from('é').subarray(1))
  await new Promise<void>((resolve) => lines.end(resolve))
  expect(told).toEqual(['one', 'two', '', 'thré'])
  expect(lines.last).toEqual(['one', 'two', 'thré'])
})
