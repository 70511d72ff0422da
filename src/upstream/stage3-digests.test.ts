import { expect, test } from 'vitest'
import { againstDigests } from './stage3-digests.ts'

const [A, B] = ['a'.repeat(128), 'b'.repeat(128)]
const found = { sha512: A, blake2b: B }
const say = (text: string) => againstDigests('s.tar.xz', text, found)?.message

test('what fits is not spoken against, by one digest or both', () => {
  expect(say(`# SHA512 HASH\n${A}  s.tar.xz\n`)).toBeUndefined()
  expect(
    say(`# SHA512 HASH\n${A}  s.tar.xz\n# BLAKE2B HASH\n${B}  s.tar.xz\n# MD5 HASH\n${A}  s.tar.xz\n`),
  ).toBeUndefined()
})

test.each([
  [
    `# SHA512 HASH\n${A}  o.tar.xz\n`,
    's.tar.xz.DIGESTS does not speak of s.tar.xz but of o.tar.xz; a file was renamed or exchanged.',
  ],
  ['', 's.tar.xz.DIGESTS does not speak of s.tar.xz but of nothing; a file was renamed or exchanged.'],
  [
    `# SHA1 HASH\n${'c'.repeat(40)}  s.tar.xz\n`,
    's.tar.xz.DIGESTS has no SHA512 or BLAKE2B digest of s.tar.xz, only SHA1.',
  ],
  [
    `# SHA512 HASH\n${A}  s.tar.xz\n${B}  s.tar.xz\n`,
    's.tar.xz.DIGESTS lists s.tar.xz twice, with different SHA512 digests.',
  ],
  [
    `# SHA512 HASH\n${B}  s.tar.xz\n# BLAKE2B HASH\n${B}  s.tar.xz\n`,
    "s.tar.xz.DIGESTS contradicts itself: of its digests of s.tar.xz only sha512 is another file's.",
  ],
  [
    `# SHA512 HASH\n${B}  s.tar.xz\n`,
    `s.tar.xz is not the file that its DIGESTS names: sha512 ${B} was wanted, ${A} found.`,
  ],
])('%#', (text, message) => expect(say(text)).toBe(message))
