/** A Writable that hands on whole lines, and the last few of them when asked. */
import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

export class Lines extends Writable {
  private readonly decoder = new StringDecoder('utf8')
  private readonly each: (line: string) => void
  private readonly recent: string[] = []
  private partial = ''

  constructor(each: (line: string) => void) {
    super()
    this.each = each
  }

  /** The last lines that held more than blanks, oldest first. */
  last(count: number): string[] {
    return this.recent.filter((line) => line.trim() !== '').slice(-count)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.take(this.decoder.write(chunk))
    done()
  }

  override _final(done: () => void): void {
    this.take(this.decoder.end())
    if (this.partial !== '') this.emitLine(this.partial)
    this.partial = ''
    done()
  }

  private take(text: string): void {
    const lines = (this.partial + text).split('\n')
    this.partial = lines.pop() ?? ''
    for (const line of lines) this.emitLine(line)
  }

  private emitLine(line: string): void {
    // A carriage return redraws a line on a terminal: what was drawn last is what it says.
    const text = line.replace(/\r$/, '').split('\r').at(-1) ?? ''
    this.recent.push(text)
    if (this.recent.length > 200) this.recent.shift()
    this.each(text)
  }
}
