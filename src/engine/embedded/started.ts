/** A Python of ours (`enclose/`) that has a container entered, as its caller sees it: the descriptors of `enclose/words.py`. */
import type { Readable, Writable } from 'node:stream'

export interface Started {
  /** Undefined where the command has the caller's terminal, or /dev/null. */
  readonly stdin: Writable | undefined
  readonly stdout: Readable | undefined
  readonly stderr: Readable
  /** What the stages complain of. */
  readonly complaints: Readable
  /** Where they say how far they are. */
  readonly status: Readable
  readonly answers: Writable
  /** When it takes its order: before, an ordinary user's asks for his ids. Never, where it ends first. */
  readonly listening: Promise<void>
  /** When it can no longer be killed. */
  readonly exited: Promise<unknown>
  /** The status it ended with, counted as a shell does; when all that it wrote has been read. */
  readonly ended: Promise<number>
  /** Has it go on where somebody stopped it (a debugger, a batch system): else nobody would see the end. */
  wake(): void
  /** Ends it at once. */
  kill(): void
}

/** How such a Python is started. */
export interface Starting {
  readonly program: string
  /** Process 1 of a container keeps it: nothing of the caller is in it but where programs are. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly who: 'root' | 'user'
  /** Gives a process of an ordinary user his subordinate ids, when it asks for them. */
  readonly mapIds: (pid: number) => Promise<void>
}

/** 128 + SIGKILL. */
export const KILLED = 137

/** The last words of a stream, bounded. */
export function tail(stream: Readable): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('error', () => undefined)
  stream.on('data', (piece: string) => {
    text = (text + piece).slice(-4000)
  })
  return () => text.trim()
}
