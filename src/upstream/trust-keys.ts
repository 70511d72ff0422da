/** Where the public keys of a role come from: its folder, Gentoo's installed keyring, the user's keyring, a key server. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT, Interrupted, UserError } from '../errors.ts'
import { isMissing, writeWhole } from '../system/files.ts'
import { exportKeys, importKeys, listKeys, showKeys, withKeyring, withUserKeyring } from '../system/gpg.ts'
import type { Keyring, ListedKey } from '../system/gpg.ts'
import type { KeySources, Role } from './trust-roles.ts'

/** Where sec-keys/openpgp-keys-gentoo-release puts the keys' bytes; believed for the pinned fingerprints only. */
export const INSTALLED_KEYRING = '/usr/share/openpgp-keys/gentoo-release.asc'

/** Larger than any key file: what is larger was put there by accident. */
const MOST = 64 * 1024 * 1024

/** Clocks may differ by so much, in seconds. */
export const DAY = 86_400

export interface RoleKeys {
  readonly home: string
  /** Primary fingerprints: of the program's own pins, of key files, of files of fingerprints. */
  readonly trusted: ReadonlySet<string>
  /** What of them is in the keyring. */
  list(): Promise<ListedKey[]>
  /** Trusted keys at hand that gpg takes into no keyring since they were made later than this machine's clock says. */
  yetToCome(): Promise<ListedKey[]>
  /** Asks the key server for every trusted key. False where nothing came: then another try would say the same. */
  refresh(): Promise<boolean>
  /** Why the key server gave nothing, if it was asked and failed. */
  failure(): unknown
}

/** What a file in a folder of keys is for. */
export type KeyFile =
  { readonly bytes: Buffer; readonly keys: readonly ListedKey[] } | { readonly pins: readonly string[] }

/**
 * Works with a keyring of what may sign in this role, as new as it can be had without a network, and nothing else.
 * @throws UserError `bad-key-file`, `empty-key-file`, `secret-key-file` for files of the role's folder that are no public keys
 */
export async function withRoleKeys<T>(
  role: Role,
  sources: KeySources,
  work: (keys: RoleKeys) => Promise<T>,
): Promise<T> {
  const { signal } = sources
  return await withKeyring(
    [],
    async (keyring) => {
      const trusted = new Set(role.pins)
      const given: ListedKey[] = []
      const sure: Uint8Array[] = []
      for (const path of await keyFiles(role.folder)) {
        const file = await readKeyFile(path, role.folderName, keyring, signal)
        if ('pins' in file) for (const pin of file.pins) trusted.add(pin)
        else {
          for (const { fingerprint } of file.keys) trusted.add(fingerprint)
          given.push(...file.keys)
          sure.push(file.bytes)
        }
      }
      const installed = await readIfFile(sources.installedKeyring ?? INSTALLED_KEYRING)
      const users = await withUserKeyring(sources.userHome, (user) => exportKeys(user, trusted, signal))
      const fetched = await fetchedBefore(sources, trusted)
      for (const bytes of [installed, users, ...fetched]) {
        const pinned = bytes === undefined ? undefined : await pinnedOf(bytes, trusted, keyring, signal)
        if (pinned !== undefined) sure.push(pinned)
      }
      await importKeys(keyring, sure, signal)
      // Only when it is asked for: nothing of gpg's may still run when the keyring is removed.
      let listed: Promise<ListedKey[]> | undefined
      let failure: unknown
      let asked = false
      return await work({
        home: keyring.home,
        trusted,
        list: () => (listed ??= listKeys(keyring, undefined, signal)),
        async yetToCome() {
          const others = installed === undefined ? [] : await showKeys(keyring, installed, signal)
          const tomorrow = Date.now() / 1000 + DAY
          return [...given, ...others].filter((key) => trusted.has(key.fingerprint) && key.created > tomorrow)
        },
        failure: () => failure,
        async refresh() {
          if (asked || sources.fetchKey === undefined) return false
          asked = true
          let came = false
          for (const pin of trusted) {
            try {
              const bytes = await fetchOnce(sources.fetchKey, pin)
              // A server may answer with any key: only the one that was asked for comes through.
              const pinned = bytes === undefined ? undefined : await pinnedOf(bytes, new Set([pin]), keyring, signal)
              if (pinned === undefined) continue
              await importKeys(keyring, [pinned], signal)
              await keepFetched(sources, pin, pinned)
              came = true
            } catch (error) {
              if (error instanceof Interrupted || !(error instanceof UserError)) throw error
              failure = error
            }
          }
          if (came) listed = undefined
          return came
        },
      })
    },
    signal,
  )
}

