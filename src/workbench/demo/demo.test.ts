import { expect, test } from 'vitest'
import { demoPlaces } from './demo.ts'

test('any folder that a line can name holds a demo', () => {
  expect(demoPlaces(`/srv/a "demo" of $me's`, {}).miniature).toBe(`/srv/a "demo" of $me's/miniature`)
  for (const dir of ['/srv/a\nb', '/srv/a #b'])
    expect(() => demoPlaces(dir, {})).toThrow(
      `The demo's folder ${JSON.stringify(dir)} holds a line break, or # behind`,
    )
})
