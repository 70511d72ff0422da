/**
 * The words of a make.conf, as `portage.util.getconfig` 3.0.83 gets them from Python's `shlex` (posix, with word characters
 * of its own): not quite a shell's. A comment begins in the middle of a word too, any other character is a word of one
 * character, a backslash before a line end outside of quotes leaves the line end in the word.
 */
import { CR, LF, endOfLine, lineEndLength, withLineFeeds } from './characters.ts'

export interface Token {
  /** Quotes and escapes are gone; line ends are `\n`. */
  readonly text: string
  readonly start: number
  /** Behind the last character. */
  readonly end: number
  readonly line: number
  readonly endLine: number
  /** Some of it stood in quotes or behind a backslash. */
  readonly quoted: boolean
}

export interface OpenQuote {
  readonly quote: string
  readonly line: number
  /** Where the last word begins that goes over line ends: the place to look at when that quote is right. */
  readonly wordLine: number
}

export interface Lexer {
  /** Absent at the end of the text and at a quote that is never closed. */
  next(): Token | undefined
  readonly open: OpenQuote | undefined
}

const BACKSLASH = 92
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39
const HASH = 35

const PUNCTUATION = String.raw`~!@$%*_:;?,./-+{}`

function isWord(code: number): boolean {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)) return true
  return code < 128 && PUNCTUATION.includes(String.fromCharCode(code))
}

export function lexer(text: string): Lexer {
  let at = 0
  let line = 1
  let open: OpenQuote | undefined
  let longLine: number | undefined

  function skipBlank() {
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (code === 32 || code === 9) at++
      else if (code === LF || code === CR) lineEnd()
      else if (code === HASH) at = endOfLine(text, at)
      else return
    }
  }

  function lineEnd() {
    at += lineEndLength(text, at)
    line++
  }

  /** @returns what stands in the quotes, or nothing when they are not closed. */
  function inQuotes(quote: number, firstLine: number): string | undefined {
    const openedAt = line
    at++
    let read = ''
    let from = at
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (code === quote) {
        read += text.slice(from, at)
        at++
        return withLineFeeds(read)
      }
      if (code === LF || code === CR) lineEnd()
      else if (code === BACKSLASH && quote === DOUBLE_QUOTE && escapes(text.charCodeAt(at + 1))) {
        read += text.slice(from, at)
        from = at + 1
        at += 2
      } else at++
    }
    open = {
      quote: String.fromCharCode(quote),
      line: openedAt,
      wordLine: firstLine < openedAt ? firstLine : (longLine ?? firstLine),
    }
    return undefined
  }

  /** Behind a backslash every character stands for itself; a text that ends there is read as if a line end followed. */
  function escaped(): string {
    at++
    if (at >= text.length) return '\n'
    if (lineEndLength(text, at) > 0) {
      lineEnd()
      return '\n'
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    at += character.length
    return character
  }

  function next(): Token | undefined {
    if (open !== undefined) return undefined
    skipBlank()
    if (at >= text.length) return undefined
    const start = at
    const firstLine = line
    let word = ''
    let quoted = false
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (isWord(code)) {
        const from = at
        while (at < text.length && isWord(text.charCodeAt(at))) at++
        word += text.slice(from, at)
      } else if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) {
        quoted = true
        const inside = inQuotes(code, firstLine)
        if (inside === undefined) return undefined
        word += inside
      } else if (code === BACKSLASH) {
        quoted = true
        word += escaped()
      } else break
    }
    if (at === start) {
      word = String.fromCodePoint(text.codePointAt(at) ?? 0)
      at += word.length
    }
    if (line > firstLine) longLine = firstLine
    return { text: word, start, end: at, line: firstLine, endLine: line, quoted }
  }

  return {
    next,
    get open() {
      return open
    },
  }
}

/** In double quotes a backslash stands for itself, except before these. */
function escapes(code: number): boolean {
  return code === DOUBLE_QUOTE || code === BACKSLASH
}
