/**
 * Whom to believe, and for what. A key has a role: one that may sign stage3s may not sign a repository. Trusted is a
 * primary fingerprint, since subkeys come and go; where the key's bytes come from then matters little.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT, UserError } from '../errors.ts'
import { exists, isMissing } from '../system/files.ts'
import { withKeyring } from '../system/gpg.ts'
import type { Keyring, Refusal, Signature, Verdict } from '../system/gpg.ts'

export interface Role {
  /** Begins the codes of its errors: `stage3`, `repository`. */
  readonly name: string
  /** Fingerprints that the program itself knows for this role. */
  readonly pins: readonly string[]
  /** The configuration's folder of key files for this role: what the user put there is trusted, that is the pin. */
  readonly folder: string | undefined
  /** The folder as a user would write it, for hints. */
  readonly folderName: string
}

/** Gentoo's primary fingerprints (gentoo.org, "Release media signatures"), each for the one thing it signs. */
export const GENTOO_KEYS = {
  weeklyStages: '13EBBDBEDE7A12775DFDB1BABB572E0E2D182910',
  gitMirror: 'EF9538C9E8E64311A52CDEDFA13D0EF1914E7A72',
} as const

/** Where app-crypt/openpgp-keys-gentoo-release puts the keys' bytes; believed for the pinned fingerprints only. */
const INSTALLED_KEYRING = '/usr/share/openpgp-keys/gentoo-release.asc'

export interface TrustedKeyring {
  readonly keyring: Keyring
  readonly trusted: ReadonlySet<string>
}

/**
 * Works with a keyring of everything that may sign in this role.
 * @throws UserError `no-trusted-keys` where nothing could be verified, `bad-key-file` for a file that holds no public key
 */
export async function withTrustedKeys<T>(
  role: Role,
  work: (keys: TrustedKeyring) => Promise<T>,
  signal?: AbortSignal,
  installedKeyring: string = INSTALLED_KEYRING,
): Promise<T> {
  const own = await keyFiles(role.folder)
  const installed = role.pins.length > 0 && (await exists(installedKeyring)) ? [installedKeyring] : []
  const use = async (keyring: Keyring) => {
    const trusted = new Set(role.pins)
    own.forEach((file, index) => {
      const primaries = keyring.imported[index] ?? []
      if (primaries.length === 0) throw badKeyFile(file, role)
      for (const primary of primaries) trusted.add(primary)
    })
    const usable = keyring.imported.flat().some((primary) => trusted.has(primary))
    if (!usable) throw noTrustedKeys(role)
    return await work({ keyring, trusted })
  }
  return await withKeyring([...own, ...installed], use, signal)
}

/**
 * The signature, if it is good and from a key of this role.
 * @param what the signed thing, for the sentence: "the stage3 stage3-amd64-….tar.xz"
 * @throws UserError with exit 3 and a code of its own for each way of not being trustworthy
 */
export function believe(verdict: Verdict, trusted: ReadonlySet<string>, role: Role, what: string): Signature {
  if (!verdict.good) throw refused(verdict, role, what)
  if (trusted.has(verdict.primary)) return { primary: verdict.primary, signedAt: verdict.signedAt }
  throw distrust(
    `${role.name}-wrong-key`,
    `${what} is signed by ${verdict.primary}, a key that may not sign a ${role.name}; trusted are ${[...trusted].join(', ')}.`,
    `take the ${role.name} from its real source, or put that key into ${role.folderName} if you trust it`,
  )
}

/** An error about trust: the program ends with 3. */
export function distrust(code: string, message: string, hint: string, cause?: unknown): UserError {
  return new UserError(code, message, { hint, cause, exit: EXIT.untrusted })
}

function refused(refusal: Refusal, role: Role, what: string): UserError {
  const key = refusal.key ?? 'a key that gpg does not name'
  const again = `get the ${role.name} and its signature again`
  const refresh = `Gentoo extends its keys' expiry now and then: put a fresh copy of the key into ${role.folderName}`
  const say = (code: string, words: string, hint: string) => distrust(`${role.name}-${code}`, `${what} ${words}.`, hint)
  switch (refusal.reason) {
    case 'no-signature':
      return say('no-signature', 'has no OpenPGP signature where one was expected', again)
    case 'several-signatures':
      return say('several-signatures', 'carries several signatures where one was expected', again)
    case 'bad-signature':
      return say('bad-signature', `is not what ${key} signed: it was changed or damaged`, again)
    case 'unknown-key':
      return say(
        'unknown-key',
        `is signed by ${key}, which is not among the keys for this role`,
        `put the public key into ${role.folderName} if you trust it`,
      )
    case 'expired-signature':
      return say('expired-signature', `has a signature of ${key} that has expired`, again)
    case 'expired-key':
      return say('expired-key', `is signed by ${key}, and the copy of that key known here has expired`, refresh)
    case 'revoked-key':
      return say(
        'revoked-key',
        `is signed by ${key}, a key that its owner has revoked`,
        `${again}: a newer one has a newer key`,
      )
    case 'text-signature':
      return say('text-signature', `has a text-mode signature of ${key}, which does not cover every byte`, again)
    case 'unverifiable':
      return say(
        'unverifiable',
        `has a signature of ${key} that gpg cannot check`,
        `${again}; a newer gpg may know its algorithm`,
      )
  }
}

function noTrustedKeys(role: Role): UserError {
  const pinned = role.pins.length > 0 ? ` The known key is ${role.pins.join(', ')}.` : ''
  const message = `There is no key to verify a ${role.name} with: ${role.folderName} holds none.${pinned}`
  return distrust('no-trusted-keys', message, `put the public key of whoever signs it into ${role.folderName}`)
}

function badKeyFile(file: string, role: Role): UserError {
  const message = `${file} holds no OpenPGP public key that gpg can read.`
  return distrust(
    'bad-key-file',
    message,
    `put public keys, as gpg --export writes them, into ${role.folderName} and nothing else`,
  )
}

/** READMEs, dotfiles and editor leftovers are not keys. */
async function keyFiles(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return []
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name)
    return names
      .filter((name) => !/^\.|^README|~$|\.sw[op]$|\.bak$/i.test(name))
      .toSorted()
      .map((name) => join(folder, name))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
