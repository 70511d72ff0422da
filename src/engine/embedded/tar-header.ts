/** What stands in the blocks of a tar, read so strictly that no two programs can read it differently. Pure. */
import { ambiguous, broken } from './tar-refusals.ts'

export const BLOCK = 512

/** What extensions (pax `x`, GNU `L` and `K`) say of the member after them. Names are latin1: a character a byte. */
export interface Extensions {
  path?: string
  linkpath?: string
  size?: number
  /** GNU.sparse.name: GNU tar prefers it to `path`, wherever it stands. */
  sparseName?: string
  /** The size of a sparse member with its holes. */
  sparseSize?: number
  /** It has more than names, sizes and times: extended attributes, ACLs, owners. */
  more?: true
}

export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

export function text(field: Buffer): string {
  const end = field.indexOf(0)
  // latin1 keeps bytes apart that are no UTF-8; only `/`, `.` and equality matter.
  return field.toString('latin1', 0, end === -1 ? field.length : end)
}

export function headerPath(block: Buffer): string {
  const name = text(block.subarray(0, 100))
  // GNU headers ("ustar  ") use the prefix field for times.
  const posix = block.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = posix ? text(block.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Octal, or base 256 for what octal cannot hold. */
export function number(field: Buffer): number {
  if ((field[0] ?? 0) >= 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f)
    if (!Number.isSafeInteger(value)) throw broken('a number makes no sense')
    return value
  }
  const digits = text(field).trim()
  if (!/^[0-7]*$/.test(digits)) throw broken('a number makes no sense')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

export function checksumFits(block: Buffer): boolean {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0
  const said = text(block.subarray(148, 156)).trim()
  return /^[0-7]+$/.test(said) && Number.parseInt(said, 8) === sum
}

/** Keys of pax that change nothing that a tree has: times are no content, the others are notes. */
const PLAIN = new Set(['path', 'linkpath', 'size', 'mtime', 'atime', 'ctime', 'comment'])

/** What a pax header says. @param body without its padding */
export function extensions(body: Buffer): Extensions {
  const found: Extensions = {}
  for (const [key, value] of records(body)) {
    if (key === 'path') found.path = checkedName(value)
    else if (key === 'linkpath') found.linkpath = checkedName(value)
    else if (key === 'GNU.sparse.name') found.sparseName = checkedName(value)
    else if (key === 'size') found.size = decimal(value)
    else if (key === 'GNU.sparse.size' || key === 'GNU.sparse.realsize') found.sparseSize = decimal(value)
    // Parts of incremental and of multi-volume archives.
    else if (/^GNU\.(dumpdir|volume\.)/.test(key)) throw ambiguous(`a member has ${key}`)
    if (!PLAIN.has(key)) found.more = true
  }
  return found
}

/** A global pax header may carry notes; what it says of all members would have to be read as each reader reads it. */
export function checkGlobal(body: Buffer): void {
  for (const [key] of records(body)) {
    if (!/^(comment|mtime|atime|ctime|charset|hdrcharset)$/.test(key)) {
      throw ambiguous(`one header says ${key} of all members`)
    }
  }
}

/** pax records: `LENGTH KEY=VALUE\n`, the length counting itself. */
function* records(body: Buffer): Generator<readonly [string, string]> {
  let at = 0
  while (at < body.length) {
    const space = body.indexOf(0x20, at)
    const digits = body.toString('latin1', at, Math.max(space, at))
    const end = at + Number(digits)
    if (!/^[1-9]\d{0,8}$/.test(digits) || end > body.length || body[end - 1] !== 0x0a) throw damaged()
    const record = body.toString('latin1', space + 1, end - 1)
    const equals = record.indexOf('=')
    if (equals < 1) throw damaged()
    yield [record.slice(0, equals), record.slice(equals + 1)]
    at = end
  }
}

/** Programs that keep names as C strings would see another name. */
function checkedName(value: string): string {
  if (value.includes('\0')) throw ambiguous('a name has a NUL in it')
  return value
}

function decimal(value: string): number {
  const size = Number(value)
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(size)) throw broken('a number makes no sense')
  return size
}

function damaged(): Error {
  return broken('an extended header is damaged')
}
