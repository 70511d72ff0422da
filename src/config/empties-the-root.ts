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
  for (const part of pattern.replaceAll(/\\([^*?[\]\\{}/])/g, '$1').split('/'))
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  return `/${parts.join('/')}`
}

/**
 * In doubt it says that something goes: a bracket that it does not understand matches every character.
 * @param pattern of a removal list; `*`, `?`, `[…]` and `\` are those of glob(7), `**` is as `*`
 * @returns what would go ("the whole root", "/usr"), or undefined where a root remains
 */
export function emptiesTheRoot(pattern: string): string | undefined {
  const parts = normalisePattern(pattern).split('/').slice(1)
  // Old shells match `..` by a pattern that begins with a dot.
  const up = parts.findIndex((part) => isPattern(part) && part.startsWith('.') && matches(part, '..'))
  const climbed = [...parts.slice(0, Math.max(0, up - 1)), ...parts.slice(up + 1)]
  return removedBy(parts) ?? (up < 0 ? undefined : emptiesTheRoot(climbed.join('/')))
}

function removedBy([top = '', ...below]: readonly string[]): string | undefined {
  if (top === '') return 'the whole root'
  if (!below.every(matchesAll)) return undefined
  const hit = (below.length === 0 ? [...HOLDING, ...MOUNTED] : HOLDING).filter((name) => matches(top, name))
  if (hit.length === 0) return undefined
  if (HOLDING.every((name) => hit.includes(name))) return 'the whole root'
  const named = hit.map((name) => `/${name}`).join(', ')
  return below.length === 0 ? named : `all of ${named}`
}

function isPattern(part: string): boolean {
  return /[*?[]/.test(part)
}

/** Whether a part matches names of every kind: `*`, `**`, `?*`, `[!.]*`. */
function matchesAll(part: string): boolean {
  return isPattern(part) && ['bin', 'Zq', 'lib64', 'x-1.2_y'].every((name) => matches(part, name))
}

function matches(part: string, name: string): boolean {
  return toRegExp(part).test(name)
}

/** What may stand in a part: an escaped character, a bracket, any other character. */
const PIECES = /\\.|\[[!^]?\]?(?:\[[:.=].*?[:.=]\]|\\.|[^\]\\])*\]|[^]/gsu

function toRegExp(part: string): RegExp {
  const source = [...part.matchAll(PIECES)].map(([piece]) => {
    if (piece === '*') return '.*'
    if (piece === '?') return '.'
    if (piece.length > 1 && piece.startsWith('[')) return bracket(piece)
    return literal(piece.length === 2 && piece.startsWith('\\') ? piece.slice(1) : piece)
  })
  return new RegExp(`^${source.join('')}$`, 's')
}

/** Single characters and rising ranges as they are; anything else matches every character. */
function bracket(piece: string): string {
  const [, negated, inner = ''] = /^\[([!^]?)(.*)\]$/s.exec(piece) ?? []
  if (!/^[\w.,+~@%=: -]*$/.test(inner)) return '.'
  try {
    const source = `[${negated ? '^' : ''}${inner}]`
    return new RegExp(source).source
  } catch {
    return '.'
  }
}

function literal(character: string): string {
  return character.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
