/**
 * One run at a time on a data directory. The kernel's lock is held by a child of ours, util-linux `flock` that has become
 * `cat` on a pipe from us: however we end, kill -9 included, the pipe closes, `cat` ends and the lock is free.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Interrupted, UserError } from '../errors.ts'
import { makeFolder, readIfThere, writeWhole } from './files.ts'
import { hostEnvironment } from './process.ts'

export interface LockOptions {
  /** What the lock is for, said to others that wait: `stage build minimal`. */
  readonly purpose: string
  /** Told who has the lock, when there is need to wait, and again whenever that changes. */
  readonly onWait: (holder: string) => void
  readonly signal?: AbortSignal
}

export interface Lock {
  /** Idempotent. */
  release(): Promise<void>
}

/** `flock`'s answer, with --nonblock, that somebody else has it. */
const TAKEN = 75
const LOOK_AGAIN_MS = 1000

/**
 * @param path the lock's own file, made (with its folder) where it is missing; beside it `PATH.holder` says who holds it
 * @throws Interrupted when `signal` fires before the lock is ours
 */
export async function lockDirectory(path: string, options: LockOptions): Promise<Lock> {
  await makeFolder(dirname(path))
  const held = (await take(path, false, options.signal)) ?? (await waitFor(path, options))
  return lockOf(path, held, options.purpose)
}

/** The same without waiting. @returns in words who has it, where somebody has */
export async function tryLock(path: string, { purpose, signal }: Omit<LockOptions, 'onWait'>): Promise<Lock | string> {
  await makeFolder(dirname(path))
  const held = await take(path, false, signal)
  return held === undefined ? holderOf(path) : lockOf(path, held, purpose)
}

async function lockOf(path: string, held: ChildProcess, purpose: string): Promise<Lock> {
  // For those that wait. On a full disk they wait for "another run", and we go on: to clear the disk, perhaps.
  await writeWhole(holderFile(path), holderWords(purpose)).catch(() => undefined)
  let released: Promise<void> | undefined
  return {
    release: () => (released ??= letGo(path, held)),
  }
}

/** What holds a lock: the command line of the child, pure. It dies with us, and also when the pipe closes. */
export function lockArgv(path: string, wait: boolean): [string, ...string[]] {
  const how = wait ? [] : ['--nonblock', '--conflict-exit-code', String(TAKEN)]
  return ['setpriv', '--pdeathsig', 'KILL', 'flock', '--exclusive', ...how, '--no-fork', path, 'cat']
}

/** Waits in the kernel's own queue; meanwhile says who is ahead. */
async function waitFor(path: string, { onWait, signal }: LockOptions): Promise<ChildProcess> {
  const waiting = new AbortController()
  const telling = (async () => {
    let told: string | undefined
    while (!waiting.signal.aborted) {
      const holder = await holderOf(path)
      if (holder !== told && !waiting.signal.aborted) onWait(holder)
      told = holder
      await sleep(LOOK_AGAIN_MS, undefined, { signal: waiting.signal }).catch(() => undefined)
    }
  })()
  try {
    const child = await take(path, true, signal)
    if (child === undefined) throw new Error('flock gave up although it was told to wait')
    return child
  } finally {
    waiting.abort()
    await telling
  }
}

/** @returns the child that holds the lock, or undefined where it is taken and `wait` is false */
async function take(path: string, wait: boolean, signal: AbortSignal | undefined): Promise<ChildProcess | undefined> {
  const aborted = (): boolean => signal?.aborted === true
  if (aborted()) throw new Interrupted()
  const [file, ...args] = lockArgv(path, wait)
  // Its own session: the Ctrl-C of a terminal must not take the lock away while we clean up.
  const child = spawn(file, args, { env: hostEnvironment(), detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text))
  // The write fails when flock ends without becoming cat; its status tells why.
  child.stdin.on('error', () => undefined).write('ours\n')
  const stop = (): void => void child.kill('SIGKILL')
  signal?.addEventListener('abort', stop, { once: true })
  try {
    // Only cat, and so only a lock that is held, gives the line back.
    const got = once(child.stdout, 'data').then(() => 'held' as const)
    const ended = once(child, 'close').then(([status]) => status as number | null)
    const answer = await Promise.race([got, ended])
    if (aborted()) throw new Interrupted()
    if (answer === 'held') return quiet(child)
    if (answer === TAKEN && !wait) return undefined
    throw new UserError('no-lock', `${path} cannot be locked: ${words.trim() || `flock ended with status ${answer}`}`)
  } catch (error) {
    stop()
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new UserError(
      'missing-program',
      'The program setpriv (util-linux) is not installed; it is needed for locks.',
      {
        hint: 'gentoomuch doctor names every program that is missing and how to install it',
      },
    )
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** A lock alone does not keep us running. */
function quiet(child: ChildProcess): ChildProcess {
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
  return child
}

async function letGo(path: string, child: ChildProcess): Promise<void> {
  await rm(holderFile(path), { force: true })
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.ref()
  child.kill('SIGKILL')
  await ended
}

async function holderOf(path: string): Promise<string> {
  return (await readIfThere(holderFile(path)))?.trim() ?? 'another run'
}

function holderFile(path: string): string {
  return `${path}.holder`
}

function holderWords(purpose: string): string {
  const since = new Date().toISOString().slice(0, 19).replace('T', ' ')
  return `${purpose} (process ${process.pid}, since ${since} UTC)\n`
}
