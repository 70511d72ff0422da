/** The one mistake in a removal list that costs a whole machine: a pattern that removes the root or what holds it up. Pure. */

/** Top-level folders without which no root runs: neither they nor all that is in them may go. */
const HOLDING = ['bin', 'etc', 'lib', 'lib32', 'lib64', 'libx32', 'sbin', 'usr', 'var']

/** Places that the kernel's file systems are mounted on: what is in them may go, they may not. */
const MOUNTED = ['dev', 'proc', 'run', 'sys']

/**
 * An absolute pattern without `.`, `..` and doubled slashes; a relative one is read as below `/`. `..` at `/` stays there.
 * What stands before a `..` counts as a folder, not as a link.
 */
export function normalisePattern(pattern: string): string {
  const parts: string[] = []
  const plain = pattern.includes('\\') ? pattern.replaceAll(/\\([^*?[\]\\{}/])/g, '$1') : pattern
  for (const part of plain.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  return `/${parts.join('/')}`
}

/** In characters. No path is longer (PATH_MAX, linux/limits.h), and nobody writes such a pattern. */
const LONGEST = 4096

/**
 * In doubt it says that something goes: a bracket that it does not understand matches every character.
 * @param pattern of a removal list; `*`, `?`, `[…]` and `\` are those of glob(7), `**` is as `*`
 * @returns what would go ("the whole root", "/usr"), or undefined where a root remains
 */
export function emptiesTheRoot(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return 'the whole root'
  const parts = normalisePattern(pattern)
    .split('/')
    .slice(1)
    .map((part) => partOf(part))
  for (;;) {
    const removed = removedBy(parts)
    if (removed !== undefined) return removed
    // Old shells match `..` by a pattern that begins with a dot.
    const up = parts.findIndex((part) => part.climbs)
    if (up < 0) return undefined
    const from = Math.max(0, up - 1)
    parts.splice(from, up + 1 - from)
  }
}

function removedBy([top, ...below]: readonly Part[]): string | undefined {
  if (top === undefined || top.isEmpty) return 'the whole root'
  if (!below.every((part) => part.matchesAll())) return undefined
  const hit = (below.length === 0 ? [...HOLDING, ...MOUNTED] : HOLDING).filter((name) => top.matches(name))
  if (hit.length === 0) return undefined
  if (HOLDING.every((name) => hit.includes(name))) return 'the whole root'
  const named = hit.map((name) => `/${name}`).join(', ')
  return below.length === 0 ? named : `all of ${named}`
}

/** What stands between two slashes. */
interface Part {
  readonly isEmpty: boolean
  /** Whether it is a pattern for names of every kind: `*`, `**`, `?*`, `[!.]*`. */
  readonly matchesAll: () => boolean
  /** Whether it is a pattern that stands for `..`. */
  readonly climbs: boolean
  readonly matches: (name: string) => boolean
}

function partOf(part: string): Part {
  if (!/[*?[]/.test(part)) {
    const literal = part.replaceAll(/\\([^])/g, '$1')
    return { isEmpty: part === '', matchesAll: () => false, climbs: false, matches: (name) => name === literal }
  }
  const matches = matcher(piecesOf(part))
  return {
    isEmpty: false,
    matchesAll: () => ['bin', 'Zq', 'lib64', 'x-1.2_y'].every(matches),
    climbs: part.startsWith('.') && matches('..'),
    matches,
  }
}

/** What stands for one character; `*` stands for any number of them. */
type Piece = '*' | ((character: string) => boolean)

/**
 * Step by step, remembering how much of the name can be read by then, a bit for each length: as many stars as one likes take
 * no longer.
 * @returns for names of up to 30 characters
 */
function matcher(pieces: readonly Piece[]): (name: string) => boolean {
  return (name) => {
    const lengths = (2 << name.length) - 1
    let reached = 1
    for (const piece of pieces) {
      if (reached === 0) return false
      // From the least on, all that there are.
      if (piece === '*') reached = lengths & -(reached & -reached)
      else {
        let next = 0
        for (let at = 0; at < name.length; at++)
          if (((reached >> at) & 1) === 1 && piece(name.charAt(at))) next |= 2 << at
        reached = next
      }
    }
    return ((reached >> name.length) & 1) === 1
  }
}

function piecesOf(part: string): Piece[] {
  const pieces: Piece[] = []
  const characters = Array.from(part)
  const lastClosing = characters.lastIndexOf(']')
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    const end = character === '[' && at < lastClosing ? endOfBracket(characters, at) : undefined
    if (character === '*') pieces.push('*')
    else if (character === '?') pieces.push(() => true)
    else if (end !== undefined) {
      pieces.push(bracket(characters.slice(at + 1, end).join('')))
      at = end
    } else {
      const literal = character === '\\' ? (characters[++at] ?? character) : character
      pieces.push((one) => one === literal)
    }
  }
  return pieces
}

/** Where the `]` stands that closes it; undefined where none does, so that the bracket is a character as any other. */
function endOfBracket(characters: readonly string[], open: number): number | undefined {
  let at = open + 1
  if (/^[!^]$/.test(characters[at] ?? '')) at++
  // The first one behind the opening is a character of the bracket.
  if (characters[at] === ']') at++
  for (; at < characters.length; at++) {
    if (characters[at] === ']') return at
    if (characters[at] === '\\') at++
    else if (characters[at] === '[') at = endOfClass(characters, at) ?? at
  }
  return undefined
}

/** `[:alpha:]`, `[.a.]`, `[=a=]` in a bracket. */
function endOfClass(characters: readonly string[], open: number): number | undefined {
  const sign = characters[open + 1] ?? ''
  if (!/^[:.=]$/.test(sign)) return undefined
  for (let at = open + 3; at < characters.length; at++)
    if (characters[at] === ']' && characters[at - 1] === sign) return at
  return undefined
}

/** Single characters and rising ranges as they are; anything else matches every character. */
function bracket(inside: string): (character: string) => boolean {
  const any = () => true
  const [, negated, inner = ''] = /^([!^]?)(.*)$/s.exec(inside) ?? []
  if (!/^[\w.,+~@%=: -]*$/.test(inner)) return any
  try {
    const pattern = new RegExp(`^[${negated ? '^' : ''}${inner}]$`, 'u')
    return (character) => pattern.test(character)
  } catch {
    return any
  }
}
