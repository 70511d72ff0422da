import { expect, test } from 'vitest'
import { imageArgv } from './image.ts'

test('an image has the host’s number of root inside, for its root folder too', () => {
  const argv = imageArgv('/layer/new.sqfs', { uid: 100_000, gid: 200_000 }, 'lz4')
  expect(argv[0]).toBe('sqfstar')
  expect(argv.at(-1)).toBe('/layer/new.sqfs')
  const words = argv.join(' ')
  for (const which of ['root', 'force']) expect(words).toContain(`-${which}-uid 100000 -${which}-gid 200000`)
  expect(words).toContain('-comp lz4')
  expect(words).toContain('-root-mode 755')
})
