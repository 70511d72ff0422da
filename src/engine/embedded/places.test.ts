import { expect, test } from 'vitest'
import { below, checkedLayer, checkedName, newName } from './places.ts'

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

test('layers are folders or images', () => {
  for (const layer of ['0123456789ab', '0123456789ab.sqfs']) expect(checkedLayer(layer)).toBe(layer)
  for (const layer of ['../0123456789ab', '0123456789ab.sqf', '.sqfs', '0123456789ab.sqfs:x']) {
    expect(() => checkedLayer(layer)).toThrow('not a name')
  }
  expect(() => checkedName('0123456789ab.sqfs')).toThrow('not a name')
})
