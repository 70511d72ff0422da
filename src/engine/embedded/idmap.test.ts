import { describe, expect, test } from 'vitest'
import { grants, mapArguments, mapLine, rootRange, userRange } from './idmap.ts'

describe('grants', () => {
  test('are read line by line, nonsense skipped', () => {
    const text = 'me:100000:65536\n\n# comment\nyou:x:1\n1000:300000:65536\ntoo:1:2:3\n'
    expect(grants(text)).toEqual([
      { who: 'me', start: 100_000, count: 65_536 },
      { who: '1000', start: 300_000, count: 65_536 },
    ])
  })
})

describe('an ordinary user', () => {
  const me = { name: 'me', uid: 1000, id: 100 }

  test('is root inside, his grant is the rest', () => {
    const ranges = userRange('me:5:10\nme:100000:65536\n', me)!
    expect(ranges).toEqual([
      { inside: 0, outside: 100, count: 1 },
      { inside: 1, outside: 100_000, count: 65_535 },
    ])
    expect(mapArguments(ranges)).toEqual(['0', '100', '1', '1', '100000', '65535'])
  })

  test('may be granted by number', () => {
    expect(userRange('1000:7:65535', me)?.[1]?.outside).toBe(7)
  })

  test('needs a large enough grant', () => {
    expect(userRange('me:100000:65534\nyou:200000:65536', me)).toBeUndefined()
  })
})

describe('root', () => {
  test('uses its grant', () => {
    expect(mapLine(rootRange('root:500000:65536'))).toBe('0 500000 65536')
  })

  test('without a grant uses ids that nobody has', () => {
    expect(rootRange('')).toEqual({ inside: 0, outside: 1_000_000_000, count: 65_536 })
    expect(rootRange('me:999999999:10\nyou:1000000009:100000').outside).toBe(1_000_100_009)
  })

  test('never takes the ids of the host', () => {
    expect(rootRange('root:0:4294967295').outside).toBeGreaterThan(65_535)
  })
})
