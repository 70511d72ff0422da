import { expect, test } from 'vitest'
import { parseDigests } from './digests.ts'

const [A, B] = ['a'.repeat(128), 'b'.repeat(128)]

test('each digest belongs to the algorithm above it and to its own file', () => {
  const text = `# BLAKE2B HASH\n${A}  x.tar.xz\n# SHA512 HASH\n${B.toUpperCase()}  x.tar.xz\n# SHA512 HASH\n${A}  x.tar.xz.CONTENTS.gz\n`
  expect([...parseDigests(text)]).toEqual([
    ['x.tar.xz', { blake2b: A, sha512: B, algorithms: ['BLAKE2B', 'SHA512'] }],
    ['x.tar.xz.CONTENTS.gz', { sha512: A, algorithms: ['SHA512'] }],
  ])
})

test('what is under no heading or of another shape is passed over', () => {
  expect(parseDigests(`${A}  early\r\n# SHA512 HASH\r\nshort  y\n${A} one blank\n${A}\n`).size).toBe(0)
})

test('other algorithms, and digests of another length, are named but give none', () => {
  const text = `# MD5 HASH\n${'a'.repeat(32)}  x\n# WHIRLPOOL HASH\n${A}  x\n# SHA512 HASH\n${A.slice(1)}  x\n`
  expect([...parseDigests(text)]).toEqual([['x', { algorithms: ['MD5', 'WHIRLPOOL', 'SHA512'] }]])
})

test('one name with two digests is told', () => {
  const twice = `# SHA512 HASH\n${A}  x\n${B}  x\n`
  expect(parseDigests(twice).get('x')).toMatchObject({ twice: 'SHA512' })
  expect(parseDigests(`# SHA512 HASH\n${A}  x\n# SHA512 HASH\n${A}  x\n`).get('x')).not.toHaveProperty('twice')
})
