import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { beside, nameOf, placeOf, withName } from './place.ts'

test.each([
  ['https://h/a/b.tar.xz', 'https://h/a/b.tar.xz'],
  ['file:///a/b%20c', '/a/b c'],
  ['/a/../b', '/b'],
  ['b.tar.xz', resolve('b.tar.xz')],
  ['ftp://h/b', resolve('ftp:/h/b')],
])('%s is the place %s', (word, place) => {
  expect(placeOf(word)).toBe(place)
})

test.each([
  ['https://h/a/b.tar.xz?token=1#x', 'b.tar.xz'],
  ['https://h/a%2Fb%20c', undefined],
  ['https://h/b%20c', 'b c'],
  ['https://h/b%zz', undefined],
  ['https://h/', undefined],
  ['https://h', undefined],
  ['https://h/.hidden', undefined],
  ['https://h/a%0Ab', undefined],
  ['/a/b.tar.xz', 'b.tar.xz'],
  ['/', undefined],
])('%s names %s', (place, name) => {
  expect(nameOf(place)).toBe(name)
})

test('what lies beside a place', () => {
  expect(beside('https://me:x@h/a/b.tar.xz?token=1', '.asc')).toBe('https://me:x@h/a/b.tar.xz.asc?token=1')
  expect(beside('/a/b.tar.xz', '.asc')).toBe('/a/b.tar.xz.asc')
  expect(withName('https://h/a/b.asc', 'c d')).toBe('https://h/a/c%20d')
  expect(withName('/a/b.asc', 'c')).toBe('/a/c')
})
