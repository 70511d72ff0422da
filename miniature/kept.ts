/** What is costly to make is kept by content in the cache: `KIND-KEY`, appearing whole. */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from '../src/system/files.ts'

/** How many of a kind stay: two branches of the recipe may be worked on in turn. */
const STAY = 2

/**
 * The path of what `make` made for this key, now or earlier.
 * @param make writes to the path it is given, a file or a folder
 */
export async function kept(
  cache: string,
  kind: string,
  key: string,
  make: (path: string) => Promise<void>,
): Promise<string> {
  const path = join(cache, `${kind}-${key.slice(0, 32)}`)
  if (await exists(path)) return path
  await mkdir(cache, { recursive: true })
  const aside = join(cache, `.${kind}-${randomUUID()}`)
  try {
    await make(aside)
    await rename(aside, path)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  await forgetOthers(cache, kind, path)
  return path
}

async function forgetOthers(cache: string, kind: string, newest: string): Promise<void> {
  const others: { path: string; time: number }[] = []
  for (const name of await readdir(cache)) {
    const path = join(cache, name)
    if (name.startsWith(`${kind}-`) && path !== newest) others.push({ path, time: (await stat(path)).mtimeMs })
  }
  const old = others.toSorted((a, b) => b.time - a.time).slice(STAY - 1)
  for (const { path } of old) await rm(path, { recursive: true, force: true })
}
