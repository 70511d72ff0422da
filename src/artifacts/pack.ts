/** A tree becomes a tarball and the list of what is in it, in one pass and without holding either. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Transform } from 'node:stream'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Engine, TreeRef } from '../engine/engine.ts'
import { Interrupted, UserError } from '../errors.ts'
import { syncFolder } from '../system/files.ts'
import { programFilter } from '../system/stream.ts'
import { compressorArgv } from './compression.ts'
import type { Compression } from './compression.ts'
import type { HashedFile } from './digests.ts'
import { hashing } from './hashing.ts'
import { nodeHeaders } from './nodes.ts'
import type { DeviceNode } from './nodes.ts'
import { appendToTar } from './tar-append.ts'

export interface PackOptions {
  readonly engine: Pick<Engine, 'exportTree'>
  readonly tree: TreeRef
  /** Seconds; no file in the tarball is dated later. */
  readonly epoch: number
  readonly compression: Compression
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
  const tarball = `${options.name}${options.compression.suffix}`
  const contents = `${tarball}.CONTENTS.gz`
  const files = { tarball: join(options.to, tarball), contents: join(options.to, contents) }
  // One branch's failure ends the other: without it, the other would wait for bytes for ever.
  if (options.signal.aborted) throw new Interrupted()
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const sinks: Writable[] = []
  const sink = (path: string): Writable => {
    const opened = fileSink(path)
    sinks.push(opened)
    return opened
  }
  try {
    const tar = await options.engine.exportTree(options.tree, { epoch: options.epoch })
    const listing = new PassThrough()
    const [packed, listed] = [hashing(), hashing()]
    const branches = [
      pipeline(
        [
          tar,
          appendToTar(nodeHeaders(options.nodes, options.epoch)),
          tee(listing, options.onBytes),
          ...compressor(options.compression),
          packed.stream,
          sink(files.tarball),
        ],
        { signal },
      ),
      pipeline([listing, lister(), contentsCompressor(), listed.stream, sink(files.contents)], { signal }),
    ]
    await allOrStop(branches, stop)
    await syncFolder(options.to)
    return { tarball: packed.result(tarball), contents: listed.result(contents) }
  } catch (error) {
    // A file that is still being opened would appear after its removal.
    await Promise.all(sinks.map(closed))
    await Promise.all(Object.values(files).map((file) => rm(file, { force: true })))
    throw options.signal.aborted ? new Interrupted() : error
  }
}

function compressor(compression: Compression): NodeJS.ReadWriteStream[] {
  const argv = compressorArgv(compression, availableParallelism())
  return argv === undefined ? [] : [programFilter(argv, { purpose: 'to compress the tarball' })]
}

/** Upstream's CONTENTS is `tar -tv` too. In the C locale, which escapes names the same way on every host; UTC comes with it. */
function lister(): NodeJS.ReadWriteStream {
  return programFilter(['tar', '--list', '--verbose', '--numeric-owner', '--file=-'], {
    env: { LC_ALL: 'C' },
    purpose: 'to list the tarball',
  })
}

function contentsCompressor(): NodeJS.ReadWriteStream {
  return programFilter(['gzip', '-c', '-n', '-9'], { purpose: 'to compress the list of contents' })
}

/** On disk before it counts as written. */
function fileSink(path: string): Writable {
  return createWriteStream(path, { mode: 0o644, flush: true })
}

/** Passes bytes on and copies them to `side`, at the pace of the slower of the two. */
function tee(side: Writable, onBytes?: (bytes: number) => void): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      onBytes?.(bytes)
      side.write(chunk, (error) => done(error ?? null, chunk))
    },
    flush(done) {
      side.end(() => done())
    },
  })
}

async function closed(stream: Writable): Promise<void> {
  if (!stream.closed) await new Promise((resolve) => void stream.once('close', resolve))
}

/** Waits for all. The first failure stops the others; told is what a program failed of, before what that did to others. */
async function allOrStop(work: readonly Promise<void>[], stop: AbortController): Promise<void> {
  const errors: unknown[] = []
  const watched = work.map(async (one) => {
    try {
      await one
    } catch (error) {
      errors.push(error)
      stop.abort()
    }
  })
  await Promise.all(watched)
  if (errors.length > 0) throw errors.find((error) => error instanceof UserError) ?? errors[0]
}
