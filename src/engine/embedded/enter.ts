/** Runs one command in an enclosure: starts the stages, answers what they ask, ends everything when told to. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { EXIT, Interrupted, UserError } from '../../errors.ts'
import { hostEnvironment, run } from '../../system/process.ts'
import { baseFor, enclosureWords, orderOf, ownWords, type Enclosure } from './enclosure.ts'
import type { Identity } from './identity.ts'
import { mapArguments } from './idmap.ts'
import { programs } from './programs.ts'
import { PYTHON, python } from './python.ts'
import { feed, drain } from './streams.ts'

export interface Streams {
  readonly stdin?: Readable | undefined
  readonly stdout?: Writable | undefined
  readonly stderr?: Writable | undefined
}

/** What the stages tell on descriptor 3. */
interface Progress {
  step: string
  /** Process 1 of the container, as the host numbers it. */
  init: number | undefined
  ready: boolean
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
  const base = baseFor(
    enclosure.sources.map((source) => source.path),
    existsSync,
  )
  const words = enclosureWords(enclosure, { ...by(identity), base, uidMap, gidMap })
  return start(identity, { words, terminal: enclosure.io === 'terminal' }, streams, signal)
}

/** Runs a command on the host's own file system, with power over the ids of the trees. */
export async function own(identity: Identity, argv: readonly string[], streams: Streams): Promise<number> {
  return start(identity, { words: ownWords(argv, by(identity)), terminal: false }, streams, undefined)
}

function by(identity: Identity) {
  return { node: process.pid, who: identity.outer === undefined ? ('root' as const) : ('user' as const) }
}

interface Stages {
  readonly words: readonly string[]
  readonly terminal: boolean
}

async function start(identity: Identity, stages: Stages, streams: Streams, signal: AbortSignal | undefined) {
  if (signal?.aborted) throw new Interrupted()
  const { enclose } = programs()
  const child = spawn(await python(), ['-I', '-S', '-c', enclose.BOOT], {
    // The container's process 1 keeps this environment: nothing of the caller is in it but where programs are.
    env: { PATH: hostEnvironment()['PATH'], LC_ALL: 'C.UTF-8', ...enclose },
    cwd: '/',
    // A Ctrl-C is the program's to answer; it must not reach what does the cleaning up. A shell sits at the terminal itself.
    detached: !stages.terminal,
    // See `enclose/words.py`.
    stdio: stages.terminal
      ? ['inherit', 'inherit', 'pipe', 'pipe', 'pipe', 'pipe']
      : [from(streams.stdin), from(streams.stdout), 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  return follow(child, identity, stages, streams, signal)
}

function from(stream: unknown): 'pipe' | 'ignore' {
  return stream === undefined ? 'ignore' : 'pipe'
}

async function follow(
  child: ChildProcess,
  identity: Identity,
  { words, terminal }: Stages,
  wanted: Streams,
  signal: AbortSignal | undefined,
): Promise<number> {
  const streams = terminal ? {} : wanted
  const progress: Progress = { step: 'to start', init: undefined, ready: false }
  const answers = (child.stdio as readonly unknown[])[5] as Writable
  // Whoever should have read may be dead already; its end is reported by its exit.
  answers.on('error', () => undefined)
  answers.write(orderOf(words))
  const trouble = tail(child.stdio[2] as Readable)

  let broken: unknown
  let over = false
  const end = () => {
    if (!over) kill(child, progress)
  }
  const fail = (error: unknown) => {
    broken ??= error
    end()
  }
  watch(child.stdio[3] as Readable, progress, () => {
    mapIds(child.pid!, identity).then(() => answers.write('mapped\n'), fail)
  })
  if (streams.stdin) feed(streams.stdin, child.stdio[0] as Writable, fail)
  if (streams.stdout) drain(child.stdio[1] as Readable, streams.stdout, fail)
  const stderr = child.stdio[4] as Readable | null
  // Node opens no /dev/null in place of a fourth descriptor: what nobody wants is read away.
  if (streams.stderr) drain(stderr!, streams.stderr, fail)
  else stderr?.resume()
  signal?.addEventListener('abort', end, { once: true })
  child.once('exit', () => {
    over = true
  })
  try {
    const [code, killedBy] = await closed(child)
    if (signal?.aborted) throw new Interrupted()
    if (broken !== undefined) throw broken
    if (!progress.ready) throw notStarted(progress, trouble())
    return code ?? 128 + constants.signals[killedBy!]
  } finally {
    signal?.removeEventListener('abort', end)
    if (streams.stdin && child.stdio[0]) streams.stdin.unpipe(child.stdio[0])
  }
}

/** Process 1's end is the end of all; its parent, whom we wait for, outlives it. */
function kill(child: ChildProcess, progress: Progress): void {
  if (progress.init !== undefined) {
    try {
      process.kill(progress.init, 'SIGKILL')
      return
    } catch {
      // Already gone, or it never became ours to kill: then its parent takes it along.
    }
  }
  child.kill('SIGKILL')
}

function closed(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? missing(PYTHON) : error)
    })
    child.once('close', (code, killedBy) => {
      resolve([code, killedBy])
    })
  })
}

function watch(status: Readable, progress: Progress, askedForIds: () => void): void {
  status.on('error', () => undefined)
  createInterface({ input: status }).on('line', (line) => {
    // What comes later could come from inside.
    if (progress.ready) return
    if (line === 'map') askedForIds()
    else if (line === 'ready') progress.ready = true
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

/** The last words of a stream, bounded. */
function tail(stream: Readable): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('error', () => undefined)
  stream.on('data', (piece: string) => {
    text = (text + piece).slice(-4000)
  })
  return () => text.trim()
}

const HINT = 'gentoomuch doctor checks what containers need on this host'

/** As `enclose/gather.py` says it, before the image's path. */
const IMAGE_STEP = 'to mount the image '

/** The image may be from before a new kernel, or from another host. A step whose tree is not whole is run again. */
const IMAGE_HINT =
  'Let this host mount squashfs images (sudo modprobe --all loop squashfs), or remove this one: where images cannot be mounted, the next run makes it again as a folder.'

function notStarted(progress: Progress, words: string): UserError {
  return new UserError(
    'engine-failed',
    `The embedded engine could not start a container; it failed ${progress.step}${words ? `:\n${words}` : '.'}`,
    { hint: progress.step.startsWith(IMAGE_STEP) ? IMAGE_HINT : HINT, exit: EXIT.buildFailed },
  )
}

function missing(program: string): UserError {
  return new UserError('missing-program', `The program ${program} is not installed; containers need it.`, {
    hint: 'gentoomuch doctor names every program that is missing and how to install it',
  })
}
