/** The sentences about signatures that are not believed. Pure. */
import { EXIT, UserError } from '../errors.ts'
import type { Refusal } from '../system/gpg.ts'
import type { Role } from './trust-roles.ts'

export interface Refused {
  readonly reason:
    | Refusal['reason']
    | 'other-role'
    | 'user-key'
    | 'missing-key'
    | 'pinned-subkey'
    | 'weak-key'
    | 'future-signature'
    | 'clock-behind'
  /** Fingerprint of the primary key where it is known, else what the signature says. */
  readonly key?: string | undefined
  /** Of `other-role` what the key is trusted for; of `user-key` its user id; of `pinned-subkey` the primary key. */
  readonly whose?: string
  /** The time that speaks against it, epoch seconds: an end, a signature's, a key's. */
  readonly at?: number | undefined
  readonly signedAt?: number
  readonly bits?: number
  /** Why the key server could not help. */
  readonly failure?: unknown
}

export const CLOCK = "see whether this machine's clock is right (date), and set it if it is not"

/** An error about trust: the program ends with 3. */
export function distrust(code: string, message: string, hint: string, cause?: unknown): UserError {
  return new UserError(code, message, { hint, cause, exit: EXIT.untrusted })
}

/** @throws nothing; gives the error */
export function refusal(
  refused: Refused,
  about: { role: Role; what: string; asked: { readonly codes?: string } },
): UserError {
  const { role, what, asked } = about
  const { words, hint } = sentence(refused, role)
  return distrust(`${asked.codes ?? role.name}-${refused.reason}`, `${what} ${words}.`, hint, refused.failure)
}

/** `2026-01-31` */
export function day(seconds: number | undefined): string {
  if (seconds === undefined) return 'a day that is not known'
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? 'a day that is not known' : date.toISOString().slice(0, 10)
}

function sentence(refused: Refused, role: Role): { words: string; hint: string } {
  const key = refused.key ?? 'a key that gpg does not name'
  const again = `get the ${role.name} and its signature again`
  const unasked = failureWords(refused.failure)
  switch (refused.reason) {
    case 'no-signature':
      return { words: 'has no OpenPGP signature where one was expected', hint: again }
    case 'several-signatures':
      return { words: 'carries several signatures where one was expected', hint: again }
    case 'bad-signature':
      return { words: `is not what ${key} signed: it was changed or damaged`, hint: again }
    case 'unknown-key':
      return {
        words: `is signed by ${key}, which is not among the keys for this role`,
        hint: `${unasked}put the public key into ${role.folderName} if you trust it`,
      }
    case 'other-role':
      return {
        words: `is signed by ${key}, which is trusted for something else: ${refused.whose ?? ''}`,
        hint: `take the ${role.name} from its real source; a key that may sign both has to be in ${role.folderName} too`,
      }
    case 'user-key':
      return {
        words: `is signed by ${key}, a key of your own keyring${owner(refused.whose)}, which nobody trusted for this role`,
        hint: `gpg --armor --export ${key} > ${role.folderName}/${key.slice(-8)}.asc if that key may sign a ${role.name}`,
      }
    case 'missing-key':
      return {
        words: `is signed by ${key}, which is trusted, but that key is nowhere on this machine`,
        hint: `${unasked}name a key server in env/key.server (hkps://keys.gentoo.org), or put the public key into ${role.folderName}; a fingerprint there has to be of a primary key`,
      }
    case 'pinned-subkey':
      return {
        words: `is signed by ${key}, and that fingerprint in ${role.folderName} is of a subkey`,
        hint: `write the fingerprint of its primary key there: ${refused.whose ?? ''}`,
      }
    case 'expired-signature':
      return { words: `has a signature of ${key} that has expired`, hint: again }
    case 'expired-key': {
      const older = refused.signedAt !== undefined && refused.at !== undefined && refused.signedAt < refused.at
      return {
        words: `is signed by ${key}, and the copy of that key known here expired on ${day(refused.at)}${older ? `, after it signed on ${day(refused.signedAt)}` : ''}`,
        hint: `${unasked}owners extend their keys now and then: name a key server in env/key.server (hkps://keys.gentoo.org), or put a fresh copy of the key into ${role.folderName}`,
      }
    }
    case 'revoked-key':
      return {
        words: `is signed by ${key}, a key that its owner has revoked`,
        hint: `${again}: a newer one has a newer key`,
      }
    case 'text-signature':
      return { words: `has a text-mode signature of ${key}, which does not cover every byte`, hint: again }
    case 'weak-digest':
      return {
        words: `has a signature of ${key} over a digest that can be forged (MD5, SHA-1 or RIPEMD-160)`,
        hint: `${again}, from who signs with SHA-256 or better`,
      }
    case 'weak-key':
      return {
        words: `is signed by ${key}, with a key of ${refused.bits ?? 0} bits, which can be broken`,
        hint: `${again}, from who signs with 2048 bits or more`,
      }
    case 'future-signature':
      return { words: `has a signature of ${key} from ${day(refused.at)}, a day that is yet to come`, hint: CLOCK }
    case 'clock-behind':
      return {
        words: `is signed by ${key}, a key that was made on ${day(refused.at)}, a day that is yet to come`,
        hint: CLOCK,
      }
    case 'unverifiable':
      return {
        words: `has a signature of ${key} that gpg cannot check`,
        hint: `${again}; a newer gpg may know its algorithm`,
      }
  }
}

/** All keys of a role were made on days that this machine's clock has not reached. */
export function clockBehind(role: Role, key: { readonly fingerprint: string; readonly created: number }): UserError {
  const message = `There is no key to verify a ${role.name} with: ${key.fingerprint} was made on ${day(key.created)}, a day that is yet to come.`
  return distrust('clock-behind', message, CLOCK)
}

/** There is a role, but no key to verify with. */
export function noTrustedKeys(role: Role, trusted: ReadonlySet<string>, failure: unknown): UserError {
  const known =
    trusted.size === 0 ? '' : ` Trusted is ${[...trusted].join(', ')}, but its bytes are nowhere on this machine.`
  const message = `There is no key to verify a ${role.name} with: ${role.folderName} holds none.${known}`
  const where =
    trusted.size === 0
      ? `put the public key of whoever signs it into ${role.folderName}`
      : `name a key server in env/key.server (hkps://keys.gentoo.org), or put that public key into ${role.folderName}`
  return distrust('no-trusted-keys', message, `${failureWords(failure)}${where}`, failure)
}

function failureWords(failure: unknown): string {
  return failure instanceof Error ? `the key server could not help (${failure.message.replace(/\.$/, '')}): ` : ''
}

function owner(name: string | undefined): string {
  return name === undefined || name === '' ? '' : ` (${name})`
}
