/**
 * Follows a tar stream from header to header without keeping it: where members end, and with them the archive. Zero blocks
 * alone do not tell, since a file may end in them.
 */
import { BLOCK, padding } from './tar-header.ts'
import { paxRecords, readNumber } from './tar-member.ts'

/** More than any pax header that GNU tar writes: xattrs are at most 64 KiB each. */
const LARGEST_PAX = 64 * 1024 * 1024

const FLAG = { hardLink: 0x31, paxHeader: 0x78, sparse: 0x53 } as const

const ZEROS = Buffer.alloc(BLOCK)

type PaxRecords = ReadonlyMap<string, Buffer>

const NOTHING: PaxRecords = new Map()

/** Told of each member: its header, and what a pax header before it says. Neither is to be kept. */
export type OnMember = (header: Buffer, said: PaxRecords) => void

export class TarWalk {
  readonly #onMember: OnMember
  /** Bytes of the current member that are still to come, its padding included. */
  #left = 0
  /** The beginning of a header whose end is in the next chunk. */
  readonly #header = Buffer.alloc(BLOCK)
  #filled = 0
  /** Bytes of that beginning that were not given yet: all of them while they are zeros. */
  #held = 0
  /** The body of a pax header that is being read. */
  #pax: Buffer[] | undefined
  #paxSize = 0
  /** What it said of the member after it. */
  #said = NOTHING
  #over = false

  constructor(onMember: OnMember = () => undefined) {
    this.#onMember = onMember
  }

  /** The archive's end marker was seen. */
  get ended(): boolean {
    return this.#over
  }

  /** Between two members: where an archive without an end marker may stop. */
  get between(): boolean {
    return this.#left === 0 && this.#filled === 0
  }

  /**
   * Takes the next bytes of the stream; gives those that belong to members. What may be the end marker is held back until
   * it is whole; what follows it is dropped.
   * @throws Error for a header that is none
   */
  take(chunk: Buffer): Buffer[] {
    const held = this.#held
    let at = 0
    while (at < chunk.length && !this.#over) at = this.#left > 0 ? this.#body(chunk, at) : this.#block(chunk, at)
    const isZeros = ZEROS.compare(this.#header, 0, this.#filled, 0, this.#filled) === 0
    this.#held = isZeros && !this.#over ? this.#filled : 0
    // What is held began in this chunk or before it.
    const members = at - this.#held
    if (members <= 0) return []
    const passed = members === chunk.length ? chunk : chunk.subarray(0, members)
    return held === 0 ? [passed] : [ZEROS.subarray(0, held), passed]
  }

  /** @returns where the header in hand ends; where the chunk's bytes of it begin, if it is the end marker */
  #block(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + BLOCK - this.#filled)
    let header: Buffer = this.#header
    if (end - at === BLOCK) header = chunk.subarray(at, end)
    else {
      chunk.copy(this.#header, this.#filled, at, end)
      this.#filled += end - at
      if (this.#filled < BLOCK) return end
      this.#filled = 0
    }
    if (header.equals(ZEROS)) {
      this.#over = true
      return at
    }
    this.#member(header)
    return end
  }

  /** @returns where the member's bytes in this chunk end */
  #body(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left)
    this.#left -= end - at
    if (this.#pax === undefined) return end
    this.#pax.push(Buffer.from(chunk.subarray(at, end)))
    if (this.#left > 0) return end
    this.#said = paxRecords(Buffer.concat(this.#pax).subarray(0, this.#paxSize))
    this.#pax = undefined
    return end
  }

  #member(header: Buffer): void {
    checkSum(header)
    const flag = header[156] ?? 0
    if (flag === FLAG.sparse) throw new Error('the tar has an old-style sparse member')
    const own = readNumber(header, 124, 12)
    const told = this.#said.get('size')
    // A hard link says how large its file is and carries none of it, as GNU tar writes and reads it.
    const size =
      flag === FLAG.hardLink ? 0 : flag === FLAG.paxHeader || told === undefined ? own : Number(told.toString('latin1'))
    if (flag === FLAG.paxHeader) {
      if (size > LARGEST_PAX) throw new Error(`the tar has a pax header of ${size} bytes`)
      this.#pax = []
      this.#paxSize = size
    } else {
      this.#onMember(header, this.#said)
      this.#said = NOTHING
    }
    this.#left = size + padding(size)
  }
}

function checkSum(header: Buffer): void {
  const wanted = Number.parseInt(header.toString('latin1', 148, 156), 8)
  let sum = 8 * 0x20
  for (let at = 0; at < 148; at += 1) sum += header[at] ?? 0
  for (let at = 156; at < BLOCK; at += 1) sum += header[at] ?? 0
  if (sum !== wanted) throw new Error('the tar has a damaged header: its checksum does not fit')
}
