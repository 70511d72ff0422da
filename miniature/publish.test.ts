import { expect, test } from 'vitest'
import { latest } from './publish.ts'

test('the list names the newest build and its size', () => {
  expect(latest(42)).toBe(`# Latest as of Thu, 01 Jan 2026 00:00:00 +0000
# ts=1767225600
20260101T000000Z/stage3-amd64-openrc-20260101T000000Z.tar.xz 42
`)
})
