/**
 * A filter over a tar stream that lets only members pass that a tree may have. Bytes pass as they are.
 * - A member, or a hard link's target, that climbs out of the tree is an error.
 * - Device nodes are left out: they cannot be made in a user namespace, and /dev is mounted over in every container.
 */
import { Transform, type TransformCallback } from 'node:stream'
import { EXIT, UserError } from '../../errors.ts'

const BLOCK = 512

interface Names {
  path?: string
  linkpath?: string
  size?: number
}

/** What the next block is. */
type Expect = 'header' | 'extension' | 'body' | 'sparse' | 'rest'

export class TarMembers extends Transform {
  #pending: Buffer = Buffer.alloc(0)
  #expect: Expect = 'header'
  /** Bytes of the current body (padded) that are still to come. */
  #left = 0
  #pass = true
  /** Headers and bodies of the extensions before a member; they go where the member goes. */
  #held: Buffer[] = []
  #extensionType = ''
  #names: Names = {}
  #bodyAfterSparse = 0

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#take(this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk)
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  override _flush(done: TransformCallback): void {
    const cut = this.#expect !== 'rest' && (this.#expect !== 'header' || this.#pending.length > 0)
    done(cut ? broken('it ends in the middle of a member') : null)
  }

  #take(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#expect === 'rest') {
        this.push(bytes.subarray(at))
        at = bytes.length
      } else if (this.#expect === 'body') {
        const end = Math.min(bytes.length, at + this.#left)
        if (this.#pass) this.push(bytes.subarray(at, end))
        this.#left -= end - at
        at = end
        if (this.#left === 0) this.#expect = 'header'
      } else {
        const need = this.#expect === 'extension' ? this.#left : BLOCK
        if (bytes.length - at < need) break
        this.#block(bytes.subarray(at, at + need))
        at += need
      }
    }
    this.#pending = Buffer.from(bytes.subarray(at))
  }

  #block(block: Buffer): void {
    if (this.#expect === 'extension') this.#extension(block)
    else if (this.#expect === 'sparse') this.#sparse(block)
    else this.#header(block)
  }

  #header(block: Buffer): void {
    if (block.every((byte) => byte === 0)) {
      this.#expect = 'rest'
      this.push(block)
      return
    }
    if (!checksumFits(block)) throw broken('a header has a wrong checksum')
    const type = String.fromCharCode(block[156]!)
    if ('xLKg'.includes(type)) {
      this.#held.push(Buffer.from(block))
      this.#extensionType = type
      this.#left = padded(number(block.subarray(124, 136)))
      if (this.#left > 16 * 1024 * 1024) throw broken('an extended header is longer than 16 MiB')
      this.#expect = this.#left === 0 ? 'header' : 'extension'
      return
    }
    this.#member(block, type)
  }

  #extension(body: Buffer): void {
    this.#held.push(Buffer.from(body))
    this.#expect = 'header'
    if (this.#extensionType === 'L') this.#names.path = text(body)
    else if (this.#extensionType === 'K') this.#names.linkpath = text(body)
    else Object.assign(this.#names, records(body))
  }

  #member(block: Buffer, type: string): void {
    const path = this.#names.path ?? headerPath(block)
    const link = type === '1' ? (this.#names.linkpath ?? text(block.subarray(157, 257))) : undefined
    for (const name of [path, link]) {
      if (name !== undefined && climbs(name)) throw climbsOut(name)
    }
    const size = '12346'.includes(type) || type === '5' ? 0 : (this.#names.size ?? number(block.subarray(124, 136)))
    this.#pass = type !== '3' && type !== '4'
    if (this.#pass) {
      for (const held of this.#held) this.push(held)
      this.push(Buffer.from(block))
    }
    this.#held = []
    this.#names = {}
    this.#begin(padded(size), type === 'S' && block[482] === 1)
  }

  #sparse(block: Buffer): void {
    this.push(Buffer.from(block))
    this.#begin(this.#bodyAfterSparse, block[504] === 1)
  }

  /** Old GNU sparse members have further blocks between header and body. */
  #begin(body: number, sparse: boolean): void {
    this.#bodyAfterSparse = body
    this.#left = body
    this.#expect = sparse ? 'sparse' : body === 0 ? 'header' : 'body'
  }
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

function text(field: Buffer): string {
  const end = field.indexOf(0)
  // latin1 keeps bytes apart that are no UTF-8; only `/`, `.` and the beginning matter here.
  return field.toString('latin1', 0, end === -1 ? field.length : end)
}

function headerPath(block: Buffer): string {
  const name = text(block.subarray(0, 100))
  // GNU headers ("ustar  ") use the prefix field for times.
  const posix = block.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = posix ? text(block.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Octal, or base 256 for what octal cannot hold. */
function number(field: Buffer): number {
  if ((field[0]! & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, field[0]! & 0x7f)
    if (!Number.isSafeInteger(value)) throw broken('a size makes no sense')
    return value
  }
  const digits = text(field).trim()
  if (!/^[0-7]*$/.test(digits)) throw broken('a size makes no sense')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

function checksumFits(block: Buffer): boolean {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at]!
  return sum === number(block.subarray(148, 156))
}

/** pax records: `LENGTH KEY=VALUE\n`, the length counting itself. */
function records(body: Buffer): Names {
  const names: Names = {}
  let at = 0
  while (at < body.length && body[at] !== 0) {
    const space = body.indexOf(0x20, at)
    const length = Number(body.toString('latin1', at, Math.max(space, at)))
    if (!Number.isInteger(length) || length < 5 || at + length > body.length)
      throw broken('an extended header is damaged')
    const [key, ...value] = body.toString('latin1', space + 1, at + length - 1).split('=')
    const whole = value.join('=')
    if (key === 'path' || key === 'GNU.sparse.name') names.path = whole
    else if (key === 'linkpath') names.linkpath = whole
    else if (key === 'size') names.size = Number(whole)
    at += length
  }
  return names
}

function climbs(name: string): boolean {
  return name.startsWith('/') || name.split('/').includes('..')
}

function climbsOut(name: string): UserError {
  return new UserError('tar-climbs-out', `The tarball has a member that leads out of it: ${JSON.stringify(name)}.`, {
    hint: 'Do not use this tarball.',
    exit: EXIT.untrusted,
  })
}

function broken(why: string): UserError {
  return new UserError('tar-broken', `The tarball is broken: ${why}.`)
}
