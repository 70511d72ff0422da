/** A program's output as events, a line each; the last ones are remembered for the error's sake. */
import { StringDecoder } from 'node:string_decoder'
import { Writable } from 'node:stream'

const REMEMBERED = 15

export class Lines extends Writable {
  readonly last: string[] = []
  readonly #tell: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  constructor(tell: (line: string) => void) {
    super()
    this.#tell = tell
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
    done()
  }

  override _final(done: () => void): void {
    if (this.#rest !== '') this.#line(this.#rest)
    done()
  }

  #line(line: string): void {
    if (line.trim() !== '') this.last.push(line)
    if (this.last.length > REMEMBERED) this.last.shift()
    this.#tell(line)
  }
}
