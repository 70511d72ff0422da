/** Starts a Python of ours, and says why where it cannot. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import type { Socket } from 'node:net'

/** A Python that could not be started, or that ended before it could be used. */
export class PorterFailure extends Error {
  /** What it was doing. */
  readonly step: string
  /** Its complaints. */
  readonly words: string
  /** What failed on our side, if something did. */
  readonly reason: unknown

  constructor(step: string, words: string, reason: unknown) {
    super(`failed ${step}`)
    this.step = step
    this.words = words
    this.reason = reason
  }
}

/**
 * @returns the process, and what node has of its descriptors, in their order
 * @throws PorterFailure where this process may have no more descriptors: then node makes none of them
 */
export function startPython(
  program: string,
  argv: readonly string[],
  options: SpawnOptions,
): { readonly child: ChildProcess; readonly sockets: readonly (Socket | null)[] } {
  const child = spawn(program, argv, options)
  // Whoever waits for it hears of it; nobody may be waiting yet.
  child.on('error', () => undefined)
  const sockets = child.stdio as unknown as readonly (Socket | null)[] | undefined
  if (sockets === undefined) throw new PorterFailure('to start', '', tooManyFiles(program))
  // Whoever should read may be dead already; its end is reported by its exit.
  for (const socket of sockets) socket?.on('error', () => undefined)
  return { child, sockets }
}

function tooManyFiles(program: string): Error {
  const facts = { code: 'EMFILE', syscall: `spawn ${program}`, path: program }
  return Object.assign(new Error(`${facts.syscall} EMFILE`), facts)
}
