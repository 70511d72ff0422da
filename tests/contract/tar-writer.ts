/** Tar streams written by hand: for members that no well-behaved tar would write, and for attributes that need no tool here. */
import { Readable } from 'node:stream'

export interface Member {
  readonly name: string
  /** `0` file, `1` hard link, `2` symbolic link, `3` character device, `5` directory, `6` fifo, others as tar(5) has them. */
  readonly type?: '0' | '1' | '2' | '3' | '5' | '6' | 'D' | 'L' | 'S' | 'g' | 'x'
  readonly mode?: number
  readonly uid?: number
  readonly mtime?: number
  readonly content?: string
  readonly link?: string
  /** Records of a pax header before it. */
  readonly pax?: Readonly<Record<string, Buffer | string>>
}

export function tarOf(members: readonly Member[]): Readable {
  return Readable.from([Buffer.concat([...members.flatMap(blocks), Buffer.alloc(1024)])])
}

function blocks(member: Member): Buffer[] {
  const content = Buffer.from(member.content ?? '')
  const own = [header(member, content.length, member.type ?? '0'), padded(content)]
  if (member.pax === undefined) return own
  const records = Buffer.concat(Object.entries(member.pax).map(([key, value]) => record(key, Buffer.from(value))))
  return [header({ name: 'pax', mode: 0o644 }, records.length, 'x'), padded(records), ...own]
}

function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')])
  let length = rest.length
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}

function header(member: Member, size: number, type: string): Buffer {
  const block = Buffer.alloc(512)
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
  block.write(member.name, 0)
  octal(member.mode ?? (type === '5' ? 0o755 : 0o644), 100, 8)
  octal(member.uid ?? 0, 108, 8)
  octal(member.uid ?? 0, 116, 8)
  octal(size, 124, 12)
  octal(member.mtime ?? 1_000_000_000, 136, 12)
  block.write(type, 156)
  block.write(member.link ?? '', 157)
  block.write('ustar\u000000', 257, 'latin1')
  block.fill(' ', 148, 156)
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  block[155] = 0x20
  return block
}
