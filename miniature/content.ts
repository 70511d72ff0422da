/** What a folder holds, as one digest: outputs are kept by it. */
import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** sha256 of anything that has a JSON form. */
export function keyOf(input: unknown): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('hex')
}

/** Names, kinds, execute bits and bytes of all that is below `folder`; no times, no owners. */
export async function digestOfFolder(folder: string): Promise<string> {
  const entries: unknown[] = []
  for (const name of (await readdir(folder)).toSorted()) entries.push([name, await digestOf(join(folder, name))])
  return keyOf(entries)
}

async function digestOf(path: string): Promise<unknown> {
  const status = await lstat(path)
  if (status.isSymbolicLink()) return ['link', await readlink(path)]
  if (status.isDirectory()) return ['folder', await digestOfFolder(path)]
  const bytes = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  return ['file', (status.mode & 0o111) !== 0, bytes]
}
