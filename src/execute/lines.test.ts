import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Lines } from './lines.ts'

test('whatever the chunks, the lines are the same', async () => {
  const text = '>>> Emerging (1 of 2)\nzwölf ☃ lines\r\n10%\r100%\n\nend'
  const bytes = Buffer.from(text)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 }), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
      const seen: string[] = []
      const lines = new Lines((line) => void seen.push(line))
      await pipeline(Readable.from(chunks.filter((chunk) => chunk.length > 0)), lines)
      expect(seen).toEqual(['>>> Emerging (1 of 2)', 'zwölf ☃ lines', '100%', '', 'end'])
      expect(lines.last(2)).toEqual(['100%', 'end'])
    }),
  )
})
