/** Files in folders of keys: public keys, or fingerprints alone. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT, UserError } from '../errors.ts'
import { isMissing } from '../system/files.ts'
import { showKeys } from '../system/gpg.ts'
import type { ListedKey } from '../system/gpg.ts'

/** Larger than any key file: what is larger was put there by accident. */
const MOST = 64 * 1024 * 1024

/** What a file in a folder of keys is for. */
export type KeyFile =
  { readonly bytes: Buffer; readonly keys: readonly ListedKey[] } | { readonly pins: readonly string[] }

/**
 * Reads a file of a folder of keys.
 * @param folderName the folder as a user would write it
 */
export async function readKeyFile(path: string, folderName: string, signal: AbortSignal): Promise<KeyFile> {
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
  const keys = await showKeys(bytes, signal)
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
