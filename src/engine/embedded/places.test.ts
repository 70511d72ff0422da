import { expect, test } from 'vitest'
import { below, checkedName, newName } from './places.ts'

test('only what is below a folder is below it', () => {
  expect(below('/data', '/data/x')).toBe('/data/x')
  for (const path of ['/data', '/data/..', '/data/../etc', '/database', '/', '/data/x/../..']) {
    expect(() => below('/data', path)).toThrow('not below')
  }
})

test('names are our own', () => {
  expect(checkedName(newName())).toMatch(/^[0-9a-f]{12}$/)
  for (const name of ['', '..', 'a:b', '0123456789AB']) expect(() => checkedName(name)).toThrow('not a name')
})
