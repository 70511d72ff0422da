import { describe, expect, test } from 'vitest'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { programFilter } from '../system/stream.ts'
import { compressorArgv, parseCompression } from './compression.ts'

describe('parseCompression', () => {
  test.each([
    [undefined, 'zstd', 9, '.tar.zst'],
    ['\n', 'zstd', 9, '.tar.zst'],
    ['zstd 19\n', 'zstd', 19, '.tar.zst'],
    ['# small\nxz', 'xz', 6, '.tar.xz'],
    ['gzip 9', 'gzip', 9, '.tar.gz'],
    ['none', 'none', 0, '.tar'],
  ])('%j', (text, program, level, suffix) => {
    expect(parseCompression(text)).toEqual({ program, level, suffix })
  })

  test.each(['lzma', 'zstd 0', 'zstd 23', 'xz 10', 'xz -1', 'gzip fast', 'none 1', 'xz 6 -T1', 'toString'])(
    'refuses %j',
    (text) => {
      expect(() => parseCompression(text)).toThrow('env/compression: ')
    },
  )
})

describe('compressorArgv', () => {
  // More than one block of each program, so that threads have something to share.
  const input = Buffer.from(Array.from({ length: 9_000_000 }, (_, n) => (n ^ (n >> 7)) % 61))
  const compress = (argv: readonly [string, ...string[]]) => buffer(Readable.from([input]).compose(programFilter(argv)))

  test.each(['zstd 1', 'xz 1', 'gzip 1'])('%s gives equal bytes on one core and on three', async (text) => {
    const compression = parseCompression(text)
    const [one, three] = [compressorArgv(compression, 1), compressorArgv(compression, 3)]
    if (one === undefined || three === undefined) throw new Error('no compressor')
    const [first, second] = [await compress(one), await compress(three)]
    expect(first.length).toBeGreaterThan(0)
    expect(first.equals(second)).toBe(true)
  })

  test('the words', () => {
    expect(compressorArgv(parseCompression('zstd 22'), 8)).toEqual(['zstd', '-q', '-c', '--ultra', '-22', '-T8'])
    expect(compressorArgv(parseCompression('none'), 8)).toBeUndefined()
  })
})
