/** A tar becomes a layer: a folder, or an image where that is wanted and can be. */
import { pipeline, Readable } from 'node:stream'
import { exists } from '../../system/files.ts'
import type { ImportOptions, TreeRef } from '../engine.ts'
import { imageCompressor, makeImage, type Compressor } from './image.ts'
import { incomingFolder } from './incoming.ts'
import { COPY } from './make-container.ts'
import { TarMembers } from './tar-members.ts'
import { extractArgv } from './tar.ts'
import { errand, keepLayer, layerSource, removeBelow, type Where } from './workshop.ts'

const GIB = 1024 ** 3

export async function importTree(where: Where, tar: Readable, options: ImportOptions): Promise<TreeRef> {
  const { identity, places } = where
  const { maxBytes = 128 * GIB, maxMembers = 8_000_000 } = options
  const compressor = options.compact === true ? await imageCompressor(where) : undefined
  const reading = read(tar, new TarMembers({ maxBytes, maxMembers }, { plain: compressor !== undefined }))
  const making: Making = { where, reading, made: [] }
  try {
    const made = await reading.during(() =>
      compressor === undefined ? folderFrom(making, reading.members) : imageOrFolder(making, compressor),
    )
    const { layer, digest, mark } = await keepLayer(where, made, maxBytes)
    return { engine: 'embedded', layers: [layer], digest, marks: [mark] }
  } finally {
    reading.members.destroy()
    for (const folder of making.made) if (await exists(folder)) await removeBelow(identity, places.incoming, folder)
  }
}

interface Making {
  readonly where: Where
  readonly reading: Reading
  /** Folders below `incoming`, to be removed at the end. */
  readonly made: string[]
}

async function newFolder({ where, made }: Making): Promise<string> {
  const folder = await incomingFolder(where)
  made.push(folder)
  return folder
}

async function folderFrom(making: Making, tar: Readable): Promise<string> {
  const folder = await newFolder(making)
  await extract(making, folder, tar)
  return folder
}

async function extract({ where, reading }: Making, folder: string, tar: Readable): Promise<void> {
  const job = {
    sources: [{ name: 'layer', path: folder, access: 'rw' as const }],
    views: [{ kind: 'bind' as const, source: 'layer', target: '/layer' }],
    argv: extractArgv('/layer'),
  }
  await errand(where.identity, job, { stdin: tar }, reading.stop)
}

/** What an image cannot have as a folder would is only found on the way; a folder then goes on where the image ends. */
async function imageOrFolder(making: Making, compressor: Compressor): Promise<string> {
  const { where, reading } = making
  const { plain, odd } = split(reading.members)
  const image = await makeImage(where.identity, await newFolder(making), plain, compressor, reading.stop)
  if (reading.members.oddAt === undefined) return image
  const folder = await newFolder(making)
  await errand(where.identity, {
    sources: [
      { ...layerSource(image), name: 'image' },
      { name: 'layer', path: folder, access: 'rw' },
    ],
    views: [
      { kind: 'bind', source: 'image', target: '/tree' },
      { kind: 'bind', source: 'layer', target: '/layer' },
    ],
    argv: COPY,
  })
  await extract(making, folder, odd)
  return folder
}

/** The members before the first odd one, as a tar of their own, and, to be read after it, those from there on. */
function split(members: TarMembers): { plain: Readable; odd: Readable } {
  const chunks = members.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  let rest: Buffer = Buffer.alloc(0)
  async function* before(): AsyncGenerator<Buffer> {
    let passed = 0
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      const end = members.oddAt === undefined ? next.value.length : members.oddAt - passed
      if (end > 0) yield next.value.subarray(0, end)
      if (end < next.value.length) {
        rest = next.value.subarray(end)
        yield Buffer.alloc(1024)
        return
      }
      passed += next.value.length
    }
  }
  async function* after(): AsyncGenerator<Buffer> {
    yield rest
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }
  return { plain: Readable.from(before(), { objectMode: false }), odd: Readable.from(after(), { objectMode: false }) }
}

interface Reading {
  readonly members: TarMembers
  /** Fires when the tar is refused or cannot be read. */
  readonly stop: AbortSignal
  /** Gives what `work` gives, once the tar was read to its end; why the tar failed goes before how `work` did. */
  during<T>(work: () => Promise<T>): Promise<T>
}

function read(tar: Readable, members: TarMembers): Reading {
  const stop = new AbortController()
  let failure: unknown
  const whole = new Promise<void>((resolve) => {
    pipeline(tar, members, (error) => {
      failure ??= error
      if (error) stop.abort()
      resolve()
    })
  })
  return {
    members,
    stop: stop.signal,
    async during(work) {
      let made
      try {
        made = await work()
      } catch (error) {
        throw failure ?? error
      }
      await whole
      if (failure !== undefined && failure !== null) throw failure
      return made
    },
  }
}
