import { expect, test } from 'vitest'
import { distfileOf } from './repository.ts'

test('a distfile is named for its package and version', () => {
  expect(distfileOf('greet-1.0.tar.xz')).toBe('greet')
  expect(distfileOf('open-rc-1.tar.xz')).toBe('open-rc')
  expect(distfileOf('layout.conf')).toBeUndefined()
})
