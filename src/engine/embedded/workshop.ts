/**
 * The engine's own errands: packing, unpacking, copying, digesting. They run in an enclosure whose root is the host's
 * programs and nothing else of the host, with the ids of the trees.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Writable, type Readable } from 'node:stream'
import { EXIT, UserError } from '../../errors.ts'
import { hashFile } from '../../system/hash.ts'
import { PROGRAMS, type Enclosure, type Source, type View } from './enclosure.ts'
import { enter, own, publish, take, type Streams } from './enter.ts'
import type { Identity } from './identity.ts'
import { below, IMAGE, newName, type Places } from './places.ts'
import { tooLarge } from './tar-refusals.ts'
import { digestArgv } from './tar.ts'

/** tar's and cp's order of names and words of errors must not follow the caller's language. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' }

export interface Where {
  readonly identity: Identity
  readonly places: Places
  /** Folders of closed containers on their way out. None rejects: what stays is for `sweep`. */
  readonly leaving: Set<Promise<void>>
}

export interface Errand {
  readonly sources: readonly Source[]
  readonly views: readonly View[]
  readonly argv: readonly string[]
}

/** @throws UserError `engine-failed` with the program's last words unless it ends with 0 */
export async function errand(
  identity: Identity,
  job: Errand,
  streams: { stdin?: Readable; stdout?: Writable } = {},
  signal?: AbortSignal,
): Promise<void> {
  const path = `${process.env['PATH'] ?? ''}:${ENVIRONMENT.PATH}`
  const enclosure: Enclosure = {
    sources: job.sources,
    views: [{ kind: 'plain', source: PROGRAMS }, { kind: 'standard' }, ...job.views],
    argv: job.argv,
    env: { ...ENVIRONMENT, PATH: path },
    cwd: '/',
    network: 'own',
    io: 'sockets',
  }
  const words = lastWords()
  const status = await enter(identity, enclosure, { ...streams, stderr: words.sink }, signal)
  if (status !== 0) throw errandFailed(job.argv, status, words.text())
}

/** Runs a command on the host's paths as the owner of the trees. */
async function asOwner(identity: Identity, argv: readonly string[], stdout?: Writable): Promise<void> {
  const words = lastWords()
  const streams: Streams = { stdout, stderr: words.sink }
  const status = await own(identity, argv, streams)
  if (status !== 0) throw errandFailed(argv, status, words.text())
}

/** As `enclose/take.py` ends where there is no plain file. */
const NOT_A_FILE = 3

/**
 * Copies a plain file below a folder of ours; no link on the way is followed.
 * @returns false where it is something else
 * @throws UserError `engine-failed` where there is nothing
 */
export async function takeFile(identity: Identity, folder: string, path: string, to: string): Promise<boolean> {
  const words = lastWords()
  const status = await take(identity, { folder, path, to }, { stderr: words.sink })
  if (status !== 0 && status !== NOT_A_FILE) throw errandFailed(['take'], status, words.text())
  return status === 0
}

/** Removes what is ours below a folder of ours, whoever owns what is in it. */
export async function removeBelow(identity: Identity, folder: string, ...paths: readonly string[]): Promise<void> {
  // An order of words is as long as it has to be, a command line is not.
  for (let at = 0; at < paths.length; at += MOST_PATHS) {
    const some = paths.slice(at, at + MOST_PATHS).map((path) => below(folder, path))
    await asOwner(identity, ['rm', '-rf', '--one-file-system', '--', ...some])
  }
}

const MOST_PATHS = 250

/** Bytes on disk, hard links counted once. */
export async function diskUse(identity: Identity, paths: readonly string[]): Promise<number> {
  if (paths.length === 0) return 0
  const out = collector()
  await asOwner(identity, ['du', '--summarize', '--total', '--block-size=1', '--', ...paths], out.sink)
  return Number.parseInt(out.bytes().toString().trim().split('\n').at(-1) ?? '', 10)
}

/** How a folder or an image of ours is brought before an errand, under the name `layer`. */
export function layerSource(path: string): Source {
  return { name: 'layer', path, access: path.endsWith(IMAGE) ? 'image' : 'ro' }
}

