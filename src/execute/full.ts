/** A step that failed because a disk was full says so: which file system, what it has left, what was about missing. */
import type { Output, Step } from '../plan/step.ts'
import { size } from '../report/size.ts'
import { roomAt, saysFull, type Room } from '../system/disk.ts'
import { asFailure, StepFailure } from './failure.ts'
import type { Handler, Tools, Work } from './handler.ts'

/**
 * The handler, whose failures for want of room are told as such.
 * @param took bytes that the step left on disk the last time
 */
export function tellingWhenFull(handler: Handler, took: (step: Step) => Promise<number | undefined>): Handler {
  return {
    ...handler,
    async run(work: Work, tools: Tools): Promise<Output> {
      try {
        return await handler.run(work, tools)
      } catch (error) {
        if (tools.signal.aborted) throw error
        const rooms = await Promise.all([roomAt(tools.layout.store), roomAt(tools.layout.scratch)])
        if (!isAboutRoom(error)) throw suspecting(error, rooms)
        throw fullFailure(error, rooms, await took(work.step).catch(() => undefined))
      }
    },
  }
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
