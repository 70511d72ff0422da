/**
 * The engine's own errands: packing, unpacking, copying, digesting. They run in an enclosure whose root is the host's
 * programs and nothing else of the host, with the ids of the trees.
 */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable, type Readable } from 'node:stream'
import { EXIT, UserError } from '../../errors.ts'
import { run } from '../../system/process.ts'
import type { Enclosure, Source, View } from './enclosure.ts'
import { enter, own, type Streams } from './enter.ts'
import type { Identity } from './identity.ts'
import { below, newName, type Places } from './places.ts'
import { digestArgv } from './tar.ts'

/** tar's and cp's order of names and words of errors must not follow the caller's language. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' }

export interface Where {
  readonly identity: Identity
  readonly places: Places
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
    views: [{ kind: 'plain', source: 'programs' }, { kind: 'standard' }, ...job.views],
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

/** Removes a folder of ours, whoever owns what is in it. */
export async function removeBelow(identity: Identity, folder: string, path: string): Promise<void> {
  await asOwner(identity, ['rm', '-rf', '--one-file-system', '--', below(folder, path)])
}

/** Bytes on disk, hard links counted once. */
export async function diskUse(identity: Identity, paths: readonly string[]): Promise<number> {
  if (paths.length === 0) return 0
  const out = collector()
  await asOwner(identity, ['du', '--summarize', '--total', '--block-size=1', '--', ...paths], out.sink)
  return Number.parseInt(out.text().trim().split('\n').at(-1)!, 10)
}

/** A folder's digest as a layer. */
export async function digestOf(identity: Identity, folder: string): Promise<string> {
  const hash = createHash('sha256')
  await errand(
    identity,
    {
      sources: [{ name: 'layer', path: folder, access: 'ro' }],
      views: [{ kind: 'bind', source: 'layer', target: '/layer' }],
      argv: digestArgv('/layer'),
    },
    { stdout: toHash(hash) },
  )
  return hash.digest('hex')
}

/** Moves a finished folder among the layers, where it appears whole. Gives the layer's name. */
export async function publish(identity: Identity, places: Places, folder: string): Promise<string> {
  const name = newName()
  const final = join(places.trees, name)
  await run(['sync', '--file-system', folder], { purpose: 'to bring a layer to disk' })
  if ((await stat(folder)).dev === (await stat(places.trees)).dev) {
    await asOwner(identity, ['mv', '-T', '--', folder, final])
    return name
  }
  // From another file system it is copied; it appears by the second move.
  const beside = join(places.trees, `.new-${name}`)
  await asOwner(identity, ['mv', '-T', '--', folder, beside])
  await run(['sync', '--file-system', places.trees], { purpose: 'to bring a layer to disk' })
  await asOwner(identity, ['mv', '-T', '--', beside, final])
  return name
}

function toHash(hash: { update(bytes: Buffer): unknown }): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done()
    },
  })
}

function collector(): { sink: Writable; text: () => string } {
  const pieces: Buffer[] = []
  const sink = toHash({ update: (bytes) => pieces.push(bytes) })
  return { sink, text: () => Buffer.concat(pieces).toString() }
}

function lastWords(): { sink: Writable; text: () => string } {
  let text = ''
  const update = (bytes: Buffer) => {
    text = (text + bytes.toString()).slice(-2000)
  }
  return { sink: toHash({ update }), text: () => text.trim() }
}

function errandFailed(argv: readonly string[], status: number, words: string): UserError {
  return new UserError('engine-failed', `${argv[0]} ended with status ${status}${words ? `:\n${words}` : '.'}`, {
    exit: EXIT.buildFailed,
  })
}
