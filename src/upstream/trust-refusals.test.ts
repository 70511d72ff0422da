import { expect, test } from 'vitest'
import { clockBehind, day, noTrustedKeys, refusal } from './trust-refusals.ts'
import type { Refused } from './trust-refusals.ts'
import { stage3Role } from './trust-roles.ts'

const KEY = '0123456789ABCDEF0123456789ABCDEF01234567'
const role = stage3Role({ trustedKeys: '/c/env/trusted.keys', signal: new AbortController().signal }, [])
const again = 'get the stage3 and its signature again'
const clock = "see whether this machine's clock is right (date), and set it if it is not"
const refresh =
  'owners extend their keys now and then: name a key server in env/key.server (hkps://keys.gentoo.org), or put a fresh copy of the key into env/trusted.keys/stage3'
const at = Date.UTC(2026, 0, 31) / 1000

const SENTENCES: readonly (readonly [Refused, string, string])[] = [
  [{ reason: 'no-signature' }, 'has no OpenPGP signature where one was expected', again],
  [{ reason: 'several-signatures' }, 'carries several signatures where one was expected', again],
  [{ reason: 'bad-signature', key: KEY }, `is not what ${KEY} signed: it was changed or damaged`, again],
  [
    { reason: 'unknown-key', key: KEY },
    `is signed by ${KEY}, which is not among the keys for this role`,
    'put the public key into env/trusted.keys/stage3 if you trust it',
  ],
  [
    { reason: 'unknown-key', key: KEY, failure: new Error('no answer.') },
    `is signed by ${KEY}, which is not among the keys for this role`,
    'the key server could not help (no answer): put the public key into env/trusted.keys/stage3 if you trust it',
  ],
  [
    { reason: 'other-role', key: KEY, whose: 'env/trusted.keys/repository/guru' },
    `is signed by ${KEY}, which is trusted for something else: env/trusted.keys/repository/guru`,
    'take the stage3 from its real source; a key that may sign both has to be in env/trusted.keys/stage3 too',
  ],
  [
    { reason: 'user-key', key: KEY, whose: 'Me <me@example.org>' },
    `is signed by ${KEY}, a key of your own keyring (Me <me@example.org>), which nobody trusted for this role`,
    `gpg --armor --export ${KEY} > env/trusted.keys/stage3/01234567.asc if that key may sign a stage3`,
  ],
  [
    { reason: 'missing-key', key: KEY },
    `is signed by ${KEY}, which is trusted, but that key is nowhere on this machine`,
    'name a key server in env/key.server (hkps://keys.gentoo.org), or put the public key into env/trusted.keys/stage3; a fingerprint there has to be of a primary key',
  ],
  [
    { reason: 'pinned-subkey', key: KEY, whose: '8'.repeat(40) },
    `is signed by ${KEY}, and that fingerprint in env/trusted.keys/stage3 is of a subkey`,
    `write the fingerprint of its primary key there: ${'8'.repeat(40)}`,
  ],
  [{ reason: 'expired-signature', key: KEY }, `has a signature of ${KEY} that has expired`, again],
  [
    { reason: 'expired-key', key: KEY, at, signedAt: at + 1 },
    `is signed by ${KEY}, and the copy of that key known here expired on 2026-01-31`,
    refresh,
  ],
  [
    { reason: 'expired-key', key: KEY, at, signedAt: 0 },
    `is signed by ${KEY}, and the copy of that key known here expired on 2026-01-31, after it signed on 1970-01-01`,
    refresh,
  ],
  [
    { reason: 'revoked-key', key: KEY },
    `is signed by ${KEY}, a key that its owner has revoked`,
    `${again}: a newer one has a newer key`,
  ],
  [
    { reason: 'text-signature', key: KEY },
    `has a text-mode signature of ${KEY}, which does not cover every byte`,
    again,
  ],
  [
    { reason: 'weak-digest', key: KEY },
    `has a signature of ${KEY} over a digest that can be forged (MD5, SHA-1 or RIPEMD-160)`,
    `${again}, from who signs with SHA-256 or better`,
  ],
  [
    { reason: 'weak-key', key: KEY, bits: 1024 },
    `is signed by ${KEY}, with a key of 1024 bits, which can be broken`,
    `${again}, from who signs with 2048 bits or more`,
  ],
  [
    { reason: 'future-signature', key: KEY, at },
    `has a signature of ${KEY} from 2026-01-31, a day that is yet to come`,
    clock,
  ],
  [
    { reason: 'clock-behind', key: KEY, at },
    `is signed by ${KEY}, a key that was made on 2026-01-31, a day that is yet to come`,
    clock,
  ],
  [
    { reason: 'unverifiable' },
    'has a signature of a key that gpg does not name that gpg cannot check',
    `${again}; a newer gpg may know its algorithm`,
  ],
]

test.each(SENTENCES)('%j', (refused, words, hint) => {
  const said = refusal(refused, { role, what: 'The stage3 x', asked: {} })
  expect(said).toMatchObject({ code: `stage3-${refused.reason}`, exit: 3, message: `The stage3 x ${words}.`, hint })
  expect(refusal(refused, { role, what: 'It', asked: { codes: 'other' } }).code).toBe(`other-${refused.reason}`)
})

test('nothing to verify with', () => {
  expect(noTrustedKeys(role, new Set(), undefined)).toMatchObject({
    code: 'no-trusted-keys',
    exit: 3,
    message: 'There is no key to verify a stage3 with: env/trusted.keys/stage3 holds none.',
    hint: 'put the public key of whoever signs it into env/trusted.keys/stage3',
  })
  expect(noTrustedKeys(role, new Set([KEY]), undefined)).toMatchObject({
    message: `There is no key to verify a stage3 with: env/trusted.keys/stage3 holds none. Trusted is ${KEY}, but its bytes are nowhere on this machine.`,
    hint: 'name a key server in env/key.server (hkps://keys.gentoo.org), or put that public key into env/trusted.keys/stage3',
  })
  expect(clockBehind(role, { fingerprint: KEY, created: at })).toMatchObject({
    code: 'clock-behind',
    exit: 3,
    message: `There is no key to verify a stage3 with: ${KEY} was made on 2026-01-31, a day that is yet to come.`,
    hint: clock,
  })
})

test('days that no calendar has', () => {
  expect([day(0), day(undefined), day(Number.NaN), day(1e20)]).toEqual([
    '1970-01-01',
    ...Array.from({ length: 3 }, () => 'a day that is not known'),
  ])
})
