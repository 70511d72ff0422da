/**
 * Indexes of repositories on disk: `FOLDER/REPOSITORY/REVISION`, the current revision's alone. A first line with the form
 * and the digest of what follows, then JSON. What is not whole, or of another form, counts as missing.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PackedSnapshot } from '../portage/snapshot/pack.ts'
import { isOfFiles, writeWhole } from '../system/files.ts'

export interface CachePlace {
  readonly folder: string
  readonly repository: string
  readonly revision: string
}

/** Raised whenever `PackedSnapshot`, or what is read into it, changes. */
const FORM = 'gentoomuch-snapshot 2'

export async function cachedSnapshot(place: CachePlace): Promise<PackedSnapshot | undefined> {
  const bytes = await bytesIfThere(fileOf(place))
  const end = bytes?.indexOf(0x0a) ?? -1
  if (bytes === undefined || end < 0) return undefined
  const json = bytes.subarray(end + 1)
  if (bytes.toString('latin1', 0, end) !== firstLine(json)) return undefined
  const packed = JSON.parse(json.toString()) as PackedSnapshot
  return packed.repository === place.repository && packed.revision === place.revision ? packed : undefined
}

/**
 * Also removes what is kept of the repository's other revisions. Where files cannot be written nothing is lost: the next
 * one reads the repository again.
 */
export async function keepSnapshot(place: CachePlace, packed: PackedSnapshot): Promise<void> {
  const json = Buffer.from(JSON.stringify(packed))
  const folder = join(place.folder, place.repository)
  try {
    await writeWhole(fileOf(place), Buffer.concat([Buffer.from(`${firstLine(json)}\n`), json]))
    const others = (await readdir(folder)).filter((file) => file !== place.revision)
    for (const file of others) await rm(join(folder, file), { recursive: true, force: true })
  } catch (error) {
    if (!isOfFiles(error)) throw error
  }
}

function firstLine(json: Uint8Array): string {
  return `${FORM} ${createHash('sha256').update(json).digest('hex')}`
}

function fileOf({ folder, repository, revision }: CachePlace): string {
  return join(folder, repository, revision)
}

async function bytesIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isOfFiles(error)) return undefined
    throw error
  }
}
