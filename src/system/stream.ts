/** Programs as streams: what they read and write flows through with backpressure, and how they ended is the stream's end. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { Duplex, Readable } from 'node:stream'
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

function start(argv: Argv, options: StreamOptions, stdin: 'ignore' | 'pipe'): Program {
  const [file, ...args] = argv
  const child = spawn(file, args, {
    env: { ...hostEnvironment(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: [stdin, 'pipe', 'pipe'],
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
  const interrupt = () => void stream.destroy(new Interrupted())
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout?.pause()
  })
  child.once('error', (error: NodeJS.ErrnoException) => {
    stream.destroy(error.code === 'ENOENT' ? missingProgram(argv[0], options.purpose) : error)
  })
  child.once('close', (status, name) => {
    options.signal?.removeEventListener('abort', interrupt)
    if (stream.destroyed) return
    if (status === 0 && allWasRead()) stream.push(null)
    else
      stream.destroy(
        failed(
          argv[0],
          status === null ? `was ended by ${name}` : `ended with status ${status}`,
          program,
          options.purpose,
        ),
      )
  })
  if (options.signal?.aborted) interrupt()
  else options.signal?.addEventListener('abort', interrupt, { once: true })
}

function failed(file: string, how: string, program: Program, purpose?: string): UserError {
  const words = program.lastWords().split('\n').slice(-6).join('\n')
  const what = purpose === undefined ? '' : ` (${purpose})`
  return new UserError('command-failed', `${file}${what} ${how}${words ? `:\n${words}` : '.'}`, { exit: 1 })
}
