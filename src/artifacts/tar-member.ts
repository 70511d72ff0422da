/** What a member's header and the pax header before it say (POSIX.1-2001, pax). Pure. */

export interface TarMember {
  /** `-`, `d`, `l`, `h` …: what `ls` puts before the permissions, `h` for a hard link. */
  readonly type: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  /** Modification time, epoch seconds. */
  readonly mtime: number
  readonly major: number
  readonly minor: number
  /** latin1: a character a byte, for names may hold any. */
  readonly name: string
  /** What a link points at, empty for anything else. */
  readonly link: string
}

const TYPES: Readonly<Record<string, string>> = {
  '\0': '-',
  '0': '-',
  '1': 'h',
  '2': 'l',
  '3': 'c',
  '4': 'b',
  '5': 'd',
  '6': 'p',
  '7': 'C',
}

export function tarMember(header: Buffer, said: ReadonlyMap<string, Buffer>): TarMember {
  const number = (key: string, at: number, width: number) => {
    const value = said.get(key)
    return value === undefined ? readNumber(header, at, width) : Number(value.toString('latin1'))
  }
  const name = said.get('path')?.toString('latin1') ?? nameIn(header)
  const type = TYPES[String.fromCharCode(header[156] ?? 0)] ?? '?'
  const node = type === 'c' || type === 'b'
  return {
    type: type === '-' && name.endsWith('/') ? 'd' : type,
    mode: readNumber(header, 100, 8),
    uid: number('uid', 108, 8),
    gid: number('gid', 116, 8),
    size: number('size', 124, 12),
    mtime: Math.floor(number('mtime', 136, 12)),
    major: node ? readNumber(header, 329, 8) : 0,
    minor: node ? readNumber(header, 337, 8) : 0,
    name,
    link: type === 'l' || type === 'h' ? (said.get('linkpath')?.toString('latin1') ?? text(header, 157, 257)) : '',
  }
}

const [SPACE, ZERO, SEVEN] = [0x20, 0x30, 0x37]

/** A number of a header: octal, or base 256 when its first bit is set (GNU, for what octal cannot hold). */
export function readNumber(header: Buffer, at: number, width: number): number {
  const first = header[at] ?? 0
  if ((first & 0x80) !== 0) return Number(BigInt(`0x${header.toString('hex', at + 1, at + width)}`))
  let value = 0
  for (const byte of header.subarray(at, at + width)) {
    if (byte === 0 || byte === SPACE) continue
    if (byte < ZERO || byte > SEVEN) throw new Error('the tar has a member with a number that cannot be read')
    value = value * 8 + byte - ZERO
  }
  return value
}

/** `LENGTH KEY=VALUE\n`, one after the other; values may hold any bytes, so records are followed by their lengths. */
export function paxRecords(body: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>()
  let at = 0
  while (at < body.length) {
    const space = body.indexOf(0x20, at)
    const length = space === -1 ? Number.NaN : Number(body.toString('latin1', at, space))
    const equals = body.indexOf(0x3d, space)
    if (!(length > 0) || equals === -1) throw new Error('the tar has a pax header that cannot be read')
    records.set(body.toString('latin1', space + 1, equals), body.subarray(equals + 1, at + length - 1))
    at += length
  }
  return records
}

function nameIn(header: Buffer): string {
  const name = text(header, 0, 100)
  // GNU's own headers ("ustar  ") have times where ustar has the prefix.
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(header, 345, 500) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Up to the first NUL. */
function text(header: Buffer, from: number, to: number): string {
  const end = header.indexOf(0, from)
  return header.toString('latin1', from, end === -1 || end > to ? to : end)
}
