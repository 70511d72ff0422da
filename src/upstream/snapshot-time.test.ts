import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  dayOf,
  dayOfFile,
  daysFor,
  isOfDay,
  snapshotFile,
  startOfDay,
  timeOfManifest,
  timeOfRepository,
  timeText,
} from './snapshot-time.ts'

const files = (x: string | undefined, chk: string | undefined) =>
  new Map(
    Object.entries({ 'metadata/timestamp.x': x, 'metadata/timestamp.chk': chk }).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, Buffer.from(text)] as const],
    ),
  )
const CHK = 'Fri, 16 Jan 2026 00:45:01 +0000\n'
const TIME = 1_768_524_301

test.each<[string | undefined, string | undefined, number | undefined]>([
  ['1768524301 Fri Jan 16 00:45:01 2026 UTC\n', CHK, TIME],
  ['1768524301', undefined, TIME],
  [undefined, CHK, TIME],
  ['Fri Jan 16\n', CHK, TIME],
  ['017 x', CHK, TIME],
  ['12345678901234567890', CHK, TIME],
  [undefined, 'Fri, 16 Jan 2026 00:45:01 +0100\n', undefined],
  [undefined, '2026-01-16', undefined],
  [undefined, 'Fri, 16 Xxx 2026 00:45:01 +0000', undefined],
  ['', '', undefined],
  [undefined, undefined, undefined],
])('%j and %j', (x, chk, time) => {
  expect(timeOfRepository(files(x, chk))).toBe(time)
})

test.each([
  ['TIMESTAMP 2026-01-16T00:45:01Z\n', TIME],
  ['DATA x 1\nTIMESTAMP 2026-01-16T00:45:01Z\r\nDATA y 1', TIME],
  ['DATA x 1\n', undefined],
  [' TIMESTAMP 2026-01-16T00:45:01Z\n', undefined],
  ['TIMESTAMP 2026-01-16T00:45:01\n', undefined],
  ['TIMESTAMP 2026-13-16T00:45:01Z\n', undefined],
  ['TIMESTAMP 2026-01-16T00:45:01Z\nTIMESTAMP 2026-01-16T00:45:01Z\n', undefined],
])('a Manifest that says %j', (text, time) => {
  expect(timeOfManifest(text)).toBe(time)
})

test('days', () => {
  expect(dayOf(TIME)).toBe('20260116')
  expect(startOfDay('20260116')).toBe(TIME - 2701)
  for (const no of ['20260230', '2026-01-16', '2026011', '', '20261301']) expect(startOfDay(no), no).toBeUndefined()
  expect(daysFor(TIME)).toEqual(['20260115', '20260116'])
  expect(['20260113', '20260114', '20260115', '20260116', '20260117'].map((day) => isOfDay(TIME, day))).toEqual([
    false,
    false,
    true,
    true,
    false,
  ])
  expect(isOfDay(TIME, 'latest')).toBe(false)
})

test('every time is of the days that its snapshot may be called by', () => {
  fc.assert(
    fc.property(fc.integer({ min: 86_400, max: 4e9 }), (time) => {
      for (const day of daysFor(time)) expect(isOfDay(time, day)).toBe(true)
      expect(startOfDay(dayOf(time))).toBe(time - (time % 86_400))
    }),
  )
})

test('times in sentences', () => {
  expect(timeText(TIME)).toBe('2026-01-16T00:45:01.000Z')
  expect(timeText(9e15)).toBe('second 9000000000000000')
})

test('names of files', () => {
  expect(dayOfFile('gentoo', snapshotFile('gentoo', '20260115'))).toBe('20260115')
  for (const no of [
    'gentoo-latest.tar.xz',
    'portage-20260115.tar.xz',
    'gentoo-20260115.tar.bz2',
    'gentoo-20260115.tar.xz.x',
  ])
    expect(dayOfFile('gentoo', no), no).toBeUndefined()
})
