/** Tar headers of things without content, in the ustar form that GNU tar's pax format uses (POSIX.1-2001, pax). Pure. */

export const BLOCK = 512

export interface TarEntry {
  /** As it stands in the archive: `./dev/console`. */
  readonly name: string
  readonly type: 'block' | 'character' | 'fifo'
  readonly mode: number
  readonly major: number
  readonly minor: number
  /** Modification time, epoch seconds. */
  readonly epoch: number
}

const FLAGS = { character: '3', block: '4', fifo: '6' } as const

/** A header that owner root, group root and `epoch` make complete; a longer or non-ASCII name gets a pax header before it. */
export function tarHeader(entry: TarEntry): Buffer {
  const short = ustar({ ...entry, flag: FLAGS[entry.type], size: 0 })
  // oxlint-disable-next-line no-control-regex
  if (entry.name.length <= 100 && /^[\x00-\x7f]*$/.test(entry.name)) return short
  const record = Buffer.from(paxRecord('path', entry.name))
  const slash = entry.name.lastIndexOf('/')
  const name = `${entry.name.slice(0, slash)}/PaxHeaders/${entry.name.slice(slash + 1)}`
  const header = ustar({ ...entry, name, flag: 'x', mode: 0o644, major: 0, minor: 0, size: record.length })
  return Buffer.concat([header, record, Buffer.alloc(padding(record.length)), short])
}

/** Zero bytes that fill the last block of `size` bytes. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const body = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(body)
  let length = bytes + String(bytes).length
  if (bytes + String(length).length > length) length += 1
  return `${length}${body}`
}

interface Fields {
  readonly name: string
  readonly flag: string
  readonly mode: number
  readonly size: number
  readonly major: number
  readonly minor: number
  readonly epoch: number
}

function ustar(fields: Fields): Buffer {
  const block = Buffer.alloc(BLOCK)
  // Where the name does not fit, the pax header says it in full.
  Buffer.from(fields.name).copy(block, 0, 0, 100)
  octal(block, fields.mode, 100, 8)
  octal(block, 0, 108, 8)
  octal(block, 0, 116, 8)
  octal(block, fields.size, 124, 12)
  octal(block, fields.epoch, 136, 12)
  block.write(fields.flag, 156, 'latin1')
  block.write('ustar\u000000', 257, 'latin1')
  octal(block, fields.major, 329, 8)
  octal(block, fields.minor, 337, 8)
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** Octal digits with leading zeros and a NUL at the end. */
function octal(block: Buffer, value: number, at: number, width: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1')
}
