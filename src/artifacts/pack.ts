/** A tree becomes a tarball and the list of what is in it, in one pass and without holding either. */
import { open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Engine, TreeRef } from '../engine/engine.ts'
import { Interrupted, UserError } from '../errors.ts'
import { syncFolder } from '../system/files.ts'
import { programSink } from '../system/stream.ts'
import { compressorArgv } from './compression.ts'
import type { Compression } from './compression.ts'
import type { HashedFile } from './digests.ts'
import { hashWhileWritten } from './hashing.ts'
import { nodeHeaders } from './nodes.ts'
import type { DeviceNode } from './nodes.ts'
import { appendToTar, type Pace } from './tar-append.ts'
import { TarListing } from './tar-listing.ts'
import { tarMember } from './tar-member.ts'
import type { OnMember } from './tar-walk.ts'

export interface PackOptions {
  readonly engine: Pick<Engine, 'exportTree'>
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
  /** Told how many bytes of the uncompressed tar have passed so far. */
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
  const files: FileHandle[] = []
  const newFile = async (base: string) => {
    const file = await open(join(options.to, base), 'w+', 0o644)
    files.push(file)
    return file
  }
  try {
    const [tarball, contents] = [await newFile(names.tarball), await newFile(names.contents)]
    const tar = await options.engine.exportTree(options.tree, { epoch: options.epoch })
    // One branch's failure ends the other: without it, the other would wait for bytes for ever.
    const stop = new AbortController()
    const signal = AbortSignal.any([options.signal, stop.signal])
    const list = new PassThrough()
    const packing = pipeline([tar, withNodes(list, options), compressor(options, tarball)], { signal })
    const listing = pipeline([list, contentsCompressor(contents)], { signal })
    const [packed, listed] = await allOrStop(
      [hashedAndSynced(tarball, names.tarball, packing), hashedAndSynced(contents, names.contents, listing)],
      stop,
    )
    await syncFolder(options.to)
    return { tarball: packed, contents: listed }
  } catch (error) {
    await Promise.all(Object.values(names).map((base) => rm(join(options.to, base), { force: true })))
    throw options.signal.aborted ? new Interrupted() : error
  } finally {
    await Promise.all(files.map((file) => file.close()))
  }
}

/** On disk before it counts as written; the last digests are made meanwhile. */
async function hashedAndSynced(file: FileHandle, name: string, written: Promise<void>): Promise<HashedFile> {
  const [hashed] = await Promise.all([hashWhileWritten(file, name, written), written.then(() => file.sync())])
  return hashed
}

/** Characters of the list that are handed on at once. */
const LINES = 64 * 1024

/** The tar with its nodes; what is in it goes to `list`, line by line, at the pace of the slower of the two. */
function withNodes(list: Writable, { nodes, epoch, onBytes }: PackOptions): Transform {
  const listing = new TarListing()
  let lines = ''
  const onMember: OnMember = (header, said) => void (lines += listing.line(tarMember(header, said)))
  const pace: Pace = (bytes, go) => {
    onBytes?.(bytes)
    if (lines.length < LINES) return go()
    list.write(lines, 'latin1', go)
    lines = ''
  }
  return appendToTar(nodeHeaders(nodes, epoch), onMember, pace).once('end', () => list.end(lines, 'latin1'))
}

function compressor({ compression, threads }: PackOptions, into: FileHandle): Writable {
  const argv = compressorArgv(compression, threads)
  return programSink(argv ?? ['cat'], into.fd, { purpose: 'to compress the tarball' })
}

function contentsCompressor(into: FileHandle): Writable {
  return programSink(['gzip', '-c', '-n', '-9'], into.fd, { purpose: 'to compress the list of contents' })
}

/** Waits for all. The first failure stops the others; told is what a program failed of, before what that did to others. */
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
  throw errors.find((error) => error instanceof UserError) ?? errors[0]
}
