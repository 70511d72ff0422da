/** Folders for layers that are being made. */
import { chmod, chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { newName } from './places.ts'
import type { Where } from './workshop.ts'

/** A new folder of the trees' owner, 0755 whatever the caller's umask: a tar without a root folder leaves it as it is. */
export async function incomingFolder({ identity, places }: Where): Promise<string> {
  const folder = join(places.incoming, newName())
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755)
  if (process.getuid?.() === 0) await chown(folder, identity.uid, identity.gid)
  return folder
}
