/** A step that failed because a disk was full says so: which file system, what it has left, what was about missing. */
import type { Output, Step } from '../plan/step.ts'
import { size } from '../report/size.ts'
import type { Layout } from '../store/layout.ts'
import { roomAt, saysFull, type Room } from '../system/disk.ts'
import { asFailure, StepFailure } from './failure.ts'
import type { Handler, Tools, Work } from './handler.ts'

type Places = Pick<Layout, 'store' | 'scratch'>

/** Bytes that a step left on disk the last time. */
export type Took = (step: Step) => Promise<number | undefined>

/**
 * The handler, whose failures for want of room are told as such. A program that met a full disk may go on and end well, with
 * half of what it should have written (bash's `declare`, whose words Portage keeps of each phase): what says so while there is
 * little room has failed, however it ends.
 * @param discard takes away what a step gave
 */
export function tellingWhenFull(handler: Handler, took: Took, discard: (output: Output) => Promise<void>): Handler {
  return {
    ...handler,
    async run(work: Work, tools: Tools): Promise<Output> {
      let heard: { readonly words: string; readonly rooms: Promise<readonly Room[]> } | undefined
      const line = (words: string) => {
        // Where the room cannot be asked for, a disk has other troubles.
        if (heard === undefined && saysFull(words)) heard = { words, rooms: roomsOf(tools.layout).catch(() => []) }
        tools.line(words)
      }
      const notFull = async () => {
        if (heard !== undefined && (await heard.rooms).some(isScarce))
          throw await becauseFull(new Error(heard.words), work.step, tools.layout, took)
      }
      const output = await handler.run(work, { ...tools, line, notFull }).catch(async (error: unknown) => {
        throw tools.signal.aborted ? error : await becauseFull(error, work.step, tools.layout, took)
      })
      try {
        await notFull()
      } catch (full) {
        await discard(output).catch(() => undefined)
        throw full
      }
      return output
    },
  }
}

/** What is to be thrown in an error's place where a disk is full, or may be. */
export async function becauseFull(reason: unknown, step: Step, places: Places, took: Took): Promise<unknown> {
  // Told already, while it ran.
  if (reason instanceof StepFailure && reason.failure.code === 'disk-full') return reason
  const rooms = await roomsOf(places)
  if (!isAboutRoom(reason)) return suspecting(reason, rooms)
  return fullFailure(reason, rooms, await took(step).catch(() => undefined))
}

function roomsOf({ store, scratch }: Places): Promise<readonly Room[]> {
  return Promise.all([roomAt(store), roomAt(scratch)])
}

/** What was written when the disk was full may be gone again a moment later. */
function isScarce({ free, hasInodes }: Room): boolean {
  return free < 1024 ** 3 || !hasInodes
}

function isAboutRoom(error: unknown): boolean {
  if (saysFull(error)) return true
  return error instanceof StepFailure && (error.failure.lastLines ?? []).some((line) => saysFull(line))
}

/** Pure. Everything that is known of the failure stays: package, log, the shell. */
export function fullFailure(error: unknown, rooms: readonly Room[], took?: number): StepFailure {
  const { code, message, hint: _hint, exit: _exit, ...facts } = asFailure(error)
  const apart = rooms.filter((room, at) => rooms.findIndex(({ device }) => device === room.device) === at)
  const told = apart.map((room) => `${room.path} is on one with ${roomWords(room)}`)
  const free = apart[0]?.free ?? 0
  const missing =
    took === undefined || took === 0
      ? ''
      : `, and this step took ${size(took)} the last time${took > free ? `: about ${size(took - free)} are missing` : ''}`
  // What would be a bug elsewhere is none here, and its stack is nobody's business.
  const what = code === 'bug' && error instanceof Error ? (error.message.split('\n')[0] ?? '') : message
  return new StepFailure({
    ...facts,
    code: 'disk-full',
    message: `A file system was full: ${told.join('; ')}${missing}.\n${what}`,
    hint: 'make room and run again, it goes on where this stopped; gentoomuch clean --dry-run says what nothing needs',
  })
}

/** Below this many bytes, programs that say nothing of a full disk fail of it. */
const NEARLY_FULL = 16 * 1024 ** 2

/** The error, with what may be behind it where a disk is nearly full. Pure. */
export function suspecting(error: unknown, rooms: readonly Room[]): unknown {
  const room = rooms.find(({ free, hasInodes }) => free < NEARLY_FULL || !hasInodes)
  if (room === undefined) return error
  const failure = asFailure(error)
  const suspicion = `the file system of ${room.path} has only ${roomWords(room)}, which may be why; gentoomuch clean --dry-run says what nothing needs`
  return new StepFailure({
    ...failure,
    hint: failure.hint === undefined ? suspicion : `${failure.hint}; ${suspicion}`,
  })
}

function roomWords({ free, size: all, hasInodes }: Room): string {
  return hasInodes ? `${size(free)} of ${size(all)} free now` : 'no room for more files'
}
