/**
 * Verifying with the gpg program, in a throw-away keyring that holds the given public keys and nothing else: neither the
 * user's keyring nor their trust settings can change a verdict. What gpg says is read from its status lines (GnuPG's
 * doc/DETAILS), never from its words or its exit status.
 */
import { randomUUID } from 'node:crypto'
import { chmod, constants, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMissing } from './files.ts'
import { parseListing } from './gpg-listing.ts'
import type { ListedKey } from './gpg-listing.ts'
import { parseImported, parseVerdict } from './gpg-status.ts'
import type { Verdict } from './gpg-status.ts'
import { run } from './process.ts'

export type { Refusal, Signature, SignatureBy, Verdict } from './gpg-status.ts'
export type { ListedKey } from './gpg-listing.ts'

export interface Keyring {
  /** The keyring's GNUPGHOME. */
  readonly home: string
  /** For each key source, in the order they were given, the primary fingerprints of the keys in it. */
  readonly imported: readonly (readonly string[])[]
}

/** No agent, no network, no configuration file. */
const QUIET = ['--no-options', '--batch', '--no-tty', '--no-autostart', '--disable-dirmngr'] as const

/** No trust database to keep. */
const ALWAYS = ['--trust-model', 'always'] as const

/** Lines for programs; with the trust model `always`, gpg 2.2.40 dies of an expired key when there is no database. */
const LISTING = ['--no-auto-check-trustdb', '--with-colons', '--fixed-list-mode', '--with-subkey-fingerprint'] as const

/**
 * Works with a keyring of exactly these public keys and removes it afterwards.
 * @param keys bytes or paths of key files, armoured or binary, one or several keys each
 */
export async function withKeyring<T>(
  keys: readonly (Uint8Array | string)[],
  work: (keyring: Keyring) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const keyring = await openKeyring(keys, signal)
  try {
    return await work(keyring)
  } finally {
    await keyring.close()
  }
}

export interface OpenKeyring extends Keyring {
  /** Removes it; nothing of gpg's may still run in it. */
  close(): Promise<void>
}

