import { expect, test } from 'vitest'
import { stage3Time, stampTime } from './stamp.ts'

test('a stamp is a time of day in UTC', () => {
  expect(stampTime('20260101T170000Z')).toBe(1_767_286_800)
})

test.each(['20260231T000000Z', '20260101T250000Z', '2026-01-01', ''])('%j is no time', (stamp) => {
  expect(stampTime(stamp)).toBeUndefined()
})

test("the time in a stage3's name; names of another kind have none", () => {
  expect(stage3Time('stage3-amd64-openrc-20260101T170000Z.tar.xz')).toBe(1_767_286_800)
  expect(stage3Time('stage3-amd64-openrc-20261301T170000Z.tar.xz')).toBeUndefined()
  expect(stage3Time('my-stage3.tar.xz')).toBeUndefined()
})
