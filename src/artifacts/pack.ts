/** A tree becomes a tarball and the list of what is in it: the tar's bytes pass from tar to the compressor, and nobody else. */
import { open, mkdtemp, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import type { Engine, TreeRef } from '../engine/engine.ts'
import { Interrupted, UserError } from '../errors.ts'
import { syncFolder } from '../system/files.ts'
import { namedPipe, type NamedPipe } from '../system/named-pipe.ts'
import { programBetween, programSink } from '../system/stream.ts'
import { compressorArgv } from './compression.ts'
import type { Compression } from './compression.ts'
import type { HashedFile } from './digests.ts'
import { hashWhileWritten } from './hashing.ts'
import { listWithNodes } from './node-list.ts'
import { nodeHeaders } from './nodes.ts'
import type { DeviceNode } from './nodes.ts'

export interface PackOptions {
  readonly engine: Pick<Engine, 'exportInto'>
  readonly tree: TreeRef
  /** Seconds; no file in the tarball is dated later. */
  readonly epoch: number
  readonly compression: Compression
  /** Of the compressor; any number gives the same bytes. */
  readonly threads: number
  readonly nodes: readonly DeviceNode[]
  /** An existing folder; the files appear in it. */
  readonly to: string
  /** Base name without the suffix, which the compression gives. */
  readonly name: string
  readonly signal: AbortSignal
  /** Told how many bytes the tarball has so far. */
  readonly onBytes?: (bytes: number) => void
}

export interface Packed {
  readonly tarball: HashedFile
  /** `TARBALL.CONTENTS.gz`: what `tar -tv` says of the tarball, owners as numbers, times in UTC. */
  readonly contents: HashedFile
}

/** Packs a tree. Whatever fails or interrupts it, neither file is left behind. */
export async function packTree(options: PackOptions): Promise<Packed> {
  if (options.signal.aborted) throw new Interrupted()
  const name = `${options.name}${options.compression.suffix}`
  const names = { tarball: name, contents: `${name}.CONTENTS.gz` }
  // Only its owner may enter it: there is a pipe in it that anyone may write to.
  const scratch = await mkdtemp(join(options.to, '.packing-'))
  const files: FileHandle[] = []
  const newFile = async (base: string) => {
    const file = await open(join(options.to, base), 'w+', 0o644)
    files.push(file)
    return file
  }
  try {
    const [tarball, contents] = [await newFile(names.tarball), await newFile(names.contents)]
    const pipe = await namedPipe(scratch)
    files.push(pipe.reading, pipe.writing)
    // One's failure ends the other: without it, the other would wait for bytes for ever.
    const stop = new AbortController()
    const signal = AbortSignal.any([options.signal, stop.signal])
    const compressing = compress(options, pipe, tarball, signal)
    const listing = exportAndList(options, pipe, contents, signal)
    const [packed, listed] = await allOrStop(
      [
        hashedAndSynced(tarball, names.tarball, compressing, options.onBytes),
        hashedAndSynced(contents, names.contents, listing),
      ],
      stop,
    )
    await syncFolder(options.to)
    return { tarball: packed, contents: listed }
  } catch (error) {
    await Promise.all(Object.values(names).map((base) => rm(join(options.to, base), { force: true })))
    throw options.signal.aborted ? new Interrupted() : error
  } finally {
    await Promise.all(files.map((file) => file.close()))
    await rm(scratch, { recursive: true, force: true })
  }
}

/** The pipe's end is the compressor's alone: without it, whoever writes is told. */
async function compress({ compression, threads }: PackOptions, pipe: NamedPipe, into: FileHandle, signal: AbortSignal) {
  const argv = compressorArgv(compression, threads) ?? (['cat'] as const)
  const ends = { from: pipe.reading.fd, to: into.fd }
  const compressing = programBetween(argv, ends, { purpose: 'to compress the tarball', signal })
  compressing.catch(() => undefined)
  await pipe.reading.close()
  await compressing
}

/**
 * The nodes come first, since tar ends what it writes. The list runs beside the tar, which does not wait for it. The pipe is
 * held open until tar has opened it.
 */
async function exportAndList(options: PackOptions, pipe: NamedPipe, contents: FileHandle, signal: AbortSignal) {
  const { engine, tree, nodes, epoch } = options
  const headers = nodeHeaders(nodes, epoch)
  const withNodes = await listWithNodes(headers)
  await pipe.writing.writeFile(headers)
  const list = await engine.exportInto(pipe.path, tree, { epoch })
  // What is listed is written: the pipe is open on that side as well, and ends when it ends there.
  list.once('data', () => void pipe.writing.close())
  const exported = async () => {
    try {
      await finished(list, { writable: false })
    } finally {
      await pipe.writing.close()
    }
  }
  await Promise.all([exported(), pipeline([list, withNodes, contentsCompressor(contents)], { signal })])
}

/** On disk before it counts as written; the last digests are made meanwhile. */
async function hashedAndSynced(
  file: FileHandle,
  name: string,
  written: Promise<void>,
  onBytes?: (bytes: number) => void,
): Promise<HashedFile> {
  const early = syncedOnTheWay(file)
  const hashing = hashWhileWritten(file, name, written, (bytes) => {
    early.at(bytes)
    onBytes?.(bytes)
  })
  const [hashed] = await Promise.all([hashing, early.rest(written)])
  return hashed
}

/** So much may wait for the disk, in bytes: what is brought there while the rest is compressed needs no time at the end. */
const UNSYNCED = 32 * 1024 ** 2

function syncedOnTheWay(file: FileHandle) {
  let synced = 0
  let syncing = Promise.resolve()
  return {
    at(bytes: number): void {
      if (bytes - synced < UNSYNCED) return
      synced = bytes
      syncing = syncing.then(() => file.datasync())
      syncing.catch(() => undefined)
    },
    /** What could not be written is told once: by the sync that came upon it. */
    async rest(written: Promise<void>): Promise<void> {
      const [how] = await Promise.allSettled([written])
      await syncing
      if (how.status === 'rejected') throw how.reason
      await file.sync()
    },
  }
}

function contentsCompressor(into: FileHandle): Writable {
  return programSink(['gzip', '-c', '-n'], into.fd, { purpose: 'to compress the list of contents' })
}

/**
 * Waits for all. The first failure stops the others. Told is what the compressor failed of by itself, for the tar then fails
 * of having no reader; else what came first.
 */
async function allOrStop<T>(work: readonly [Promise<T>, Promise<T>], stop: AbortController): Promise<[T, T]> {
  const errors: unknown[] = []
  const watched = async (one: Promise<T>) => {
    try {
      return await one
    } catch (error) {
      errors.push(error)
      stop.abort()
      throw error
    }
  }
  const [one, other] = await Promise.allSettled([watched(work[0]), watched(work[1])])
  if (one.status === 'fulfilled' && other.status === 'fulfilled') return [one.value, other.value]
  const telling = errors.filter((error) => error instanceof UserError && !(error instanceof Interrupted))
  const ofCompressor = one.status === 'rejected' ? telling.find((error) => error === one.reason) : undefined
  throw ofCompressor ?? telling[0] ?? errors[0]
}
