/** Folders for layers that are being made. */
import { chmod, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { newName } from './places.ts'
import type { Where } from './workshop.ts'
import { makeFolder } from '../../system/files.ts'

/** A new folder of the trees' owner, 0755 whatever the caller's umask: a tar without a root folder leaves it as it is. */
export async function incomingFolder({ identity, places }: Where): Promise<string> {
  const folder = join(places.incoming, newName())
  await makeFolder(folder)
  await chmod(folder, 0o755)
  if (process.getuid?.() === 0) await chown(folder, identity.uid, identity.gid)
  return folder
}
