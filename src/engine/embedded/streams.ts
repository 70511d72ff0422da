/** Connects a process's pipes with the caller's streams, without ending or destroying what is the caller's. */
import type { Readable, Writable } from 'node:stream'

/** The caller's stream into a process. A process that stops reading is no error: its exit tells the story. */
export function feed(source: Readable, pipe: Writable, failed: (error: unknown) => void): void {
  pipe.on('error', () => {
    source.unpipe(pipe)
  })
  source.once('error', failed)
  source.pipe(pipe)
}

/** A process's output into the caller's stream, which stays open. */
export function drain(pipe: Readable, sink: Writable, failed: (error: unknown) => void): void {
  const sinkFailed = (error: unknown) => {
    pipe.unpipe(sink)
    pipe.resume()
    failed(error)
  }
  sink.on('error', sinkFailed)
  pipe.once('error', failed)
  pipe.once('close', () => {
    sink.off('error', sinkFailed)
  })
  pipe.pipe(sink, { end: false })
}
