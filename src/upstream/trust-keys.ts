/** Where the public keys of a role come from: its folder, Gentoo's installed keyring, the user's keyring, a key server. */
import { join } from 'node:path'
import { Interrupted, UserError } from '../errors.ts'
import { isOfFiles, writeWhole } from '../system/files.ts'
import { exportKeys, importKeys, listKeys, showKeys, withKeyring, withUserKeyring } from '../system/gpg.ts'
import type { ListedKey } from '../system/gpg.ts'
import { allInOrder } from '../system/side-by-side.ts'
import { keyFiles, readIfFile, readKeyFile } from './key-files.ts'
import type { KeySources, Role } from './trust-roles.ts'

/** Where sec-keys/openpgp-keys-gentoo-release puts the keys' bytes; believed for the pinned fingerprints only. */
export const INSTALLED_KEYRING = '/usr/share/openpgp-keys/gentoo-release.asc'

/** Clocks may differ by so much, in seconds. */
export const DAY = 86_400

export interface RoleKeys {
  readonly home: string
  /** Primary fingerprints: of the program's own pins, of key files, of files of fingerprints. */
  readonly trusted: ReadonlySet<string>
  /** Whether none of them is in the keyring. */
  isEmpty(): Promise<boolean>
  /** What of them is in the keyring. */
  list(): Promise<ListedKey[]>
  /** Trusted keys at hand that gpg takes into no keyring since they were made later than this machine's clock says. */
  yetToCome(): Promise<ListedKey[]>
  /** Asks the key server for every trusted key. False where nothing came: then another try would say the same. */
  refresh(): Promise<boolean>
  /** Why the key server gave nothing, if it was asked and failed. */
  failure(): unknown
}

/** What the program and the role's folder say. */
interface Named {
  readonly trusted: Set<string>
  /** Keys of the folder's files. */
  readonly given: readonly ListedKey[]
  /** The files they are in. */
  readonly files: readonly Uint8Array[]
}

async function namedIn(role: Role, signal: AbortSignal): Promise<Named> {
  const paths = await keyFiles(role.folder)
  const read = await allInOrder(paths.map((path) => readKeyFile(path, role.folderName, signal)))
  const trusted = new Set(role.pins)
  for (const file of read)
    for (const pin of 'pins' in file ? file.pins : file.keys.map(({ fingerprint }) => fingerprint)) trusted.add(pin)
  const files = read.filter((file) => 'bytes' in file)
  return { trusted, given: files.flatMap(({ keys }) => keys), files: files.map(({ bytes }) => bytes) }
}

/**
 * Whether a key may sign in this role. Where nothing is verified the bytes of no key are wanted.
 * @throws UserError as `withRoleKeys` does
 */
export async function isTrusted(primary: string, role: Role, { signal }: KeySources): Promise<boolean> {
  return role.pins.includes(primary) || (await namedIn(role, signal)).trusted.has(primary)
}

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
      const { trusted, given, files } = await namedIn(role, signal)
      const installed = await readIfFile(sources.installedKeyring ?? INSTALLED_KEYRING)
      const imported = await importKeys(
        keyring,
        [...files, ...(await fromElsewhere(installed, trusted, sources))],
        signal,
      )
      // Only when it is asked for: nothing of gpg's may still run when the keyring is removed.
      let listed: Promise<ListedKey[]> | undefined
      const list = () => (listed ??= listKeys(keyring, undefined, signal))
      let failure: unknown
      let asked = false
      return await work({
        home: keyring.home,
        trusted,
        isEmpty: async () => imported.length === 0 && (await list()).length === 0,
        list,
        async yetToCome() {
          const others = installed === undefined ? [] : await showKeys(installed, signal)
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
              const pinned = bytes === undefined ? undefined : await pinnedOf(bytes, new Set([pin]), signal)
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

/** Trusted keys that are at hand in other places than the role's folder. */
async function fromElsewhere(
  installed: Buffer | undefined,
  trusted: ReadonlySet<string>,
  sources: KeySources,
): Promise<Uint8Array[]> {
  const { signal, userHome } = sources
  const pinned = async (bytes: Uint8Array | undefined) =>
    bytes === undefined ? undefined : await pinnedOf(bytes, trusted, signal)
  const fetched = await fetchedBefore(sources, trusted)
  const found = await allInOrder([
    pinned(installed),
    withUserKeyring(userHome, (user) => exportKeys(user, trusted, signal)).then(pinned),
    ...fetched.map((bytes) => pinned(bytes)),
  ])
  return found.filter((bytes) => bytes !== undefined)
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
    if (!isOfFiles(error)) throw error
  }
}

/** Those of the keys that are pinned, and no others; undefined where there are none. */
async function pinnedOf(
  bytes: Buffer | Uint8Array,
  pins: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const primaries = (await showKeys(bytes, signal)).map(({ fingerprint }) => fingerprint)
  const pinned = primaries.filter((primary) => pins.has(primary))
  if (pinned.length === 0) return undefined
  if (pinned.length === primaries.length) return bytes
  return await withKeyring([bytes], (aside) => exportKeys(aside, pinned, signal), signal)
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
