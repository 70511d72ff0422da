/** What gpg's status lines say (`[GNUPG:] KEYWORD fields…`; GnuPG's doc/DETAILS). Pure. */

export interface Signature {
  /** The primary key's fingerprint, whichever subkey signed: the last field of VALIDSIG. */
  readonly primary: string
  /** Epoch seconds. */
  readonly signedAt: number
}

/** A signature with the key that made it: the primary key itself or a subkey. */
export interface SignatureBy extends Signature {
  readonly signer: string
}

export type Reason =
  /** Nothing that gpg takes for a signature. */
  | 'no-signature'
  /** More than one: which of them would count? */
  | 'several-signatures'
  /** The signed bytes are others, or the signature is damaged. */
  | 'bad-signature'
  /** Made with a key that the keyring lacks. */
  | 'unknown-key'
  | 'expired-signature'
  | 'expired-key'
  | 'revoked-key'
  /** Made in text mode over a binary file: it does not cover every byte. */
  | 'text-signature'
  /** Over an MD5, SHA-1 or RIPEMD-160 digest: another file with the same digest can be made. */
  | 'weak-digest'
  /** A signature that gpg could not check (an unknown algorithm, a broken key …). */
  | 'unverifiable'

export interface Refusal {
  readonly good: false
  readonly reason: Reason
  /** Fingerprint or key id of the key that the signature names, as far as gpg told. */
  readonly key?: string
  /** With `expired-key`: the signature, which is good but for that. */
  readonly signature?: SignatureBy
}

export type Verdict = ({ readonly good: true } & SignatureBy) | Refusal

/** One of these stands for every signature that gpg looked at. */
const OUTCOMES: ReadonlyMap<string, Reason | 'good'> = new Map([
  ['GOODSIG', 'good'],
  ['BADSIG', 'bad-signature'],
  ['ERRSIG', 'unverifiable'],
  ['EXPSIG', 'expired-signature'],
  ['EXPKEYSIG', 'expired-key'],
  ['REVKEYSIG', 'revoked-key'],
])

/** gpg's error codes in ERRSIG: it refuses the digest (MD5), and there is no such key. */
const ERRORS: ReadonlyMap<string | undefined, Reason> = new Map([
  ['5', 'weak-digest'],
  ['9', 'unknown-key'],
])

/** MD5, SHA-1, RIPEMD-160 (RFC 4880, 9.4). */
const WEAK_DIGESTS: ReadonlySet<string | undefined> = new Set(['1', '2', '3'])

/** @param kind `binary` asks for a signature over the bytes as they are (class 00) */
export function parseVerdict(status: string, kind: 'binary' | 'any'): Verdict {
  const lines = statusLines(status)
  const outcomes = lines.filter(([word]) => OUTCOMES.has(word))
  const begun = lines.filter(([word]) => word === 'NEWSIG')
  const [outcome] = outcomes
  if (outcome === undefined) return { good: false, reason: 'no-signature' }
  if (outcomes.length > 1 || begun.length > 1) return { good: false, reason: 'several-signatures' }
  const [word, key] = outcome
  const reason = OUTCOMES.get(word)
  if (reason !== 'good' && reason !== 'expired-key') return refuse(outcome, reason ?? 'unverifiable', key)
  const valid = lines.filter(([name]) => name === 'VALIDSIG')
  const [validsig] = valid
  if (validsig === undefined || valid.length !== 1) return { good: false, reason: 'unverifiable', ...named(key) }
  const [, signer, , signedAt, , , , , digest, signatureClass, primary] = validsig
  if (signer === undefined || signedAt === undefined || primary === undefined) {
    return { good: false, reason: 'unverifiable', ...named(key) }
  }
  if (WEAK_DIGESTS.has(digest)) return { good: false, reason: 'weak-digest', key: primary }
  if (kind === 'binary' && signatureClass !== '00') return { good: false, reason: 'text-signature', key: primary }
  const signature = { primary, signedAt: toSeconds(signedAt), signer }
  return reason === 'good' ? { good: true, ...signature } : { good: false, reason, key: primary, signature }
}

/** Primary fingerprints of the keys that an `--import` brought, each once. */
export function parseImported(status: string): string[] {
  const found = new Set<string>()
  for (const [word, , fingerprint] of statusLines(status)) {
    if (word === 'IMPORT_OK' && fingerprint !== undefined) found.add(fingerprint)
  }
  return [...found]
}

function refuse(outcome: readonly string[], reason: Reason, keyId: string | undefined): Refusal {
  if (outcome[0] !== 'ERRSIG') return { good: false, reason, ...named(keyId) }
  // ERRSIG keyid pkalgo hashalgo class time rc [fingerprint]
  const [, , , , , , code, fingerprint] = outcome
  const full = fingerprint === undefined || fingerprint === '-' ? keyId : fingerprint
  return { good: false, reason: ERRORS.get(code) ?? reason, ...named(full) }
}

function named(key: string | undefined): { key?: string } {
  return key === undefined ? {} : { key }
}

function statusLines(status: string): [string, ...string[]][] {
  const lines: [string, ...string[]][] = []
  for (const line of status.split('\n')) {
    if (!line.startsWith('[GNUPG:] ')) continue
    const [word, ...fields] = line.slice('[GNUPG:] '.length).trim().split(' ')
    if (word !== undefined) lines.push([word, ...fields])
  }
  return lines
}

/** gpg writes seconds, or ISO 8601 (`20380119T031408`) where seconds would not fit. */
function toSeconds(field: string): number {
  const iso = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(field)
  if (iso === null) return Number(field)
  const [, year, month, day, hour, minute, second] = iso
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000
}
