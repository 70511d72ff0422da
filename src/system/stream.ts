/** Programs as streams: what they read and write flows through with backpressure, and how they ended is the stream's end. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { Duplex, Readable, Writable } from 'node:stream'
import { Interrupted, UserError } from '../errors.ts'
import { hostEnvironment, missingProgram } from './process.ts'

export interface StreamOptions {
  readonly cwd?: string
  /** Added to `hostEnvironment()`. */
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** What the program was wanted for, for the error's sentence: "to unpack a stage3". */
  readonly purpose?: string
}

type Argv = readonly [string, ...string[]]

/** How much of a program's stderr is kept for the sentence about its failure. */
const LAST_WORDS = 4096

/**
 * What a program writes. The stream ends only after the program ended with status 0; else it is destroyed with the
 * UserError `command-failed` or `missing-program`, or with `Interrupted`. Destroying the stream kills the program.
 */
export function programSource(argv: Argv, options: StreamOptions = {}): Readable {
  const program = start(argv, options, 'ignore')
  const source: Readable = new Readable({
    read: () => void program.child.stdout?.resume(),
    destroy: (error, done) => program.stop(() => done(error)),
  })
  connect(program, source, argv, options)
  return source
}

/** A program between what is written to it and what it writes; ends and fails as `programSource` does. */
export function programFilter(argv: Argv, options: StreamOptions = {}): Duplex {
  const program = start(argv, options, 'pipe')
  const { stdin } = program.child
  let closed = false
  // A program that ended early closes its stdin: how it ended says why, so the broken pipe itself is no news.
  stdin?.on('error', () => undefined)
  const filter: Duplex = new Duplex({
    read: () => void program.child.stdout?.resume(),
    // Once the program reads no more nothing is asked for either: its end, which is near, ends the stream.
    write: (chunk: Uint8Array, _encoding, done) => {
      stdin?.write(chunk, (error) => {
        if (!error) done()
      })
    },
    final: (done) => {
      closed = true
      stdin?.end(() => done())
    },
    destroy: (error, done) => program.stop(() => done(error)),
  })
  connect(program, filter, argv, options, () => closed)
  return filter
}

/** So much waits for a program before whoever writes waits as well. */
const AHEAD = 1024 * 1024

/**
 * A program that writes to an open file what it makes of what is written to it. The stream finishes only after the program
 * ended with status 0, and fails as `programSource` does.
 */
export function programSink(argv: Argv, descriptor: number, options: StreamOptions = {}): Writable {
  const program = start(argv, options, 'pipe', descriptor)
  const { stdin } = program.child
  let finished: (() => void) | undefined
  stdin?.on('error', () => undefined)
  const sink: Writable = new Writable({
    highWaterMark: AHEAD,
    write: (chunk: Uint8Array, _encoding, done) => {
      stdin?.write(chunk, (error) => {
        if (!error) done()
      })
    },
    final: (done) => {
      finished = done
      stdin?.end()
    },
    destroy: (error, done) => program.stop(() => done(error)),
  })
  onEnd(program, sink, argv, options, () => {
    finished?.()
    return finished !== undefined
  })
  return sink
}

/** Open files, or ends of pipes, by their descriptors. */
export interface Ends {
  readonly from: number
  readonly to: number
}

/** A program that reads from one open file and writes to another, with nobody between; ends and fails as `programSource` does. */
export function programBetween(argv: Argv, { from, to }: Ends, options: StreamOptions = {}): Promise<void> {
  const program = start(argv, options, from, to)
  const { child } = program
  const stop = () => void child.kill('SIGKILL')
  options.signal?.addEventListener('abort', stop, { once: true })
  if (options.signal?.aborted) stop()
  return new Promise<void>((done, fail) => {
    child.once('error', (error) => fail(startFailed(argv, error, options)))
    child.once('close', (status, name) => {
      if (status === 0) done()
      // How it ended by itself is told, also where it would have been stopped a moment later.
      else if (status === null && options.signal?.aborted) fail(new Interrupted())
      else fail(endedBadly(argv, status, name, program, options))
    })
  }).finally(() => options.signal?.removeEventListener('abort', stop))
}

/** All that a program writes, as bytes: for small answers that need not be UTF-8. */
export async function programBytes(argv: Argv, options: StreamOptions = {}): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of programSource(argv, options)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

interface Program {
  readonly child: ChildProcess
  readonly lastWords: () => string
  /** Ends the program if it still runs; calls back when it is gone. */
  readonly stop: (then: () => void) => void
}

function start(
  argv: Argv,
  options: StreamOptions,
  stdin: 'ignore' | 'pipe' | number,
  stdout: 'pipe' | number = 'pipe',
): Program {
  const [file, ...args] = argv
  const child = spawn(file, args, {
    env: { ...hostEnvironment(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: [stdin, stdout, 'pipe'],
  })
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-LAST_WORDS)
  })
  let gone = false
  child.once('close', () => (gone = true))
  child.once('error', () => (gone = true))
  const stop = (then: () => void) => {
    if (gone) return then()
    child.once('close', then)
    child.kill('SIGKILL')
    child.stdin?.destroy()
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  return { child, lastWords: () => words.trim(), stop }
}

function connect(
  program: Program,
  stream: Readable,
  argv: Argv,
  options: StreamOptions,
  allWasRead: () => boolean = () => true,
): void {
  const { child } = program
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout?.pause()
  })
  onEnd(program, stream, argv, options, () => {
    if (!allWasRead()) return false
    stream.push(null)
    return true
  })
}

/** @param ended called when it ended with status 0; tells whether that was expected by then */
function onEnd(
  program: Program,
  stream: Readable | Writable,
  argv: Argv,
  options: StreamOptions,
  ended: () => boolean,
): void {
  const { child } = program
  const interrupt = () => void stream.destroy(new Interrupted())
  child.once('error', (error: NodeJS.ErrnoException) => {
    stream.destroy(startFailed(argv, error, options))
  })
  child.once('close', (status, name) => {
    options.signal?.removeEventListener('abort', interrupt)
    if (stream.destroyed || (status === 0 && ended())) return
    stream.destroy(endedBadly(argv, status, name, program, options))
  })
  if (options.signal?.aborted) interrupt()
  else options.signal?.addEventListener('abort', interrupt, { once: true })
}

function startFailed(argv: Argv, error: NodeJS.ErrnoException, { purpose }: StreamOptions): Error {
  return error.code === 'ENOENT' ? missingProgram(argv[0], purpose) : error
}

function endedBadly(
  argv: Argv,
  status: number | null,
  name: string | null,
  program: Program,
  { purpose }: StreamOptions,
): UserError {
  const how = status === null ? `was ended by ${name}` : `ended with status ${status}`
  const words = program.lastWords().split('\n').slice(-6).join('\n')
  const what = purpose === undefined ? '' : ` (${purpose})`
  return new UserError('command-failed', `${argv[0]}${what} ${how}${words ? `:\n${words}` : '.'}`, { exit: 1 })
}
