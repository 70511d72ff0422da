/**
 * Follows a tar stream from header to header without keeping it: where members end, and with them the archive. Zero blocks
 * alone do not tell, since a file may end in them.
 */
import { BLOCK, padding } from './tar-header.ts'

/** More than any pax header that GNU tar writes: xattrs are at most 64 KiB each. */
const LARGEST_PAX = 64 * 1024 * 1024

const FLAG = { hardLink: '1', paxHeader: 'x', sparse: 'S' } as const

export class TarWalk {
  /** Bytes of the current member that are still to come, its padding included. */
  private left = 0
  private readonly header = Buffer.alloc(BLOCK)
  private filled = 0
  /** The body of a pax header that is being read. */
  private pax: Buffer[] | undefined
  private paxSize = 0
  /** What a pax header said of the next member's size. */
  private nextSize: number | undefined
  private over = false

  /** The archive's end marker was seen. */
  get ended(): boolean {
    return this.over
  }

  /** Between two members: where an archive without an end marker may stop. */
  get between(): boolean {
    return this.left === 0 && this.filled === 0
  }

  /**
   * Takes the next bytes of the stream; gives those that belong to members, in whole headers. What follows the end marker
   * is dropped.
   * @throws Error for a header that is none
   */
  take(chunk: Buffer): Buffer[] {
    const members: Buffer[] = []
    let at = 0
    while (at < chunk.length && !this.over) {
      if (this.left > 0) {
        const piece = chunk.subarray(at, at + this.left)
        at += piece.length
        this.body(piece)
        members.push(piece)
        continue
      }
      const piece = chunk.subarray(at, at + BLOCK - this.filled)
      piece.copy(this.header, this.filled)
      at += piece.length
      this.filled += piece.length
      if (this.filled < BLOCK) continue
      this.filled = 0
      if (this.header.every((byte) => byte === 0)) this.over = true
      else {
        this.member()
        members.push(Buffer.from(this.header))
      }
    }
    return members
  }

  private body(piece: Buffer): void {
    this.left -= piece.length
    if (this.pax === undefined) return
    this.pax.push(Buffer.from(piece))
    if (this.left > 0) return
    this.nextSize = paxSize(Buffer.concat(this.pax).subarray(0, this.paxSize))
    this.pax = undefined
  }

  private member(): void {
    checkSum(this.header)
    const flag = String.fromCharCode(this.header[156] ?? 0)
    if (flag === FLAG.sparse) throw new Error('the tar has an old-style sparse member')
    const own = readSize(this.header)
    // A hard link says how large its file is and carries none of it, as GNU tar writes and reads it.
    const size = flag === FLAG.hardLink ? 0 : flag === FLAG.paxHeader ? own : (this.nextSize ?? own)
    if (flag === FLAG.paxHeader) {
      if (size > LARGEST_PAX) throw new Error(`the tar has a pax header of ${size} bytes`)
      this.pax = []
      this.paxSize = size
    } else this.nextSize = undefined
    this.left = size + padding(size)
  }
}

/** The size field: octal, or base 256 when its first bit is set (GNU, from 8 GiB on). */
function readSize(header: Buffer): number {
  const first = header[124] ?? 0
  if ((first & 0x80) !== 0) return Number(BigInt(`0x${header.subarray(125, 136).toString('hex')}`))
  const digits = header.subarray(124, 136).toString('latin1').replaceAll(/[\0 ]/g, '')
  if (!/^[0-7]*$/.test(digits)) throw new Error('the tar has a member without a readable size')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

function checkSum(header: Buffer): void {
  const wanted = Number.parseInt(header.subarray(148, 156).toString('latin1'), 8)
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += header[at] ?? 0
  if (sum !== wanted) throw new Error('the tar has a damaged header: its checksum does not fit')
}

/** The `size` record of a pax header, if it has one; values may hold any bytes, so records are followed by their lengths. */
function paxSize(body: Buffer): number | undefined {
  let at = 0
  let size: number | undefined
  while (at < body.length) {
    const space = body.indexOf(0x20, at)
    const length = space === -1 ? Number.NaN : Number(body.subarray(at, space).toString('latin1'))
    if (!(length > 0)) throw new Error('the tar has a pax header that cannot be read')
    const record = body.subarray(space + 1, at + length - 1)
    if (record.subarray(0, 5).toString('latin1') === 'size=') size = Number(record.subarray(5).toString('latin1'))
    at += length
  }
  return size
}
