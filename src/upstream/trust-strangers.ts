/** Whose key it is that signed but may not: the difference between a mix-up and an attack, for who reads the sentence. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Interrupted, UserError } from '../errors.ts'
import { isMissing } from '../system/files.ts'
import { listKeys, showKeys, withUserKeyring } from '../system/gpg.ts'
import type { ListedKey } from '../system/gpg.ts'
import { findKey } from '../system/gpg-listing.ts'
import { GENTOO_KEYS } from './trust-roles.ts'
import type { KeySources, Role } from './trust-roles.ts'
import { keyFiles, readIfFile, readKeyFile } from './key-files.ts'
import { INSTALLED_KEYRING } from './trust-keys.ts'
import type { RoleKeys } from './trust-keys.ts'
import type { Refused } from './trust-refusals.ts'

/** What Gentoo's keys are for, by fingerprint. */
const GENTOO_ROLES: ReadonlyMap<string, string> = new Map([
  [GENTOO_KEYS.weeklyStages, "Gentoo's stage3s"],
  [GENTOO_KEYS.gitMirror, "Gentoo's git mirror"],
  [GENTOO_KEYS.snapshots, "Gentoo's repository snapshots"],
  [GENTOO_KEYS.releases, "Gentoo's releases made by hand"],
])

/**
 * Looks for a key that is not one of the role's: among other roles' keys, Gentoo's other keys and the user's own.
 * @param id fingerprint or key id, of a primary key or a subkey
 */
export async function whoseKey(id: string, keys: RoleKeys, role: Role, sources: KeySources): Promise<Refused> {
  const { signal } = sources
  const installed = await readIfFile(sources.installedKeyring ?? INSTALLED_KEYRING)
  const gentoo = installed === undefined ? [] : await showKeys(installed, signal)
  const users = (await withUserKeyring(sources.userHome, (user) => listKeys(user, id, signal))) ?? []
  const known = findKey([...gentoo, ...users], id)
  const primary = known?.fingerprint ?? id
  if (keys.trusted.has(primary)) return { reason: 'missing-key', key: primary, failure: keys.failure() }
  if (keys.trusted.has(id)) return { reason: 'pinned-subkey', key: id, whose: primary }
  const other =
    GENTOO_ROLES.get(primary) ?? (await otherRole(primary, id, { folder: sources.trustedKeys, role, signal }))
  if (other !== undefined) return { reason: 'other-role', key: primary, whose: other }
  if (users.length > 0) return { reason: 'user-key', key: primary, whose: known?.owner ?? '' }
  return { reason: 'unknown-key', key: primary, failure: keys.failure() }
}

interface Looking {
  readonly folder: string
  readonly role: Role
  readonly signal: AbortSignal
}

/** The folder of trusted keys that trusts this key, as a user would write it. */
async function otherRole(primary: string, id: string, looking: Looking): Promise<string | undefined> {
  for (const name of await foldersIn(looking.folder)) {
    const folder = join(looking.folder, name)
    if (folder === looking.role.folder) continue
    for (const path of await keyFiles(folder)) {
      const { keys, pins } = await readAnyway(path, looking)
      if (pins.includes(primary) || findKey(keys, id) !== undefined) return `env/trusted.keys/${name}`
    }
  }
  return undefined
}

/** Another role's broken key file is not what is being talked about. */
async function readAnyway(
  path: string,
  { signal }: Looking,
): Promise<{ keys: readonly ListedKey[]; pins: readonly string[] }> {
  try {
    return { keys: [], pins: [], ...(await readKeyFile(path, '', signal)) }
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof UserError)) throw error
    return { keys: [], pins: [] }
  }
}

/** `stage3`, `repository/NAME`, `snapshot/NAME` … */
async function foldersIn(trustedKeys: string): Promise<string[]> {
  try {
    const entries = await readdir(trustedKeys, { withFileTypes: true, recursive: true })
    const folders = entries.filter((entry) => entry.isDirectory())
    return folders.map((entry) => join(entry.parentPath, entry.name).slice(trustedKeys.length + 1)).toSorted()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
