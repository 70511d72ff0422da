/**
 * Files out of a container, for the caller, as the caller's own. A single file below one of its folders is copied; all else
 * is packed inside, where owners can be read, and unpacked outside.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { basename, join, posix } from 'node:path'
import type { Writable } from 'node:stream'
import { makeFolder } from '../../system/files.ts'
import { hostEnvironment } from '../../system/process.ts'
import type { ContainerSpec, FilesRef } from '../engine.ts'
import { newName } from './places.ts'
import { copyInArgv, copyOutArgv } from './tar.ts'
import { folderOf, readingViews } from './views.ts'
import { errand, takeFile, type Where } from './workshop.ts'

/** @param own the container's folder on disk */
export async function keepFiles(where: Where, spec: ContainerSpec, own: string, at: string): Promise<FilesRef> {
  const { identity, places } = where
  const name = basename(posix.resolve('/', at))
  const kept = join(places.kept, newName())
  await makeFolder(kept)
  try {
    const place = folderOf(spec, at)
    const isBelow = place !== undefined && place.inside !== ''
    if (isBelow && (await takeFile(identity, join(own, place.folder), place.inside, join(kept, name))))
      return { path: join(kept, name) }
    const { sources, views, folder } = readingViews(spec, { own, trees: places.trees }, at)
    await unpackInto(kept, (sink) =>
      errand(identity, { sources, views, argv: copyOutArgv(folder, name) }, { stdout: sink }),
    )
  } catch (error) {
    await rm(kept, { recursive: true, force: true })
    throw error
  }
  return { path: name === '' ? kept : join(kept, name) }
}

async function unpackInto(folder: string, pack: (sink: Writable) => Promise<void>): Promise<void> {
  const [file, ...args] = copyInArgv(folder)
  const tar = spawn(file, args, { env: hostEnvironment(), stdio: ['pipe', 'ignore', 'pipe'], detached: true })
  let words = ''
  tar.stderr.on('data', (piece: Buffer) => {
    words = (words + piece.toString()).slice(-2000)
  })
  const closed = once(tar, 'close') as Promise<[number | null]>
  try {
    await pack(tar.stdin)
  } finally {
    tar.stdin.end()
  }
  const [status] = await closed
  if (status !== 0) throw new Error(`tar could not unpack what was kept: ${words}`)
}