/** The same, for as long as it is wanted. */
export async function openKeyring(keys: readonly (Uint8Array | string)[], signal?: AbortSignal): Promise<OpenKeyring> {
  const { home, remove } = await makeHome()
  try {
    const imported: string[][] = []
    for (const key of keys) {
      const bytes = typeof key === 'string' ? await readFile(key) : key
      imported.push(await importKeys({ home }, [bytes], signal))
    }
    return { home, imported, close: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Adds public keys to a keyring; a key that is there already gets what is new about it. Gives the primary fingerprints. */
export async function importKeys(
  keyring: Pick<Keyring, 'home'>,
  sources: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<string[]> {
  if (sources.length === 0) return []
  const files = sources.map((_, index) => join(keyring.home, `import-${index}`))
  for (const [index, file] of files.entries()) await writeFile(file, sources[index] ?? '')
  const argv = [...ALWAYS, '--status-fd', '1', '--import', '--', ...files]
  // gpg ends with 2 when any packet was unreadable; which keys came through is what counts.
  const imported = parseImported(await gpg(keyring.home, argv, 'to read public keys', signal))
  for (const file of files) await rm(file)
  return imported
}

/** Of these keys, those that the keyring has, armoured; undefined where it has none. */
export async function exportKeys(
  keyring: Pick<Keyring, 'home'>,
  fingerprints: Iterable<string>,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  const names = [...fingerprints]
  // Without a name gpg would export all that there is.
  if (names.length === 0) return undefined
  const armoured = await gpg(
    keyring.home,
    [...ALWAYS, '--armor', '--export', '--', ...names],
    'to export public keys',
    signal,
  )
  return armoured === '' ? undefined : Buffer.from(armoured)
}

/** What a keyring holds; of one key if it is named by fingerprint or key id. */
export async function listKeys(
  keyring: Pick<Keyring, 'home'>,
  id?: string,
  signal?: AbortSignal,
): Promise<ListedKey[]> {
  const one = id === undefined ? [] : ['--', id]
  return parseListing(await gpg(keyring.home, [...LISTING, '--list-keys', ...one], 'to list public keys', signal))
}

/**
 * What is in the bytes of a key file, public or secret. Imports nothing. In a home of its own: gpg makes a trust database in
 * one that has none, and two that make it at once call it corrupted and list nothing.
 */
export async function showKeys(bytes: Uint8Array, signal?: AbortSignal): Promise<ListedKey[]> {
  return await withHome(async (home) =>
    parseListing(await gpg(home, [...LISTING, '--show-keys'], 'to read key files', signal, bytes)),
  )
}

/**
 * Works with a copy of a user's public keyring: nothing of the user's can be written, and no agent is asked.
 * Undefined where there is none that can be read (a keyring that only keyboxd may open counts as none).
 * @param userHome gpg's own default unless told
 */
export async function withUserKeyring<T>(
  userHome: string | undefined,
  work: (keyring: Pick<Keyring, 'home'>) => Promise<T>,
): Promise<T | undefined> {
  const from = userHome ?? process.env['GNUPGHOME'] ?? join(homedir(), '.gnupg')
  return await withHome(async (home) => {
    for (const name of ['pubring.kbx', 'pubring.gpg']) {
      if (!(await copyIfReadable(join(from, name), join(home, name)))) continue
      return await work({ home })
    }
    return undefined
  })
}

/** A detached signature over every byte of a file. */
export async function verifyDetached(
  keyring: Pick<Keyring, 'home'>,
  signature: string,
  file: string,
  signal?: AbortSignal,
): Promise<Verdict> {
  return parseVerdict(await verify(keyring.home, ['--verify', '--', signature, file], signal), 'binary')
}

/** A clearsigned file. `text` is what the signature covers and nothing around it: the only part to believe. */
export async function verifyClear(
  keyring: Pick<Keyring, 'home'>,
  file: string,
  signal?: AbortSignal,
): Promise<{ readonly verdict: Verdict; readonly text: string }> {
  // A keyring may be asked about several files at once.
  const output = join(keyring.home, `verified-${randomUUID()}`)
  try {
    const verdict = parseVerdict(
      await verify(keyring.home, ['--output', output, '--verify', '--', file], signal),
      'any',
    )
    if (!verdict.good && verdict.signature === undefined) return { verdict, text: '' }
    return { verdict, text: await readFile(output, 'utf8') }
  } catch (error) {
    // A detached signature beside its file verifies too, but signs no text.
    if (isMissing(error)) return { verdict: { good: false, reason: 'no-signature' }, text: '' }
    throw error
  } finally {
    await rm(output, { force: true })
  }
}

async function makeHome(): Promise<{ readonly home: string; readonly remove: () => Promise<void> }> {
  // Short, since sockets live in it and their paths are limited to 107 bytes.
  const home = await mkdtemp(join(tmpdir(), 'gm-'))
  await chmod(home, 0o700)
  return { home, remove: () => rm(home, { recursive: true, force: true }) }
}

async function withHome<T>(work: (home: string) => Promise<T>): Promise<T> {
  const { home, remove } = await makeHome()
  try {
    return await work(home)
  } finally {
    await remove()
  }
}

async function copyIfReadable(from: string, to: string): Promise<boolean> {
  try {
    if (!(await stat(from)).isFile()) return false
    await copyFile(from, to, constants.COPYFILE_FICLONE)
    await chmod(to, 0o600)
    return true
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return false
    throw error
  }
}

/** Runs a verification and gives its status lines. */
async function verify(home: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  return await gpg(home, [...ALWAYS, '--status-fd', '1', ...args], 'to verify a signature', signal)
}

async function gpg(
  home: string,
  args: readonly string[],
  purpose: string,
  signal?: AbortSignal,
  input?: Uint8Array,
): Promise<string> {
  const argv = ['gpg', '--homedir', home, ...QUIET, ...args] as const
  const ran = await run(argv, {
    accept: [0, 1, 2],
    purpose,
    ...(input === undefined ? {} : { input }),
    ...(signal === undefined ? {} : { signal }),
  })
  return ran.stdout
}
