/**
 * Files with one entry a line, as `portage.util.grabfile` and `grabdict` 3.0.83 split them: words between any Unicode space,
 * and a word that begins with `#` begins a comment (`cat/pkg#x` does not). Sets are read by another loader, which takes the
 * first word of a line; for that word the rules are the same.
 */
import type { Mistake } from '../../config/messages.ts'
import { BYTE_ORDER_MARK, isSpace, rows } from './characters.ts'
import type { Document, Node } from './document.ts'

export interface Word {
  readonly text: string
  /** 1 for the first character of the line. */
  readonly column: number
}

/** A line with its line end. */
export interface LineNode extends Node {
  readonly line: number
  readonly tokens: readonly Word[]
  /** From `#` to the end of the line. */
  readonly comment: Word | undefined
}

export interface LinesDocument extends Document {
  readonly nodes: readonly LineNode[]
  readonly mistakes: readonly Mistake[]
}

export function parseLines(text: string): LinesDocument {
  const marked = text.startsWith(BYTE_ORDER_MARK)
  const nodes: LineNode[] = []
  for (const { line, start, end, next } of rows(text)) {
    const from = line === 1 && marked ? 1 : start
    const { tokens, hash } = words(text, start, from, end)
    const comment = hash === -1 ? undefined : { text: text.slice(hash, end), column: hash - start + 1 }
    nodes.push({ raw: text.slice(start, next), line, tokens, comment })
  }
  return { nodes, mistakes: marked ? [{ code: 'byte-order-mark', line: 1, values: {} }] : [] }
}

/** `hash`: where the comment begins, -1 where there is none. */
function words(text: string, start: number, from: number, end: number): { tokens: Word[]; hash: number } {
  const tokens: Word[] = []
  let at = from
  while (at < end) {
    if (isSpace(text.charCodeAt(at))) {
      at++
      continue
    }
    if (text[at] === '#') return { tokens, hash: at }
    const begin = at
    while (at < end && !isSpace(text.charCodeAt(at))) at++
    tokens.push({ text: text.slice(begin, at), column: begin - start + 1 })
  }
  return { tokens, hash: -1 }
}
