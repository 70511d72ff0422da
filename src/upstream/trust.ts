/**
 * Whom to believe, and for what. A key has a role: one that may sign stage3s may not sign a repository. Trusted is a
 * primary fingerprint, since subkeys come and go; where the key's bytes come from then matters little.
 */
import { readFile } from 'node:fs/promises'
import { exportKeys, verifyClear, verifyDetached } from '../system/gpg.ts'
import type { Signature, SignatureBy, Verdict } from '../system/gpg.ts'
import { endOf, findKey } from '../system/gpg-listing.ts'
import { allInOrder } from '../system/side-by-side.ts'
import { parseClearsigned, signedText } from './clearsigned.ts'
import { DAY, withRoleKeys } from './trust-keys.ts'
import type { RoleKeys } from './trust-keys.ts'
import { notClearsigned, notDetached } from './trust-forms.ts'
import { clockBehind, noTrustedKeys, refusal } from './trust-refusals.ts'
import type { Refused } from './trust-refusals.ts'
import type { KeySources, Role } from './trust-roles.ts'
import { whoseKey } from './trust-strangers.ts'

export { distrust } from './trust-refusals.ts'
export { GENTOO_KEYS, repositoryRole, snapshotRole, stage3Role } from './trust-roles.ts'
export type { KeySources, Role } from './trust-roles.ts'

export interface Asked {
  /** Begins the codes of errors; the role's name unless told. */
  readonly codes?: string
  /**
   * Whether these very bytes were trusted before. Then it is no harm that the key has expired since, if the signature is
   * older than that.
   */
  readonly known?: () => Promise<boolean>
}

export interface TrustedKeys {
  /** Primary fingerprints that may sign in this role. */
  readonly trusted: ReadonlySet<string>
  /**
   * The signed text of a clearsigned file, which must hold nothing else: no blanks at the ends of lines, one newline at
   * the end.
   * @param what the signed thing, for the sentence: "The file stage3-….DIGESTS"
   */
  clear(file: string, what: string, asked?: Asked): Promise<Signature & { readonly text: string }>
  /** A detached signature over every byte of a file. */
  detached(signature: string, file: string, what: string, asked?: Asked): Promise<Signature>
}

/**
 * Works with everything that may sign in this role.
 * @throws UserError `no-trusted-keys` where nothing could be verified; `bad-key-file`, `empty-key-file`, `secret-key-file`
 * @throws by its methods: UserError with exit 3, and a code of its own for each way of not being trustworthy
 */
export async function withTrustedKeys<T>(
  role: Role,
  sources: KeySources,
  work: (keys: TrustedKeys) => Promise<T>,
): Promise<T> {
  return await withRoleKeys(role, sources, async (keys) => {
    if ((await keys.isEmpty()) && !(await keys.refresh())) throw await nothingToVerifyWith(role, keys)
    const judge = (verify: () => Promise<Verdict>, what: string, asked: Asked) =>
      believe(verify, { keys, role, sources, what, asked })
    return await work({
      trusted: keys.trusted,
      async detached(signature, file, what, asked = {}) {
        const problem = notDetached(await readFile(signature))
        if (problem !== undefined) throw problem(asked.codes ?? role.name, what, role)
        return await judge(() => verifyDetached(keys, signature, file, sources.signal), what, asked)
      },
      async clear(file, what, asked = {}) {
        const parsed = parseClearsigned(await readFile(file, 'utf8'))
        if (parsed.problem !== undefined) throw notClearsigned(parsed, asked.codes ?? role.name, what, role)
        let text = ''
        const verify = async () => {
          const checked = await verifyClear(keys, file, sources.signal)
          text = signedText(checked.text)
          return checked.verdict
        }
        const signed = await judge(verify, what, asked)
        // Two readers of one frame: where they differ it was made to mislead one of them.
        if (text !== parsed.text)
          throw notClearsigned({ problem: 'broken', line: 1 }, asked.codes ?? role.name, what, role)
        return { ...signed, text }
      },
    })
  })
}

