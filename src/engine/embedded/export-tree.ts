/** A tree becomes a tar: as a stream of ours, or straight into a pipe that another program reads. */
import { once } from 'node:events'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { growing } from '../../system/growing.ts'
import { run } from '../../system/process.ts'
import type { TreeRef } from '../engine.ts'
import { createdLine } from './created-list.ts'
import { newName } from './places.ts'
import { python } from './python.ts'
import { exportArgv, exportIntoArgv, type Attributes } from './tar.ts'
import { isImage, treeSources, viewedLayers, type Seen } from './views.ts'
import { errand, type Where } from './workshop.ts'

const TREE = '/tree'

export function exportTree({ identity, places }: Where, tree: TreeRef, epoch: number): Readable {
  const out = new PassThrough({ highWaterMark: 1024 * 1024 })
  const stop = new AbortController()
  out.once('close', () => {
    stop.abort()
  })
  const argv = exportArgv(TREE, epoch, attributesOf(tree))
  errand(identity, { ...treeAlone(places.trees, tree), argv }, { stdout: out }, stop.signal).then(
    () => out.end(),
    (error: unknown) => out.destroy(error as Error),
  )
  return out
}

/** Where the container has the two: neither is root's in there, which a sticky folder like /tmp would not let root write to. */
const INTO = { archive: '/run/archive', list: '/run/list' }

/** @returns the list, which is not closed before all is over */
export function exportInto(where: Where, pipe: string, tree: TreeRef, epoch: number): Readable {
  const stop = new AbortController()
  const list = new PassThrough({
    destroy: (reason, gone) => {
      stop.abort()
      void over.then(() => gone(reason))
    },
  })
  const over = writeInto(where, { pipe, tree, epoch, list }, stop).then(
    () => list.end(),
    (error: unknown) => list.destroy(error as Error),
  )
  return list
}

interface Writing {
  readonly pipe: string
  readonly tree: TreeRef
  readonly epoch: number
  readonly list: PassThrough
}

/** tar lists into a file, which is read as it grows: from a pipe, each line would come by itself and wake us. */
async function writeInto({ identity, places }: Where, writing: Writing, stop: AbortController): Promise<void> {
  const { pipe, tree, epoch } = writing
  // Anyone may write to the file, and nobody else come to it.
  const folder = join(places.incoming, newName())
  await mkdir(folder, { mode: 0o700 })
  const path = join(folder, 'list')
  const file = await open(path, 'wx+')
  try {
    await file.chmod(0o666)
    const { sources, views } = treeAlone(places.trees, tree)
    const job = {
      sources: [
        ...sources,
        { name: 'archive', path: pipe, access: 'rw' as const },
        { name: 'list', path, access: 'rw' as const },
      ],
      views: [
        ...views,
        { kind: 'bind' as const, source: 'archive', target: INTO.archive },
        { kind: 'bind' as const, source: 'list', target: INTO.list },
      ],
      argv: exportIntoArgv(TREE, epoch, attributesOf(tree), INTO),
    }
    const widened = widen(pipe)
    const written = errand(identity, job, {}, stop.signal)
    try {
      await hand(writing.list, listed(growing(file, written), createdLine(epoch)), stop.signal)
    } catch (error) {
      stop.abort()
      await Promise.allSettled([written, widened])
      throw error
    }
    await widened
  } finally {
    await file.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** F_SETPIPE_SZ (linux/fcntl.h), to what any user may have (pipe(7)). */
const WIDEN = `import fcntl, os, sys
fcntl.fcntl(os.open(sys.argv[1], os.O_RDWR | os.O_NONBLOCK), 1031, 1 << 20)`

/** 64 KiB are less than tar writes at once: both sides would wait for each other, and be woken, for each of them. */
async function widen(pipe: string): Promise<void> {
  // A user who has many pipes already may be refused: then it goes on as it is.
  await run([await python(), '-I', '-S', '-c', WIDEN, pipe]).catch(() => undefined)
}

async function hand(list: PassThrough, lines: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  for await (const some of lines) if (!list.write(some, 'latin1')) await once(list, 'drain', { signal })
}

/** Whole lines, as they should be. */
async function* listed(pieces: AsyncIterable<Buffer>, line: (text: string) => string): AsyncGenerator<string> {
  let begun = ''
  for await (const piece of pieces) {
    const lines = (begun + piece.toString('latin1')).split('\n')
    begun = lines.pop() ?? ''
    yield lines.map((text) => `${line(text)}\n`).join('')
  }
}

function treeAlone(trees: string, tree: TreeRef): Seen {
  return {
    sources: treeSources(trees, [tree]),
    views: [{ kind: 'tree', layers: viewedLayers(tree), target: TREE }],
  }
}

function attributesOf(tree: TreeRef): Attributes {
  return tree.layers.every(isImage) ? 'no attributes' : 'attributes'
}