/** What key servers gave before: a build needs no network for a key that was fetched once. */
async function fetchedBefore({ fetched }: KeySources, pins: ReadonlySet<string>): Promise<Buffer[]> {
  if (fetched === undefined) return []
  const found = await Promise.all([...pins].map((pin) => readIfFile(join(fetched, `${pin}.asc`))))
  return found.filter((bytes) => bytes !== undefined)
}

/** Where it cannot be kept it is fetched again. */
async function keepFetched({ fetched }: KeySources, pin: string, bytes: Uint8Array): Promise<void> {
  if (fetched === undefined) return
  try {
    await writeWhole(join(fetched, `${pin}.asc`), bytes)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
  }
}

/**
 * Reads a file of a folder of keys.
 * @param folderName the folder as a user would write it
 */
export async function readKeyFile(
  path: string,
  folderName: string,
  keyring: Pick<Keyring, 'home'>,
  signal: AbortSignal,
): Promise<KeyFile> {
  const bad = (code: string, words: string, hint: string) =>
    new UserError(code, `${path} ${words}.`, { hint, exit: EXIT.untrusted })
  const only = `put public keys, as gpg --export writes them, or files of full fingerprints into ${folderName} and nothing else`
  const bytes = await readIfFile(path)
  if (bytes === undefined) throw bad('bad-key-file', 'is not a file with an OpenPGP public key', only)
  if (bytes.toString('latin1').trim() === '')
    throw bad('empty-key-file', 'is empty where a public key was expected', only)
  const pins = parsePins(bytes.toString('latin1'))
  if (pins === 'short') {
    const hint = 'write the full fingerprint that gpg --fingerprint prints: short key ids can be made at will'
    throw bad('bad-key-file', 'holds something shorter than a fingerprint, which has 40 hex digits', hint)
  }
  if (pins !== undefined) return { pins }
  const keys = await showKeys(keyring, bytes, signal)
  if (keys.some(({ secret }) => secret)) {
    const hint = `remove it, and put the public half there: gpg --armor --export ${keys[0]?.fingerprint ?? ''}`
    throw bad('secret-key-file', 'is a SECRET key, which must never lie in a configuration', hint)
  }
  if (keys.length === 0) throw bad('bad-key-file', 'holds no OpenPGP public key that gpg can read', only)
  return { bytes, keys }
}

/** READMEs, dotfiles and editor leftovers are not keys. */
export async function keyFiles(folder: string | undefined): Promise<string[]> {
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

/**
 * Fingerprints, one a line, with blanks as gpg prints them and `#` comments; undefined for a file of another kind, `short`
 * for one with hex words of another length.
 */
export function parsePins(text: string): string[] | 'short' | undefined {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').replace(/\s/g, '').replace(/^0x/i, ''))
  const words = lines.filter((line) => line !== '').map((line) => line.toUpperCase())
  if (words.length === 0 || !words.every((word) => /^[0-9A-F]{8,64}$/.test(word))) return undefined
  return words.every((word) => word.length === 40) ? words : 'short'
}

/** Those of the keys that are pinned, and no others; undefined where there are none. */
async function pinnedOf(
  bytes: Buffer | Uint8Array,
  pins: ReadonlySet<string>,
  keyring: Pick<Keyring, 'home'>,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const primaries = (await showKeys(keyring, bytes, signal)).map(({ fingerprint }) => fingerprint)
  const pinned = primaries.filter((primary) => pins.has(primary))
  if (pinned.length === 0) return undefined
  if (pinned.length === primaries.length) return bytes
  return await withKeyring([bytes], (aside) => exportKeys(aside, pinned, signal), signal)
}

/** A file's bytes; undefined where there is no regular file that can be read. Never waits for a pipe. */
export async function readIfFile(path: string): Promise<Buffer | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size <= MOST ? await readFile(path) : undefined
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}

type FetchKey = NonNullable<KeySources['fetchKey']>

/** Answers of key servers, kept as long as the function that asks: once a run. */
const answers = new WeakMap<FetchKey, Map<string, Promise<Uint8Array | undefined>>>()

async function fetchOnce(fetchKey: FetchKey, fingerprint: string): Promise<Uint8Array | undefined> {
  const before = answers.get(fetchKey) ?? new Map<string, Promise<Uint8Array | undefined>>()
  answers.set(fetchKey, before)
  const answer = before.get(fingerprint) ?? fetchKey(fingerprint)
  before.set(fingerprint, answer)
  return await answer
}
