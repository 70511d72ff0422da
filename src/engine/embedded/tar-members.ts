/**
 * A filter over a tar stream that lets only members pass that a tree may have. Bytes pass as they are, up to the end mark.
 * - A name that climbs out, or goes through a link that is a member too, is an error; so is what two programs could read
 *   in different ways, what is larger than was agreed, and an end without an end mark. Links may point anywhere.
 * - Device nodes are left out: they cannot be made in a user namespace, and /dev is mounted over in every container.
 * - Global pax headers, which may only carry notes, are left out.
 */
import { Transform, type TransformCallback } from 'node:stream'
import { BLOCK, checkGlobal, checksumFits, extensions, headerPath, number, padded, text } from './tar-header.ts'
import type { Extensions } from './tar-header.ts'
import { TarNames, normal, type Kind } from './tar-names.ts'
import { ambiguous, broken, cutShort, longHeader, tooLarge, tooMany, unknownMember } from './tar-refusals.ts'

export interface TarLimits {
  /** The most bytes the tar may have, the holes of sparse members counted. */
  readonly maxBytes: number
  readonly maxMembers: number
}

/** Linux takes no extended attribute beyond 64 KiB and no name beyond 4 KiB. */
const LONGEST_HEADER = 1024 * 1024

/** What the next block is. */
type Expect = 'header' | 'extension' | 'body' | 'sparse' | 'rest'

const KINDS: Readonly<Record<string, Kind>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hard link',
  '2': 'link',
  '3': 'other',
  '4': 'other',
  '5': 'folder',
  '6': 'other',
  '7': 'file',
  S: 'file',
}

export class TarMembers extends Transform {
  readonly #limits: TarLimits
  readonly #names: TarNames
  /** Whether to look for the first member that is not plain. */
  readonly #wantsPlain: boolean
  /** Of what was passed, where the first member begins that is not plain: an image cannot have it as a folder would. */
  oddAt: number | undefined
  #passed = 0
  #seen = 0
  #holes = 0
  #members = 0
  #pending: Buffer = Buffer.alloc(0)
  #expect: Expect = 'header'
  /** Bytes of the current body (padded) that are still to come. */
  #left = 0
  #pass = true
  /** Headers and bodies of the extensions before a member; they go where the member goes. */
  #held: Buffer[] = []
  #heldTypes = ''
  #extensionSize = 0
  #said: Extensions = {}
  #bodyAfterSparse = 0

