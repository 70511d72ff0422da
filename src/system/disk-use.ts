/** What removing files gives back. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from './files.ts'

/**
 * Bytes on disk that come free when everything at `paths` goes, in the order of the paths: a file with hard links counts
 * where its last one goes, and nowhere while one stays. Links are not followed; what is not there takes nothing.
 */
export async function freedBy(paths: readonly string[]): Promise<number[]> {
  const links = new Map<string, number>()
  const freed: number[] = []
  for (const path of paths) freed.push(await bytesAt(path, links))
  return freed
}

async function bytesAt(path: string, links: Map<string, number>): Promise<number> {
  const info = await lstat(path).catch(nothingIfMissing)
  if (info === undefined) return 0
  const own = info.blocks * 512
  if (info.isDirectory()) {
    let bytes = own
    for (const name of (await readdir(path).catch(nothingIfMissing)) ?? [])
      bytes += await bytesAt(join(path, name), links)
    return bytes
  }
  if (info.nlink === 1) return own
  const inode = `${info.dev}:${info.ino}`
  const seen = (links.get(inode) ?? 0) + 1
  links.set(inode, seen)
  return seen === info.nlink ? own : 0
}

function nothingIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error
}
