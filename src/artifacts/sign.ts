/** A stage's signatures: made with the user's key, then verified as whoever downloads the stage will verify them. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { syncFolder } from '../system/files.ts'
import { verifyClear, verifyDetached } from '../system/gpg.ts'
import type { Keyring, Signature, Verdict } from '../system/gpg.ts'
import { listSecretKeys, signClear, signDetached } from '../system/gpg-sign.ts'
import type { SecretKey, Signer } from '../system/gpg-sign.ts'
import { sideBySide } from '../system/side-by-side.ts'
import { digestsText } from './digests.ts'
import type { Packed } from './pack.ts'

/**
 * Finds out, before hours of work, that there is a key to sign with.
 * @returns the fingerprint of the primary key
 * @throws UserError `no-signing-key` when there is none, several fit, or it may not sign any more
 */
export async function checkSigner(signer: Signer, signal?: AbortSignal): Promise<string> {
  const keys = await listSecretKeys(signer, signal)
  const [key] = keys
  if (key === undefined) throw noKey(`gpg has no secret key ${signer.key}${inHome(signer)}.`)
  if (keys.length > 1) {
    const fingerprints = keys.map(({ fingerprint }) => fingerprint).join(', ')
    throw noKey(
      `${signer.key} may mean any of ${keys.length} secret keys: ${fingerprints}.`,
      'write the fingerprint of the one you mean into env/sign.key',
    )
  }
  const why = whyNot(key)
  if (why !== undefined) throw noKey(`The key ${key.fingerprint} (${signer.key}) ${why}.`)
  return key.fingerprint
}

export interface StageToSign {
  /** Where the packed files are. */
  readonly folder: string
  readonly packed: Packed
  /** Named by the fingerprint of the primary key. */
  readonly signer: Signer
  /** Of the signer's public key alone. */
  readonly keyring: Promise<Pick<Keyring, 'home'>>
  /** Runs one after the other what is handed to it, of all machines: where gpg asks for a passphrase it asks once. */
  readonly first: <T>(work: () => Promise<T>) => Promise<T>
  readonly signal: AbortSignal
}

/**
 * Writes `TARBALL.asc` and puts a clearsigned `TARBALL.DIGESTS` in place of the unsigned one. May be called again after a
 * failure.
 */
export async function signStage({ folder, packed, signer, keyring, first, signal }: StageToSign): Promise<Signature> {
  const tarball = join(folder, packed.tarball.name)
  const text = digestsText([packed.tarball, packed.contents])
  const parts = ['asc.tmp', 'DIGESTS.tmp', 'DIGESTS.text.tmp'].map((suffix) => `${tarball}.${suffix}`)
  const [detached = '', clear = '', plain = ''] = parts
  const verified = (verdict: Verdict, what: string) => own(verdict, signer.key, what)
  try {
    await writeFile(plain, text)
    await first(() => signClear(signer, plain, clear, signal))
    const signature = await sideBySide(
      signal,
      [
        async (stop) => {
          await signDetached(signer, tarball, detached, stop)
          return verified(await verifyDetached(await keyring, detached, tarball, stop), packed.tarball.name)
        },
        async (stop) => {
          const digests = await verifyClear(await keyring, clear, stop)
          verified(digests.verdict, `${packed.tarball.name}.DIGESTS`)
          if (digests.text !== text) throw new Error(`gpg signed another text than ${plain}`)
        },
      ],
      async (ofTarball, ofDigests) => {
        const signed = await ofTarball
        await ofDigests
        return signed
      },
    )
    await rename(detached, `${tarball}.asc`)
    await rename(clear, `${tarball}.DIGESTS`)
    await syncFolder(folder)
    return signature
  } finally {
    await Promise.all(parts.map((part) => rm(part, { force: true })))
  }
}

function whyNot(key: SecretKey): string | undefined {
  const since = key.expires === undefined ? '' : ` on ${new Date(key.expires * 1000).toISOString().slice(0, 10)}`
  if (key.validity === 'expired') return `expired${since}`
  if (key.validity !== 'usable') return `is ${key.validity}`
  return key.signs ? undefined : 'cannot sign: neither it nor a living subkey of it, present here, is made for that'
}

function noKey(message: string, hint?: string): UserError {
  return new UserError('no-signing-key', message, {
    hint:
      hint ??
      'name a key of gpg --list-secret-keys in env/sign.key, make one with gpg --quick-generate-key "YOUR NAME <MAIL>" ed25519 sign, or build with --unsigned',
  })
}

function inHome(signer: Signer): string {
  return signer.home === undefined ? '' : ` in ${signer.home}`
}

/** Refuses a signature that nobody could verify. */
function own(verdict: Verdict, fingerprint: string, what: string): Signature {
  if (verdict.good && verdict.primary === fingerprint) return { primary: verdict.primary, signedAt: verdict.signedAt }
  const found = verdict.good ? `it is from ${verdict.primary}` : verdict.reason
  throw new UserError('signing-failed', `The signature that gpg made of ${what} does not verify: ${found}.`, {
    hint: `see whether gpg --verify accepts what ${fingerprint} signs, then sign again`,
    exit: 1,
  })
}