/**
 * A folder's or an image's digest as a layer.
 * @param agreed how many bytes the tar it is from was allowed. The tar that is digested can have three times as many (a
 *   header of its own for each empty file with a long name), but not more
 * @throws UserError `tar-too-large` for more: then a sparse member's map led beyond the size that it told
 */
async function digestOf(identity: Identity, path: string, agreed = Infinity): Promise<string> {
  const hash = createHash('sha256')
  const source = layerSource(path)
  const most = 3 * agreed + 64 * 1024 ** 2
  let bytes = 0
  const update = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > most) throw tooLarge(agreed)
    hash.update(chunk)
  }
  await errand(
    identity,
    {
      sources: [source],
      views: [{ kind: 'bind', source: 'layer', target: '/layer' }],
      argv: digestArgv('/layer', source.access === 'image' ? 'no attributes' : 'attributes'),
    },
    { stdout: sinkOf(update) },
  )
  return hash.digest('hex')
}

/** A line for each file of a layer, in one order. Contents are not read: that would take as long as making some of them. */
const LIST = `cd -- "$1" &&
find . -type d -printf '%P\\t%y %m %U %G %T@\\0' -o -printf '%P\\t%y %m %U %G %T@ %s %l\\0' | LC_ALL=C sort -z | sha256sum`

/** What tells whether a layer is still what it was: of an image its bytes, of a folder what `stat` says of each file. */
export async function markOf(identity: Identity, path: string): Promise<string> {
  if (path.endsWith(IMAGE)) return hashFile(path, 'sha256')
  const out = collector()
  await asOwner(identity, ['bash', '--norc', '-o', 'pipefail', '-c', LIST, 'mark', path], out.sink)
  return out.bytes().toString().split(' ')[0] ?? ''
}

export interface Kept {
  /** Its name among the layers. */
  readonly layer: string
  readonly digest: string
  readonly mark: string
}

/**
 * A finished folder or image becomes a layer.
 * @param agreed see `digestOf`
 */
export async function keepLayer({ identity, places }: Where, path: string, agreed?: number): Promise<Kept> {
  const [digest, mark] = await Promise.all([digestOf(identity, path, agreed), markOf(identity, path)])
  return { layer: await publishLayer(identity, places, path), digest, mark }
}

/** As `enclose/publish.py` ends where a rename cannot be. */
const ELSEWHERE = 3

/** Moves it among the layers, where it appears whole. Gives its name there. */
async function publishLayer(identity: Identity, places: Places, path: string): Promise<string> {
  const name = path.endsWith(IMAGE) ? `${newName()}${IMAGE}` : newName()
  const final = join(places.trees, name)
  if (await moved(identity, path, final)) return name
  // From another file system it is copied; it appears by the second move.
  const beside = join(places.trees, `.new-${name}`)
  await asOwner(identity, ['mv', '-T', '--', path, beside])
  await moved(identity, beside, final)
  return name
}

/** @returns whether one rename was enough; what is moved is on the disk by then */
async function moved(identity: Identity, path: string, final: string): Promise<boolean> {
  const words = lastWords()
  const status = await publish(identity, path, final, { stderr: words.sink })
  if (status !== 0 && status !== ELSEWHERE) throw errandFailed(['publish'], status, words.text())
  return status === 0
}

/** What an errand writes, all of it. */
export async function answerOf(identity: Identity, job: Errand): Promise<Buffer> {
  const out = collector()
  await errand(identity, job, { stdout: out.sink })
  return out.bytes()
}

function sinkOf(use: (bytes: Buffer) => unknown): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        use(chunk)
        done()
      } catch (error) {
        done(error as Error)
      }
    },
  })
}

function collector(): { sink: Writable; bytes: () => Buffer } {
  const pieces: Buffer[] = []
  return { sink: sinkOf((bytes) => pieces.push(bytes)), bytes: () => Buffer.concat(pieces) }
}

function lastWords(): { sink: Writable; text: () => string } {
  let text = ''
  const update = (bytes: Buffer) => {
    text = (text + bytes.toString()).slice(-2000)
  }
  return { sink: sinkOf(update), text: () => text.trim() }
}

function errandFailed(argv: readonly string[], status: number, words: string): UserError {
  return new UserError('engine-failed', `${argv[0]} ended with status ${status}${words ? `:\n${words}` : '.'}`, {
    exit: EXIT.buildFailed,
  })
}
