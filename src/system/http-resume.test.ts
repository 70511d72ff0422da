import { describe, expect, test } from 'vitest'
import { continues, originOf, restOf } from './http-resume.ts'

const URL_HERE = 'https://me:secret@here/x'
const origin = { url: 'https://***@here/x', etag: '"tag"', modified: 'Monday', size: 100 }
const part = { origin, size: 40 }
const here = { url: URL_HERE }
const elsewhere = { url: 'https://elsewhere/x', bytes: 100, sameElsewhere: true }
const head = { status: 206, etag: '"tag"', modified: 'Monday', length: 60, range: { first: 40, size: 100 } }

describe('a part is continued', () => {
  test.each([
    ['by its ETag', part, here, '"tag"'],
    ['by its date, without an ETag', { origin: { ...origin, etag: undefined }, size: 40 }, here, 'Monday'],
    [
      'where the size is known now',
      { origin: { ...origin, size: undefined }, size: 40 },
      { ...here, bytes: 7 },
      '"tag"',
    ],
    ['elsewhere by its date', part, elsewhere, 'Monday'],
  ])('%s', (_, had, wanted, unchanged) => {
    expect(restOf(had, wanted)).toEqual({ from: 40, unchanged })
  })

  test.each([
    ['of no known origin', { origin: undefined, size: 40 }, here],
    ['with nothing in it', { origin, size: 0 }, here],
    ['that nothing identifies', { origin: { url: origin.url, size: 100 }, size: 40 }, here],
    ['of a file of another size', part, { ...here, bytes: 99 }],
    ['of another address', part, { url: 'https://elsewhere/x', bytes: 100 }],
    ['of another address, of unknown size', part, { url: 'https://elsewhere/x', sameElsewhere: true }],
    ['of another address, of another size', part, { ...elsewhere, bytes: 99 }],
    ['of another address that did not say its size', { origin: { ...origin, size: undefined }, size: 40 }, elsewhere],
    ['of another address that has no date', { origin: { ...origin, modified: undefined }, size: 40 }, elsewhere],
  ])('but not one %s', (_, had, wanted) => {
    expect(restOf(had, wanted)).toBeUndefined()
  })
})

describe('an answer continues the part', () => {
  test.each([
    ['with all that identifies it', head, here],
    ['without a date', { ...head, modified: undefined }, here],
    ['without the size of the whole', { ...head, range: { first: 40, size: undefined } }, here],
    ['elsewhere with an ETag of its own', { ...head, etag: '"other"' }, elsewhere],
  ])('%s', (_, answer, wanted) => {
    expect(continues(answer, 40, origin, wanted)).toBe(true)
  })

  test.each([
    ['at another place', { ...head, range: { first: 41, size: 100 } }, here],
    ['that does not say where', { ...head, range: undefined }, here],
    ['of another size', { ...head, range: { first: 40, size: 101 } }, here],
    ['of another date', { ...head, modified: 'Tuesday' }, here],
    ['with another ETag', { ...head, etag: '"other"' }, here],
    ['without its ETag', { ...head, etag: undefined }, here],
    ['elsewhere of another date', { ...head, modified: 'Tuesday' }, elsewhere],
  ])('but not one %s', (_, answer, wanted) => {
    expect(continues(answer, 40, origin, wanted)).toBe(false)
  })
})

test('an origin holds no credentials, and keeps what later answers leave out', () => {
  expect(originOf(here, { ...head, status: 200, length: 100, range: undefined })).toEqual(origin)
  expect(originOf(here, { ...head, modified: undefined, range: { first: 40, size: undefined } }, origin)).toEqual(
    origin,
  )
  const nothing = { status: 200, etag: undefined, modified: undefined, length: undefined, range: undefined }
  expect(originOf(here, nothing)).toEqual({ url: origin.url })
})
