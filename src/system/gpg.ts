/**
 * Verifying with the gpg program, in a throw-away keyring that holds the given public keys and nothing else: neither the
 * user's keyring nor their trust settings can change a verdict. What gpg says is read from its status lines (GnuPG's
 * doc/DETAILS), never from its words or its exit status.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMissing } from './files.ts'
import { parseImported, parseVerdict } from './gpg-status.ts'
import type { Verdict } from './gpg-status.ts'
import { run } from './process.ts'

export type { Refusal, Signature, Verdict } from './gpg-status.ts'

export interface Keyring {
  /** The keyring's GNUPGHOME. */
  readonly home: string
  /** For each key source, in the order they were given, the primary fingerprints of the keys in it. */
  readonly imported: readonly (readonly string[])[]
}

/** No agent, no network, no configuration file, no trust database to keep. */
const QUIET = [
  '--no-options',
  '--batch',
  '--no-tty',
  '--no-autostart',
  '--disable-dirmngr',
  '--trust-model',
  'always',
] as const

/**
 * Works with a keyring of exactly these public keys and removes it afterwards.
 * @param keys bytes or paths of key files, armoured or binary, one or several keys each
 */
export async function withKeyring<T>(
  keys: readonly (Uint8Array | string)[],
  work: (keyring: Keyring) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  // Short, since sockets live in it and their paths are limited to 107 bytes.
  const home = await mkdtemp(join(tmpdir(), 'gm-'))
  try {
    await chmod(home, 0o700)
    const imported: string[][] = []
    for (const key of keys) {
      const bytes = typeof key === 'string' ? await readFile(key) : key
      imported.push(await importKeys(home, bytes, signal))
    }
    return await work({ home, imported })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** A detached signature over every byte of a file. */
export async function verifyDetached(
  keyring: Keyring,
  signature: string,
  file: string,
  signal?: AbortSignal,
): Promise<Verdict> {
  return parseVerdict(await gpg(keyring.home, ['--verify', '--', signature, file], signal), 'binary')
}

/** A clearsigned file. `text` is what the signature covers and nothing around it: the only part to believe. */
export async function verifyClear(
  keyring: Keyring,
  file: string,
  signal?: AbortSignal,
): Promise<{ readonly verdict: Verdict; readonly text: string }> {
  const output = join(keyring.home, 'verified')
  await rm(output, { force: true })
  const verdict = parseVerdict(await gpg(keyring.home, ['--output', output, '--verify', '--', file], signal), 'any')
  if (!verdict.good) return { verdict, text: '' }
  try {
    return { verdict, text: await readFile(output, 'utf8') }
  } catch (error) {
    // A detached signature beside its file verifies too, but signs no text.
    if (isMissing(error)) return { verdict: { good: false, reason: 'no-signature' }, text: '' }
    throw error
  }
}

async function importKeys(home: string, bytes: Uint8Array, signal?: AbortSignal): Promise<string[]> {
  const argv = ['gpg', '--homedir', home, ...QUIET, '--status-fd', '1', '--import'] as const
  // gpg ends with 2 when any packet was unreadable; which keys came through is what counts.
  const ran = await run(argv, {
    input: bytes,
    accept: [0, 1, 2],
    purpose: 'to read public keys',
    ...withSignal(signal),
  })
  return parseImported(ran.stdout)
}

/** Runs a verification and gives its status lines. */
async function gpg(home: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const argv = ['gpg', '--homedir', home, ...QUIET, '--status-fd', '1', ...args] as const
  const ran = await run(argv, { accept: [0, 1, 2], purpose: 'to verify a signature', ...withSignal(signal) })
  return ran.stdout
}

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
