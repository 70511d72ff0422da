/** What happens to files: bytes and lines flipped, lost, doubled, cut off, mixed with another file's, grown. */
import type { Random } from './random.ts'

/** No file gets larger. */
export const MOST = 64 * 1024

type Mutation = (random: Random, bytes: Buffer, other: Buffer) => Buffer

/** What parsers stumble over, wherever it stands. */
const STUMBLING_BLOCKS = [
  '\0',
  '\r',
  '\r\n',
  '\n',
  '\t',
  ' ',
  '\v',
  '\uFEFF',
  '\u0085',
  '\u2028',
  '\u202E',
  'é',
  '💎',
  '\u001B[2J',
  '"',
  "'",
  '\\',
  '\\\n',
  '$',
  '${',
  '${USE}',
  '$(',
  '`',
  '{',
  '}',
  '{name}',
  '%',
  '%(',
  '%(location)s',
  '=',
  '==',
  ':',
  '::',
  '#',
  '-',
  '-*',
  '*',
  '**',
  '*/*',
  '@',
  '!',
  '~',
  '<=',
  '[',
  ']',
  '[a]',
  '(',
  '/',
  '/..',
  '../',
  ',',
  ';',
  '+',
  'source ',
  'export ',
  'VIDEO_CARDS: ',
  '9'.repeat(400),
]
  .map((text) => Buffer.from(text))
  // No UTF-8: a lone byte, a cut off sequence, one that is too long, half a pair.
  .concat([[0xff], [0xc3, 0x28], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x80]].map((bytes) => Buffer.from(bytes)))

const NESTED = [
  '"',
  "'",
  '"\'',
  '${',
  '${A',
  '$',
  '{',
  '(',
  '[',
  '%(',
  '\\',
  '\\"',
  '@',
  '.',
  '/.*',
  '*',
  '*a',
  '=*/',
  'a-1-',
]

function span(random: Random, bytes: Buffer): [from: number, to: number] {
  const from = random.below(bytes.length + 1)
  return [from, Math.min(bytes.length, from + random.below(random.once(8) ? bytes.length + 1 : 40))]
}

function inserted(bytes: Buffer, at: number, more: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at)
    const next = end < 0 ? bytes.length : end + 1
    lines.push(bytes.subarray(at, next))
    at = next
  }
  return lines
}

function onLines(change: (random: Random, lines: Buffer[], at: number) => Buffer[]): Mutation {
  return (random, bytes) => {
    const lines = linesOf(bytes)
    return lines.length === 0 ? bytes : Buffer.concat(change(random, lines, random.below(lines.length)))
  }
}

/** As often as it takes to reach the largest size. */
function filling(bytes: Buffer, more: Buffer): Buffer[] {
  if (more.length === 0) return []
  return Array.from({ length: Math.floor(Math.max(0, MOST - bytes.length) / more.length) }, () => more)
}

const SMALL: Readonly<Record<string, Mutation>> = {
  'flip a bit': (random, bytes) => {
    const changed = Buffer.from(bytes)
    const at = random.below(bytes.length)
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8))
    return changed
  },
  'set a byte': (random, bytes) => {
    const changed = Buffer.from(bytes)
    changed[random.below(bytes.length)] = random.below(256)
    return changed
  },
  'delete bytes': (random, bytes) => {
    const [from, to] = span(random, bytes)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  'double bytes': (random, bytes) => {
    const [from, to] = span(random, bytes)
    return inserted(bytes, to, bytes.subarray(from, to))
  },
  'insert a stumbling block': (random, bytes) =>
    inserted(bytes, random.below(bytes.length + 1), random.pick(STUMBLING_BLOCKS)),
  'cut off': (random, bytes) => bytes.subarray(0, random.below(bytes.length + 1)),
  'delete a line': onLines((_, lines, at) => lines.toSpliced(at, 1)),
  'double a line': onLines((_, lines, at) => lines.toSpliced(at, 0, lines[at] ?? Buffer.alloc(0))),
  'move a line': onLines((random, lines, at) => {
    const rest = lines.toSpliced(at, 1)
    return rest.toSpliced(random.below(lines.length), 0, lines[at] ?? Buffer.alloc(0))
  }),
  'join lines': onLines((_, lines, at) => lines.with(at, Buffer.from(String(lines[at]).trimEnd()))),
  'end lines as Windows does': (_, bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  'end lines as old Macs did': (_, bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r'), 'latin1'),
  'begin with a byte order mark': (_, bytes) => inserted(bytes, 0, Buffer.from('\uFEFF')),
  'splice with another file': (random, bytes, other) =>
    Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1))]),
  'append another file': (_, bytes, other) => Buffer.concat([bytes, other]),
  'repeat a line a few times': onLines((random, lines, at) =>
    lines.toSpliced(at, 0, ...Array.from({ length: random.below(60) }, () => lines[at] ?? Buffer.alloc(0))),
  ),
  'nest a little': (random, bytes) =>
    inserted(bytes, random.below(bytes.length + 1), Buffer.from(random.pick(NESTED).repeat(random.below(60)))),
}

/** Up to 64 KB of one thing: what is not read in linear time takes long for these. */
const LARGE: Readonly<Record<string, Mutation>> = {
  'repeat a line': onLines((_, lines, at) => [
    ...lines,
    ...filling(Buffer.concat(lines), lines[at] ?? Buffer.alloc(0)),
  ]),
  'repeat the file': (_, bytes) => Buffer.concat([bytes, ...filling(bytes, bytes)]),
  'one long line': (random, bytes) => {
    const line = Buffer.from(String(random.pick([...linesOf(bytes), Buffer.from('x')])).trimEnd())
    return Buffer.concat([bytes, ...filling(bytes, line), Buffer.from('\n')])
  },
  'one long word': (random, bytes) => {
    const word = random.pick(String(bytes).split(/\s+/))
    return inserted(bytes, random.below(bytes.length + 1), Buffer.concat(filling(bytes, Buffer.from(word))))
  },
  'many stumbling blocks': (random, bytes) => {
    const block = random.pick(STUMBLING_BLOCKS)
    return inserted(bytes, random.below(bytes.length + 1), Buffer.concat(filling(bytes, block)))
  },
  'nest deep': (random, bytes) => {
    const block = Buffer.from(random.pick(NESTED))
    return inserted(bytes, random.below(bytes.length + 1), Buffer.concat(filling(bytes, block)))
  },
  'a mixture of stumbling blocks': (random) =>
    Buffer.concat(Array.from({ length: random.below(8000) }, () => random.pick(STUMBLING_BLOCKS))),
}

export interface Mutated {
  readonly bytes: Buffer
  /** The names of what was done to it, in that order. */
  readonly by: readonly string[]
}

/**
 * @param other a second file, for splices
 * @param large whether it may grow to the largest size
 */
export function mutated(random: Random, original: Buffer, other: Buffer, large = true): Mutated {
  const by: string[] = []
  let bytes = original
  const apply = (all: Readonly<Record<string, Mutation>>) => {
    const name = random.pick(Object.keys(all))
    by.push(name)
    bytes = (all[name]?.(random, bytes, other) ?? bytes).subarray(0, MOST)
  }
  if (large && random.once(40)) apply(LARGE)
  for (let left = 1 + random.below(6); left > 0; left--) apply(SMALL)
  return { bytes, by }
}