  constructor(limits: TarLimits, options: { readonly plain?: boolean } = {}) {
    super()
    this.#limits = limits
    this.#wantsPlain = options.plain === true
    this.#names = new TarNames(this.#wantsPlain)
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#count(chunk.length)
      this.#take(this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk)
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  override _flush(done: TransformCallback): void {
    done(this.#expect === 'rest' ? null : cutShort())
  }

  #count(bytes: number): void {
    this.#seen += bytes
    if (this.#seen + this.#holes > this.#limits.maxBytes) throw tooLarge(this.#limits.maxBytes)
  }

  #give(bytes: Buffer): void {
    this.#passed += bytes.length
    this.push(bytes)
  }

  #take(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#expect === 'rest') {
        at = bytes.length
      } else if (this.#expect === 'body') {
        const end = Math.min(bytes.length, at + this.#left)
        if (this.#pass) this.#give(bytes.subarray(at, end))
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
      if (this.#heldTypes !== '') throw cutShort()
      this.#expect = 'rest'
      this.#give(Buffer.alloc(2 * BLOCK))
      return
    }
    if (!checksumFits(block)) throw broken('a header has a wrong checksum')
    const type = String.fromCharCode(block[156] ?? 0)
    if (!'xLKg'.includes(type)) {
      this.#member(block, type)
      return
    }
    if (this.#heldTypes.includes(type)) throw ambiguous('a member has two headers of one kind')
    this.#heldTypes += type
    if (type !== 'g') this.#held.push(Buffer.from(block))
    this.#extensionSize = number(block.subarray(124, 136))
    if (this.#extensionSize > LONGEST_HEADER) throw longHeader(this.#extensionSize, LONGEST_HEADER)
    this.#left = padded(this.#extensionSize)
    this.#expect = this.#left === 0 ? 'header' : 'extension'
  }

  #extension(padding: Buffer): void {
    const type = this.#heldTypes.at(-1)
    const body = padding.subarray(0, this.#extensionSize)
    this.#expect = 'header'
    if (type === 'g') {
      checkGlobal(body)
      this.#heldTypes = this.#heldTypes.slice(0, -1)
      return
    }
    this.#held.push(Buffer.from(padding))
    if (type === 'x') this.#say(extensions(body))
    else this.#say(type === 'L' ? { path: text(body) } : { linkpath: text(body) })
  }

  #say(said: Extensions): void {
    const before = this.#said
    const twice = (key: 'path' | 'linkpath') => before[key] !== undefined && said[key] !== undefined
    if (twice('path') || twice('linkpath')) throw ambiguous('a member has two names')
    Object.assign(before, said)
  }

  #member(block: Buffer, type: string): void {
    this.#members += 1
    if (this.#members > this.#limits.maxMembers) throw tooMany(this.#limits.maxMembers)
    const path = this.#said.sparseName ?? this.#said.path ?? headerPath(block)
    if (path === '') throw broken('a member has no name')
    const size = this.#sizeOf(block, type)
    const kind = path.endsWith('/') && KINDS[type] === 'file' ? 'folder' : KINDS[type]
    if (kind === undefined) throw unknownMember(path, type)
    if (kind === 'folder' && size > 0) throw ambiguous('a folder has bytes')
    const target = this.#said.linkpath ?? text(block.subarray(157, 257))
    const odd = this.#wantsPlain && this.oddAt === undefined && !this.#isPlain(block, { path, type, kind, target })
    if (odd) this.oddAt = this.#passed
    if (kind === 'hard link') this.#names.takeHardLink(path, target)
    else this.#names.take(path, kind)
    if (kind === 'link') this.#names.takeTarget(target)
    this.#pass = type !== '3' && type !== '4'
    if (this.#pass) {
      for (const held of this.#held) this.#give(held)
      this.#give(Buffer.from(block))
    }
    this.#held = []
    this.#heldTypes = ''
    this.#said = {}
    this.#begin(padded(size), type === 'S' && block[482] === 1)
  }

  /** Bytes after the header. Where readers disagree whether there are any, there must be none. */
  #sizeOf(block: Buffer, type: string): number {
    const inHeader = number(block.subarray(124, 136))
    const size = this.#said.size ?? inHeader
    if ('12346'.includes(type) && (size > 0 || inHeader > 0)) throw ambiguous('a link or a node has bytes')
    const whole = Math.max(type === 'S' ? number(block.subarray(483, 495)) : 0, this.#said.sparseSize ?? 0)
    this.#holes += Math.max(0, whole - size)
    // What is still to come is known already.
    if (this.#holes + size > this.#limits.maxBytes) throw tooLarge(this.#limits.maxBytes)
    return size
  }

  /** root's folders, files and links, each name once and in one spelling, without attributes of any kind. */
  #isPlain(block: Buffer, member: { path: string; type: string; kind: Kind; target: string }): boolean {
    const { path, type, kind, target } = member
    const mode = number(block.subarray(100, 108)) & 0o7777
    if (this.#said.more === true || number(block.subarray(108, 116)) > 0 || number(block.subarray(116, 124)) > 0) {
      return false
    }
    const name = normal(path)
    if (name === '') return kind === 'folder' && mode === 0o755
    if (path.replace(/^\.\//, '').replace(/\/$/, '') !== name || !this.#names.isNew(path)) return false
    if (kind === 'link') return mode === 0o777
    if (kind === 'hard link') return this.#names.isFile(target)
    return kind === 'folder' || type === '0' || type === '\0'
  }

  #sparse(block: Buffer): void {
    this.#give(Buffer.from(block))
    this.#begin(this.#bodyAfterSparse, block[504] === 1)
  }

  /** Old GNU sparse members have further blocks between header and body. */
  #begin(body: number, sparse: boolean): void {
    this.#bodyAfterSparse = body
    this.#left = body
    this.#expect = sparse ? 'sparse' : body === 0 ? 'header' : 'body'
  }
}
