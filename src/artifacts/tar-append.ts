/** Appends members to a tar on its way through, with a right end behind them. */
import { Transform } from 'node:stream'
import { TarWalk, type OnMember } from './tar-walk.ts'

/** GNU tar writes records of 20 blocks and fills the last one (`--blocking-factor`), whatever size was asked for before. */
const RECORD = 10240

/** Two zero blocks end an archive. */
const END = 1024

/** Told how many bytes have passed so far; the stream goes on when it calls `go`. */
export type Pace = (bytes: number, go: (error?: Error | null) => void) => void

/**
 * @param headers what `nodeHeaders` gives: whole blocks, nothing for nothing
 * @param onMember told of every member, of those that are appended as well
 */
export function appendToTar(headers: Buffer, onMember?: OnMember, pace: Pace = (_bytes, go) => go()): Transform {
  const walk = new TarWalk(onMember)
  let written = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        for (const piece of walk.take(chunk)) {
          written += piece.length
          this.push(piece)
        }
        pace(written, done)
      } catch (error) {
        done(error as Error)
      }
    },
    flush(done) {
      // A tar that stops without its end marker was cut off, wherever that happened.
      if (!walk.ended)
        return done(new Error(walk.between ? 'the tar has no end' : 'the tar ends in the middle of a member'))
      new TarWalk(onMember).take(headers)
      const used = written + headers.length + END
      const filling = (RECORD - (used % RECORD)) % RECORD
      this.push(Buffer.concat([headers, Buffer.alloc(END + filling)]))
      pace(used + filling, done)
    },
  })
}
