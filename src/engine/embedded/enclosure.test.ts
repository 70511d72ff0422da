import { describe, expect, test } from 'vitest'
import { baseFor, enclosureWords, lowers, orderOf, ownWords, takeWords, type Enclosure } from './enclosure.ts'

describe('the folder everything is gathered in', () => {
  const all = () => true

  test('hides none of the sources', () => {
    expect(baseFor(['/home/me/data'], all)).toBe('/mnt')
    expect(baseFor(['/mnt/disk/data', '/media'], all)).toBe('/srv')
    expect(baseFor(['/mntx'], all)).toBe('/mnt')
  })

  test('exists', () => {
    expect(baseFor([], (path) => path === '/run')).toBe('/run')
    expect(() => baseFor(['/'], all)).toThrow('free')
  })
})

test('layers are named highest first', () => {
  expect(lowers(['low', 'middle', 'high'])).toBe('high:middle:low')
})

const WHERE = { base: '/mnt', uidMap: '0 1 2', gidMap: '0 3 4' } as const

const ENCLOSURE: Enclosure = {
  sources: [{ name: 'm0', path: '/a b"\'\n:,', access: 'ro' }],
  views: [
    { kind: 'layered', layers: ['a', 'b'] },
    { kind: 'standard' },
    { kind: 'bind', source: 'm0', target: '/t $x' },
    { kind: 'tree', layers: ['c'], target: '/u' },
    { kind: 'tmpfs', target: '/v' },
  ],
  argv: ['true', '--'],
  env: { A: '1 2', B: '' },
  cwd: '/w',
  network: 'own',
  io: 'pipes',
}

test('every value is a word of its own', () => {
  expect(enclosureWords(ENCLOSURE, WHERE)).toEqual(
    [
      ['enclosure', '/mnt', '0 1 2', '0 3 4', 'ro', 'm0', '/a b"\'\n:,', '--', 'own', 'pipes'],
      ['layered', 'b:a', 'standard', 'bind', 'm0', '/t $x', 'tree', 'c', '/u', 'tmpfs', '/v', '--'],
      ['/w', '2', 'A=1 2', 'B=', 'true', '--'],
    ].flat(),
  )
})

test("the host's programs are gathered only for a root that is made of them", () => {
  const views = [{ kind: 'plain', source: 'programs' }] as const
  expect(enclosureWords(ENCLOSURE, WHERE)).not.toContain('programs')
  expect(enclosureWords({ ...ENCLOSURE, sources: [], views }, WHERE).slice(4, 6)).toEqual(['programs', '--'])
})

test('a command of the host is told by its words alone', () => {
  expect(ownWords(['rm', '--', 'a b'])).toEqual(['own', 'rm', '--', 'a b'])
})

test('a file to copy is told by where it goes, its folder, and the way to it', () => {
  expect(takeWords({ folder: '/a b/c', path: 'd e/f', to: '/g' })).toEqual(['take', '/g', '/a b/c', 'd e', 'f'])
})

test('an order is its length in bytes, and words with a NUL behind each', () => {
  expect(orderOf(['a', '', 'é\n']).toString()).toBe('7\na\0\0é\n\0')
})
