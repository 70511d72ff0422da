/**
 * A file that is being downloaded: `NAME.part` beside its place, and `NAME.part.json` that says of what it is the
 * beginning. A part without the latter is nothing. One process at a time: its caller holds a lock.
 */
import { constants } from 'node:fs'
import { copyFile, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as v from 'valibot'
import { readIfThere, syncFile, syncFolder, takePlace, writeWhole } from './files.ts'

const ORIGIN = v.object({
  /** The address without credentials. */
  url: v.string(),
  etag: v.optional(v.string()),
  modified: v.optional(v.string()),
  /** Bytes of the whole file, where the server said. */
  size: v.optional(v.number()),
})

export type Origin = v.InferOutput<typeof ORIGIN>

export interface Part {
  /** Of what there are `size` bytes; undefined when nothing is worth keeping. */
  readonly origin: Origin | undefined
  /** Bytes that are there. */
  readonly size: number
  /** Empties the part; what comes next is of `origin`, or of nothing that could be continued. */
  begin(origin: Origin | undefined): Promise<void>
  /** The rest comes from here. */
  continueFrom(origin: Origin): Promise<void>
  append(chunk: Uint8Array): Promise<void>
  /** Moves the part to its place, durably. */
  finish(): Promise<void>
  /** Leaves the part for another time, if there is something of it. */
  close(): Promise<void>
}

/** @param to where the file will stand; its folder is there */
export async function openPart(to: string): Promise<Part> {
  const path = `${to}.part`
  const saying = `${path}.json`
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants
  const handle = await open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o644)
  let origin = readOrigin(await readIfThere(saying))
  let size = origin === undefined ? 0 : (await handle.stat()).size
  const save = async (from: Origin) => {
    if (JSON.stringify(from) !== JSON.stringify(origin)) await writeWhole(saying, JSON.stringify(from))
    origin = from
  }
  return {
    get origin() {
      return origin
    },
    get size() {
      return size
    },
    async begin(from) {
      origin = undefined
      await rm(saying, { force: true })
      await handle.truncate(0)
      size = 0
      if (from !== undefined) await save(from)
    },
    continueFrom: save,
    async append(chunk) {
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, size)
        done += bytesWritten
        size += bytesWritten
      }
    },
    async finish() {
      await handle.sync()
      await rename(path, to)
      await rm(saying, { force: true })
      await syncFolder(dirname(to))
    },
    async close() {
      await handle.close()
      if (size === 0) await removePart(to)
    },
  }
}

/** The same for a file of this host: a copy appears whole, as a clone of its blocks where the file system can. */
export async function copyWhole(file: string, to: string): Promise<void> {
  const path = `${to}.copy`
  await takePlace(path, to, async () => {
    await copyFile(file, path, constants.COPYFILE_FICLONE)
    await syncFile(path)
  })
  await syncFolder(dirname(to))
}

/** Removes what is left of a download that is wanted no more. */
export async function removePart(to: string): Promise<void> {
  await rm(`${to}.part`, { force: true })
  await rm(`${to}.part.json`, { force: true })
}

function readOrigin(text: string | undefined): Origin | undefined {
  try {
    const read = v.safeParse(ORIGIN, JSON.parse(text ?? 'null'))
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}
