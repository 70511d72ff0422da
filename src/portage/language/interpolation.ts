/**
 * `%(KEY)s` in a value of repos.conf and its like: the value of another key of the section, or of `[DEFAULT]`; `%%` is a
 * percent sign, and any other `%` makes Portage drop the file (Python's `BasicInterpolation`).
 */
import type { Mistake } from '../../config/messages.ts'
import { shown } from './characters.ts'

export interface Interpolated {
  /** The value as written where there is a mistake. */
  readonly text: string
  readonly mistakes: readonly Mistake[]
}

/** How deep references may go, in Python's configparser. */
const DEPTH = 10
/** References that multiply could fill the memory; no setting comes near. */
const LENGTH = 1_000_000

const PIECE = /[^%]+|%%|%\(([^)]+)\)s/y

/** @returns the part of a value that begins with a `%` that means nothing */
export function badPercent(value: string): string | undefined {
  for (let at = value.indexOf('%'); at !== -1 && at < value.length;) {
    PIECE.lastIndex = at
    const piece = PIECE.exec(value)
    if (piece === null) return value.slice(at)
    at += piece[0].length
  }
  return undefined
}

class Failure extends Error {
  readonly mistake: Mistake

  constructor(mistake: Mistake) {
    super(mistake.code)
    this.mistake = mistake
  }
}

/**
 * @param lookup the value as written, of the section or of `[DEFAULT]`; Portage puts EPREFIX, EROOT, PORTAGE_CONFIGROOT and
 *   ROOT there itself, in lower case like all keys
 */
export function interpolate(value: string, lookup: (key: string) => string | undefined, line = 1): Interpolated {
  let length = 0

  function fail(code: Mistake['code'], found: string): never {
    throw new Failure({ code, line, values: { found: shown(found) } })
  }

  function read(text: string, depth: number): string {
    if (depth > DEPTH) fail('ini-percent-depth', value)
    let out = ''
    for (let at = 0; at < text.length;) {
      PIECE.lastIndex = at
      const piece = PIECE.exec(text)
      if (piece === null) return fail('ini-percent', text.slice(at))
      at += piece[0].length
      const part = piece[1] === undefined ? (piece[0] === '%%' ? '%' : piece[0]) : reference(piece[1], depth)
      if (piece[1] !== undefined) length += part.length
      if (length > LENGTH) fail('ini-percent-depth', value)
      out += part
    }
    return out
  }

  function reference(name: string, depth: number): string {
    const found = lookup(name.toLowerCase())
    if (found === undefined) return fail('ini-percent-unknown', name)
    return found.includes('%') ? read(found, depth + 1) : found
  }

  try {
    return { text: read(value, 1), mistakes: [] }
  } catch (error) {
    if (error instanceof Failure) return { text: value, mistakes: [error.mistake] }
    throw error
  }
}
