/** Runs one command in an enclosure: has it entered, follows it, ends everything when told to. */
import { realpath } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { EXIT, Interrupted, UserError } from '../../errors.ts'
import { isFolderItself } from '../../system/files.ts'
import { hostEnvironment, run } from '../../system/process.ts'
import {
  baseFor,
  enclosureWords,
  orderOf,
  ownWords,
  publishWords,
  takeWords,
  type Enclosure,
  type Taken,
} from './enclosure.ts'
import type { Identity } from './identity.ts'
import { mapArguments } from './idmap.ts'
import { PorterFailure } from './start-python.ts'
import { awaitEntries, enterBy } from './porters.ts'
import { programs } from './programs.ts'
import { PYTHON, python } from './python.ts'
import { tail, type Started, type Starting } from './started.ts'
import { feed, drain } from './streams.ts'
import { startAtTerminal } from './terminal.ts'

export interface Streams {
  readonly stdin?: Readable | undefined
  readonly stdout?: Writable | undefined
  readonly stderr?: Writable | undefined
}

/**
 * @returns the command's status
 * @throws UserError `engine-failed` when the command could not even be started
 * @throws Interrupted when `signal` fires; everything inside is dead by then
 */
export async function enter(
  identity: Identity,
  enclosure: Enclosure,
  streams: Streams,
  signal?: AbortSignal,
): Promise<number> {
  const { uidMap, gidMap } = identity
  // A path that leads into the base over a link would end in what covers it.
  const sources = await Promise.all(
    enclosure.sources.map(async (source) => ({
      ...source,
      path: await realpath(source.path).catch(() => source.path),
    })),
  )
  // Mounts have their points' real names: over a link, none would be found again.
  const base = baseFor(
    sources.map((source) => source.path),
    isFolderItself,
  )
  const words = enclosureWords({ ...enclosure, sources }, { base, uidMap, gidMap })
  return obeyed(identity, { words, terminal: enclosure.io === 'terminal' }, streams, signal)
}

/** Runs a command on the host's own file system, with power over the ids of the trees. */
export async function own(identity: Identity, argv: readonly string[], streams: Streams): Promise<number> {
  return obeyed(identity, { words: ownWords(argv), terminal: false }, streams, undefined)
}

/** Copies one file. @returns a status of `enclose/take.py` */
export async function take(identity: Identity, file: Taken, streams: Streams): Promise<number> {
  return obeyed(identity, { words: takeWords(file), terminal: false }, streams, undefined)
}

/** Brings a layer to the disk and moves it. @returns a status of `enclose/publish.py` */
export async function publish(identity: Identity, path: string, final: string, streams: Streams): Promise<number> {
  return obeyed(identity, { words: publishWords(path, final), terminal: false }, streams, undefined)
}

/** What entering takes besides is begun: the first entry will be as quick as the others. */
export async function getReady(identity: Identity): Promise<void> {
  await attempting(async () => awaitEntries(await howToStart(identity)))
}

interface Order {
  readonly words: readonly string[]
  readonly terminal: boolean
}

async function obeyed(identity: Identity, order: Order, wanted: Streams, signal: AbortSignal | undefined) {
  if (signal?.aborted) throw new Interrupted()
  const starting = await howToStart(identity)
  const streams = order.terminal ? {} : wanted
  const wants = { stdin: streams.stdin !== undefined, stdout: streams.stdout !== undefined }
  return attempting(async () => {
    const started = order.terminal ? startAtTerminal(starting) : await enterBy(starting, wants)
    return follow(started, orderOf(order.words), streams, signal)
  })
}

async function attempting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof PorterFailure ? asTold(error) : error
  }
}

async function howToStart(identity: Identity): Promise<Starting> {
  return {
    program: await python(),
    env: { PATH: hostEnvironment()['PATH'], LC_ALL: 'C.UTF-8', ...programs().enclose },
    who: identity.outer === undefined ? 'root' : 'user',
    mapIds: (pid) => mapIds(pid, identity),
  }
}

