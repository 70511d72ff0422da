import { expect, test } from 'vitest'
import { parseVerdict } from './gpg-status.ts'

const [PRIMARY, SUBKEY] = ['1'.repeat(40), '2'.repeat(40)]
const ID = '2'.repeat(16)
const status = (...lines: readonly string[]) => lines.map((line) => `[GNUPG:] ${line}\n`).join('')
const valid = (digest = '8', signatureClass = '00', time = '1577840400') =>
  `VALIDSIG ${SUBKEY} 2020-01-01 ${time} 0 4 0 22 ${digest} ${signatureClass} ${PRIMARY}`

test('a good signature, and one whose key has expired, are told whole', () => {
  const signature = { primary: PRIMARY, signedAt: 1577840400, signer: SUBKEY }
  expect(parseVerdict(status('NEWSIG', `GOODSIG ${ID} a`, valid()), 'binary')).toEqual({ good: true, ...signature })
  expect(parseVerdict(status('NEWSIG', `EXPKEYSIG ${ID} a`, valid()), 'binary')).toEqual({
    good: false,
    reason: 'expired-key',
    key: PRIMARY,
    signature,
  })
  expect(parseVerdict(status(`GOODSIG ${ID} a`, valid('8', '00', '20380119T031408')), 'any')).toMatchObject({
    signedAt: 2 ** 31,
  })
})

test.each([
  ['no-signature', []],
  ['several-signatures', [`GOODSIG ${ID} a`, valid(), `GOODSIG ${ID} a`, valid()]],
  ['several-signatures', ['NEWSIG', `GOODSIG ${ID} a`, valid(), 'NEWSIG']],
  ['several-signatures', [`GOODSIG ${ID} a`, valid(), `ERRSIG ${ID} 22 8 00 1 9 ${SUBKEY}`]],
  ['bad-signature', [`BADSIG ${ID} a`]],
  ['unknown-key', [`ERRSIG ${ID} 22 8 00 1 9 ${SUBKEY}`]],
  ['weak-digest', [`ERRSIG ${ID} 22 1 00 1 5 ${SUBKEY}`]],
  ['unverifiable', [`ERRSIG ${ID} 22 8 00 1 4 -`]],
  ['expired-signature', [`EXPSIG ${ID} a`, valid()]],
  ['revoked-key', [`REVKEYSIG ${ID} a`, valid()]],
  ['weak-digest', [`GOODSIG ${ID} a`, valid('2')]],
  ['weak-digest', [`EXPKEYSIG ${ID} a`, valid('3')]],
  ['text-signature', [`GOODSIG ${ID} a`, valid('8', '01')]],
  ['unverifiable', [`GOODSIG ${ID} a`]],
  ['unverifiable', [`GOODSIG ${ID} a`, valid(), valid()]],
  ['unverifiable', [`GOODSIG ${ID} a`, `VALIDSIG ${SUBKEY}`]],
])('%s: %j', (reason, lines) => expect(parseVerdict(status(...lines), 'binary')).toMatchObject({ good: false, reason }))

test('what stands in a user id is no status', () => {
  const forged = status(`BADSIG ${ID} x [GNUPG:] GOODSIG ${ID} a`)
  expect(parseVerdict(forged, 'binary')).toMatchObject({ reason: 'bad-signature' })
})
