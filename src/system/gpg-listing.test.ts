import { expect, test } from 'vitest'
import { endOf, findKey, parseListing } from './gpg-listing.ts'

const [PRIMARY, SUBKEY, OTHER] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string]

const LISTING = `tru::1:1795414066:0:3:1:5
pub:e:255:22:1111111111111111:1577836800:1578268800::u:::c:::::ed25519:::0:
fpr:::::::::${PRIMARY}:
uid:e::::1577836800::AAAA::A\\x3a B <a@example.org>::::::::::0:
uid:e::::1577836800::BBBB::second::::::::::0:
sub:r:255:22:2222222222222222:1577836800:1578000000:::::s:::::ed25519::
fpr:::::::::${SUBKEY}:
sec:r:1024:1:3333333333333333:1577836800:::::::::::::::0:
fpr:::::::::${OTHER}:
`

test('keys, their subkeys and their owners', () => {
  const [first, second, ...more] = parseListing(LISTING)
  expect(more).toEqual([])
  expect(first).toEqual({
    fingerprint: PRIMARY,
    created: 1577836800,
    expires: 1578268800,
    revoked: false,
    algorithm: 22,
    bits: 255,
    secret: false,
    owner: 'A: B <a@example.org>',
    subkeys: [
      { fingerprint: SUBKEY, created: 1577836800, expires: 1578000000, revoked: true, algorithm: 22, bits: 255 },
    ],
  })
  expect(second).toMatchObject({
    fingerprint: OTHER,
    secret: true,
    revoked: true,
    bits: 1024,
    expires: undefined,
    owner: '',
  })
  expect(parseListing('')).toEqual([])
})

test('a key is found by what a signature may name', () => {
  const keys = parseListing(LISTING)
  for (const id of [PRIMARY, SUBKEY, '2'.repeat(16), OTHER.toLowerCase()]) expect(findKey(keys, id)).toBeDefined()
  for (const id of ['2'.repeat(8), '', '4'.repeat(40), '*']) expect(findKey(keys, id)).toBeUndefined()
})

test('the earliest end counts', () => {
  const [key, endless] = parseListing(LISTING)
  if (key === undefined || endless === undefined) throw new Error('not listed')
  expect(endOf(key, SUBKEY)).toBe(1578000000)
  expect(endOf(key, PRIMARY)).toBe(1578268800)
  expect(endOf(endless, OTHER)).toBeUndefined()
})
