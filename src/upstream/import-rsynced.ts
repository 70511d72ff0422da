/**
 * An rsync tree that lies in a folder of this host → one commit of the mirror. Who transferred it has held its files
 * against its Manifests; what is verified here is the signature over the top one, and that it is no older one.
 */
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../system/files.ts'
import { demandPast } from './future.ts'
import { importFolder } from './import-folder.ts'
import { keep, withIncoming } from './repository-mirror.ts'
import type { Pinned, RepositorySnapshot, RepositorySource } from './repository-source.ts'
import { verifyManifest } from './repository-trust.ts'
import { withMirror } from './repository.ts'
import { timeOfManifest, TIMESTAMPS, timeOfRepository } from './snapshot-time.ts'
import { distrust } from './trust.ts'
import { demandNotOlder } from './webrsync.ts'

export interface RsyncedOptions {
  readonly gitDir: string
  readonly locked?: Pinned | undefined
  readonly signal: AbortSignal
}

/**
 * @param folder absolute path
 * @throws UserError exit 3: `snapshot-unsigned` and its siblings for the Manifest, `manifest-undated`, `repository-older`, `repository-future`
 */
export async function importRsynced(
  folder: string,
  source: RepositorySource,
  { gitDir, locked, signal }: RsyncedOptions,
): Promise<RepositorySnapshot> {
  const { name } = source
  return await withMirror(gitDir, signal, async (git) => {
    const signed = source.verify ? await signedManifest(folder, source, gitDir) : undefined
    if (signed !== undefined) demandNotOlder(source, signed, locked)
    // Nobody signed the files that say a time; where the Manifest is verified they could make an old tree a new one.
    const said = signed?.time ?? timeOfRepository(await timestampsIn(folder))
    if (said !== undefined) demandPast(source, said)
    const time = said === undefined ? {} : { time: said }
    const { revision, tree, time: dated, leftOut } = await importFolder({ folder, git, name, signal, ...time })
    if (signed === undefined) demandNotOlder(source, { time: dated }, locked)
    const signedBy = signed === undefined ? {} : { signedBy: signed.primary }
    await keep(git, gitDir, revision, { type: 'rsync', ...signedBy }, signal)
    const rest = leftOut.length === 0 ? {} : { leftOut }
    return { name, type: 'rsync', revision, tree, time: dated, primary: signed?.primary, ...rest }
  })
}

/** A copy is verified: nobody changes it between being verified and being read. */
async function signedManifest(
  folder: string,
  source: RepositorySource,
  gitDir: string,
): Promise<{ readonly primary: string; readonly time: number }> {
  return await withIncoming(gitDir, async (incoming) => {
    const copy = join(incoming, 'Manifest')
    try {
      await copyFile(join(folder, 'Manifest'), copy)
    } catch (error) {
      if (!isMissing(error)) throw error
      const message = `The rsync tree of ${source.name} has no Manifest at its top, which would be signed.`
      throw distrust('snapshot-unsigned', message, OTHERWISE)
    }
    const { primary, text } = await verifyManifest(source, copy)
    const time = timeOfManifest(text)
    if (time !== undefined) return { primary, time }
    const message = `The signed Manifest of ${source.name} does not say when it was made (TIMESTAMP).`
    throw distrust('manifest-undated', message, OTHERWISE)
  })
}

const OTHERWISE =
  'sync from a mirror that signs its tree, or say sync-rsync-verify-metamanifest = no to take it unverified'

async function timestampsIn(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for (const path of TIMESTAMPS) {
    try {
      found.set(path, await readFile(join(folder, path)))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
  return found
}
