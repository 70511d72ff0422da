/**
 * Characters as Python sees them, since Portage opens its files as text: UTF-8, and `\r\n` and a lone `\r` are read as `\n`.
 */

export const LF = 10
export const CR = 13
export const BYTE_ORDER_MARK = '\uFEFF'

/** What `str.split()` and `str.strip()` without arguments take for space. */
export function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f)
  if (code < 0x1680) return code === 0x85 || code === 0xa0
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** `str.strip()`. */
export function strip(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isSpace(text.charCodeAt(from))) from++
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text
}

/** How many characters the line end at `at` has: 0 where there is none. */
export function lineEndLength(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code === LF) return 1
  if (code !== CR) return 0
  return text.charCodeAt(at + 1) === LF ? 2 : 1
}

/** Where the line that `from` stands in ends, its line end not counted. */
export function endOfLine(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) !== LF && text.charCodeAt(at) !== CR) at++
  return at
}

export interface Row {
  /** 1 for the first line. */
  readonly line: number
  readonly start: number
  /** Where the line end begins. */
  readonly end: number
  /** Behind the line end. */
  readonly next: number
}

/** The lines of a text; none for the empty text, no empty one behind the last line end. */
export function* rows(text: string): Generator<Row> {
  let line = 1
  for (let start = 0; start < text.length; line++) {
    const end = endOfLine(text, start)
    const next = end + lineEndLength(text, end)
    yield { line, start, end, next }
    start = next
  }
}

/** A piece of the user's text for a message: one line, not too long. */
export function shown(text: string): string {
  const first = strip(text.slice(0, endOfLine(text, 0)))
  return first.length > 60 ? `${first.slice(0, 59)}…` : first
}