/** The public keys of a role, armoured, for programs that verify by themselves. Throws as `withTrustedKeys` does. */
export async function exportTrusted(role: Role, sources: KeySources): Promise<Buffer> {
  return await withRoleKeys(role, sources, async (keys) => {
    if (await keys.isEmpty()) await keys.refresh()
    const exported = await exportKeys(keys, keys.trusted, sources.signal)
    if (exported === undefined) throw await nothingToVerifyWith(role, keys)
    return exported
  })
}

async function nothingToVerifyWith(role: Role, keys: RoleKeys) {
  const [yetToCome] = await keys.yetToCome()
  return yetToCome === undefined ? noTrustedKeys(role, keys.trusted, keys.failure()) : clockBehind(role, yetToCome)
}

interface Judging {
  readonly keys: RoleKeys
  readonly role: Role
  readonly sources: KeySources
  readonly what: string
  readonly asked: Asked
}

/** RFC 4880, 9.1: whose sizes in bits can be too small. */
const RSA_AND_DSA: ReadonlySet<number> = new Set([1, 2, 3, 17])

/** The signature, if it is good and from a key of this role. */
async function believe(verify: () => Promise<Verdict>, judging: Judging): Promise<Signature> {
  const { keys, asked } = judging
  // Both read the keyring, and nothing of gpg's may still run when it is removed.
  let [verdict] = await allInOrder([verify(), keys.list()])
  const mayHelp = !verdict.good && (verdict.reason === 'unknown-key' || verdict.reason === 'expired-key')
  const knownAlready = async () => !verdict.good && verdict.signature !== undefined && (await asked.known?.()) === true
  if (mayHelp && !(await knownAlready()) && (await keys.refresh())) verdict = await verify()
  const refused = await whyNot(verdict, judging)
  if (refused !== undefined) throw refusal(refused, judging)
  const signature = verdict.good ? verdict : verdict.signature
  if (signature === undefined) throw new Error('a refusal was not refused')
  return { primary: signature.primary, signedAt: signature.signedAt }
}

/** What speaks against a signature; nothing if it can be believed. */
async function whyNot(verdict: Verdict, judging: Judging): Promise<Refused | undefined> {
  const { keys, sources, asked, role } = judging
  const listed = await keys.list()
  const now = Date.now() / 1000
  if (!verdict.good && verdict.signature === undefined) {
    const key = verdict.key === undefined ? undefined : findKey(listed, verdict.key)
    const named = key?.fingerprint ?? verdict.key
    const yetToCome = verdict.key === undefined ? undefined : findKey(await keys.yetToCome(), verdict.key)
    if (yetToCome !== undefined) return { reason: 'clock-behind', key: yetToCome.fingerprint, at: yetToCome.created }
    if (verdict.reason !== 'unknown-key' || verdict.key === undefined) return { reason: verdict.reason, key: named }
    return await whoseKey(verdict.key, keys, role, sources)
  }
  const signature: SignatureBy | undefined = verdict.good ? verdict : verdict.signature
  const key = listed.find(({ fingerprint }) => fingerprint === signature?.primary)
  if (signature === undefined || key === undefined) return { reason: 'unverifiable' }
  const { primary, signer, signedAt } = signature
  // The keyring holds nothing else; asked again, since all rests on it.
  if (!keys.trusted.has(primary)) return { reason: 'unknown-key', key: primary }
  const part = key.subkeys.find(({ fingerprint }) => fingerprint === signer) ?? key
  if (key.revoked || part.revoked) return { reason: 'revoked-key', key: primary }
  // Who breaks the primary key can give it a subkey.
  const weak = [key, part].find(({ algorithm, bits }) => RSA_AND_DSA.has(algorithm) && bits < 2048)
  if (weak !== undefined) return { reason: 'weak-key', key: primary, bits: weak.bits }
  if (signedAt > now + DAY) return { reason: 'future-signature', key: primary, at: signedAt }
  if (verdict.good) return undefined
  const end = endOf(key, signer)
  if (end !== undefined && signedAt < end && (await asked.known?.()) === true) return undefined
  return { reason: 'expired-key', key: primary, at: end, signedAt, failure: keys.failure() }
}