/** What the stages tell on descriptor 3. */
interface Progress {
  step: string
  /** Process 1 of the container, as the host numbers it. */
  init: number | undefined
  ready: boolean
}

async function follow(
  started: Started,
  order: Buffer,
  streams: Streams,
  signal: AbortSignal | undefined,
): Promise<number> {
  const progress: Progress = { step: 'to start', init: undefined, ready: false }
  const trouble = tail(started.complaints)
  let broken: unknown
  let over = false
  const end = () => {
    if (!over) kill(started, progress)
  }
  const fail = (error: unknown) => {
    broken ??= error
    end()
  }
  watch(started.status, progress)
  if (streams.stdin && started.stdin) feed(streams.stdin, started.stdin, fail)
  if (streams.stdout && started.stdout) drain(started.stdout, streams.stdout, fail)
  // What nobody wants is read away.
  if (streams.stderr) drain(started.stderr, streams.stderr, fail)
  else started.stderr.resume()
  started.exited.then(
    () => (over = true),
    () => (over = true),
  )
  started.listening.then(
    () => started.answers.write(order),
    () => undefined,
  )
  signal?.addEventListener('abort', end, { once: true })
  // It may have been fired while there was nothing to end.
  if (signal?.aborted) end()
  try {
    const status = await started.ended
    if (signal?.aborted) throw new Interrupted()
    if (broken !== undefined) throw broken
    if (!progress.ready) throw notStarted(progress.step, trouble())
    return status
  } finally {
    signal?.removeEventListener('abort', end)
    if (streams.stdin && started.stdin) streams.stdin.unpipe(started.stdin)
  }
}

/** Process 1's end is the end of all; its parent, whom we wait for, outlives it. */
function kill(started: Started, progress: Progress): void {
  started.wake()
  if (progress.init !== undefined) {
    try {
      process.kill(progress.init, 'SIGKILL')
      return
    } catch {
      // Already gone, or it never became ours to kill: then its parent takes it along.
    }
  }
  started.kill()
}

function watch(status: Readable, progress: Progress): void {
  status.on('error', () => undefined)
  createInterface({ input: status }).on('line', (line) => {
    // What comes later could come from inside.
    if (progress.ready) return
    if (line === 'ready') progress.ready = true
    else if (line.startsWith('step ')) progress.step = line.slice(5)
    else if (line.startsWith('pid ')) progress.init = Number(line.slice(4))
  })
}

async function mapIds(pid: number, identity: Identity): Promise<void> {
  if (identity.outer === undefined) throw new Error('root needs no outer map')
  const options = { purpose: "to map the user's subordinate ids" }
  await run(['newuidmap', String(pid), ...mapArguments(identity.outer.uids)], options)
  await run(['newgidmap', String(pid), ...mapArguments(identity.outer.gids)], options)
}

const HINT = 'gentoomuch doctor checks what containers need on this host'

/** As `enclose/gather.py` says it, before the image's path. */
const IMAGE_STEP = 'to mount the image '

/** The image may be from before a new kernel, or from another host. A step whose tree is not whole is run again. */
const IMAGE_HINT =
  'Let this host mount squashfs images (sudo modprobe --all loop squashfs), or remove this one: where images cannot be mounted, the next run makes it again as a folder.'

function notStarted(step: string, words: string): UserError {
  return new UserError(
    'engine-failed',
    `The embedded engine could not start a container; it failed ${step}${words ? `:\n${words}` : '.'}`,
    { hint: step.startsWith(IMAGE_STEP) ? IMAGE_HINT : HINT, exit: EXIT.buildFailed },
  )
}

function asTold({ reason, step, words }: PorterFailure): unknown {
  if (reason === undefined) return notStarted(step, words)
  return (reason as NodeJS.ErrnoException).code === 'ENOENT' ? missing(PYTHON) : reason
}

function missing(program: string): UserError {
  return new UserError('missing-program', `The program ${program} is not installed; containers need it.`, {
    hint: 'gentoomuch doctor names every program that is missing and how to install it',
  })
}
