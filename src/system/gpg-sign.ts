/** Signing with the gpg program: the user's own key, agent and smartcard. */
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { holdAgent } from './gpg-agent.ts'
import type { Held } from './gpg-agent.ts'
import { run } from './process.ts'

export interface Signer {
  /** Fingerprint, key id or user id, as gpg takes it. */
  readonly key: string
  /** GNUPGHOME of the key; gpg's own choice unless told. */
  readonly home?: string
}

/** A secret key as gpg lists it. */
export interface SecretKey {
  /** Of the primary key. */
  readonly fingerprint: string
  readonly validity: 'usable' | 'expired' | 'revoked' | 'disabled'
  /** Whether the primary key or a subkey is here, alive and made for signing. */
  readonly signs: boolean
  /** Epoch seconds, of the primary key. */
  readonly expires: number | undefined
}

/** Writes an armoured detached signature of `file` to `to`. */
export async function signDetached(signer: Signer, file: string, to: string, signal?: AbortSignal): Promise<void> {
  await sign(signer, '--detach-sign', file, to, signal)
}

/** Writes `file`, clearsigned, to `to`. */
export async function signClear(signer: Signer, file: string, to: string, signal?: AbortSignal): Promise<void> {
  await sign(signer, '--clear-sign', file, to, signal)
}

/** Every secret key that `signer.key` may mean; none when gpg knows no such key. */
export async function listSecretKeys(signer: Signer, signal?: AbortSignal): Promise<SecretKey[]> {
  // The separator keeps a user id that begins with a dash from being an option.
  const args = ['--with-colons', '--fixed-list-mode', '--list-secret-keys', '--', signer.key] as const
  const listed = await gpg(signer, args, 'to look for the signing key', signal, [0, 2])
  return parseSecretKeys(listed)
}

/** The public half, armoured. */
export async function exportPublicKey(signer: Signer, fingerprint: string, signal?: AbortSignal): Promise<string> {
  const args = ['--armor', '--export-options', 'export-minimal', '--export', '--', fingerprint] as const
  return await gpg(signer, args, 'to export the public key', signal)
}

/** Reads `--list-secret-keys --with-colons` (GnuPG's doc/DETAILS). Pure. */
export function parseSecretKeys(listing: string): SecretKey[] {
  const keys: { fingerprint: string; validity: SecretKey['validity']; signs: boolean; expires: number | undefined }[] =
    []
  for (const line of listing.split('\n')) {
    const fields = line.split(':')
    const [record, validity = '', , , , , expires = ''] = fields
    const capabilities = fields[11] ?? ''
    // Field 15: `#` means that only a stub is here (an offline primary key).
    const signs = capabilities.includes('s') && !'eidr'.includes(validity || '-') && fields[14] !== '#'
    const last = keys.at(-1)
    if (record === 'sec') {
      keys.push({
        fingerprint: '',
        validity: toValidity(validity, capabilities),
        signs,
        expires: expires === '' ? undefined : Number(expires),
      })
    } else if (record === 'ssb' && last !== undefined) last.signs ||= signs
    else if (record === 'fpr' && last !== undefined && last.fingerprint === '') last.fingerprint = fields[9] ?? ''
  }
  return keys
}

function toValidity(field: string, capabilities: string): SecretKey['validity'] {
  if (field === 'e') return 'expired'
  if (field === 'r') return 'revoked'
  return field === 'd' || field === 'i' || capabilities.includes('D') ? 'disabled' : 'usable'
}

async function sign(
  signer: Signer,
  how: '--detach-sign' | '--clear-sign',
  file: string,
  to: string,
  signal?: AbortSignal,
): Promise<void> {
  await rm(to, { force: true })
  try {
    const plain = ['--no-emit-version', '--no-comments', '--no-textmode', '--armor', '--yes'] as const
    await gpg(
      signer,
      [...plain, '--local-user', signer.key, '--output', resolve(to), how, '--', resolve(file)],
      'to sign',
      signal,
    )
  } catch (error) {
    await rm(to, { force: true })
    throw error
  }
}

async function gpg(
  signer: Signer,
  args: readonly string[],
  purpose: string,
  signal?: AbortSignal,
  accept: readonly number[] = [0],
): Promise<string> {
  const home = signer.home === undefined ? [] : (['--homedir', resolve(signer.home)] as const)
  const options = { purpose, accept, ...(signal === undefined ? {} : { signal }) }
  const work = async () => (await run(['gpg', ...home, '--batch', '--no-tty', ...args], options)).stdout
  return signer.home === undefined ? await work() : await withAgentOf(resolve(signer.home), work)
}

async function withAgentOf<T>(home: string, work: () => Promise<T>): Promise<T> {
  const held = holdAgent(home)
  try {
    await held.there
    return await work()
  } finally {
    await held.release()
  }
}

/**
 * Until it is let go, calls for this signer find one and the same agent, which is begun and ended once. gpg's own default
 * home is left to its user.
 */
export function keepAgent({ home }: Pick<Signer, 'home'>): Pick<Held, 'release'> {
  return home === undefined ? { release: () => Promise.resolve() } : holdAgent(resolve(home))
}
