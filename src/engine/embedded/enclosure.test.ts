import { describe, expect, test } from 'vitest'
import { baseFor, enterArgv, gatherWords, lowers } from './enclosure.ts'

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

test('every value is a word of its own', () => {
  const words = gatherWords(
    {
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
    },
    { node: 7, base: '/mnt', uidMap: '0 1 2', gidMap: '0 3 4' },
  )
  expect(words).toEqual(
    [
      ['7', '/mnt', '0 1 2', '0 3 4', 'ro', 'm0', '/a b"\'\n:,', '--', 'own', 'pipes'],
      ['layered', 'b:a', 'standard', 'bind', 'm0', '/t $x', 'tree', 'c', '/u', 'tmpfs', '/v', '--'],
      ['/w', '2', 'A=1 2', 'B=', 'true', '--'],
    ].flat(),
  )
})

test('an ordinary user claims his ids first', () => {
  expect(enterArgv(['w'], 'user').slice(0, 7)).toEqual(
    'setpriv --pdeathsig KILL unshare --user --keep-caps bash'.split(' '),
  )
  expect(enterArgv(['w'], 'root').slice(-5)).toEqual(['--norc', '-c', 'eval "$FIRST"', 'first', 'w'])
})
