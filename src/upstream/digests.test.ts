import { expect, test } from 'vitest'
import { parseDigests } from './digests.ts'

const [A, B] = ['a'.repeat(128), 'b'.repeat(128)]

test('each digest belongs to the algorithm above it and to its own file', () => {
  const text = `# BLAKE2B HASH\n${A}  x.tar.xz\n# SHA512 HASH\n${B.toUpperCase()}  x.tar.xz\n# SHA512 HASH\n${A}  x.tar.xz.CONTENTS.gz\n`
  expect([...parseDigests(text)]).toEqual([
    ['x.tar.xz', { blake2b: A, sha512: B }],
    ['x.tar.xz.CONTENTS.gz', { sha512: A }],
  ])
})

test('unknown algorithms and other lines are passed over', () => {
  const text = `${A}  early\r\n# SHA512 HASH\r\n# WHIRLPOOL HASH\n${A}  x\nshort  y\n# SHA512 HASH\n${A.slice(1)}  z\n`
  expect(parseDigests(text).size).toBe(0)
})
