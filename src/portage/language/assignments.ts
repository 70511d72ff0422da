/**
 * make.conf, make.defaults and the files of env/: a run of `NAME=value` and `source FILE`, as `portage.util.getconfig`
 * 3.0.83 reads them. Portage stops at the first mistake; here reading goes on in the next line, so that all are found.
 *
 * Legal, though a shell would not have it: spaces and line ends around the `=`, and several assignments in one line.
 */
import type { Mistake } from '../../config/messages.ts'
import { BYTE_ORDER_MARK, shown } from './characters.ts'
import type { Document, Node } from './document.ts'
import { lexer, type Token } from './lexer.ts'

export interface Assign {
  readonly kind: 'assign'
  readonly name: string
  /** The word behind `=`: without its quotes, not expanded yet (expand.ts). */
  readonly value: string
  /** From the name (or `export` before it) to the end of the value, as written. */
  readonly raw: string
  /** The value as written. */
  readonly rawValue: string
  readonly line: number
  /** Where it stands in `nodes`. */
  readonly node: number
}

export interface Source {
  readonly kind: 'source'
  /** Not expanded yet; Portage joins a relative one to the folder of the file that it stands in. */
  readonly path: string
  readonly raw: string
  readonly line: number
  readonly node: number
}

export type Statement = Assign | Source

export interface AssignmentNode extends Node {
  readonly kind: 'trivia' | 'assign' | 'source'
}

export interface AssignmentDocument extends Document {
  readonly nodes: readonly AssignmentNode[]
  readonly statements: readonly Statement[]
  readonly mistakes: readonly Mistake[]
}

export interface AssignmentOptions {
  /** The word `source` reads a file: in make.conf and env/ (the default), not in a profile's make.defaults. */
  readonly sourcing?: boolean
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

export function parseAssignments(text: string, { sourcing = true }: AssignmentOptions = {}): AssignmentDocument {
  const nodes: AssignmentNode[] = []
  const statements: Statement[] = []
  const mistakes: Mistake[] = []
  const lex = lexer(text)
  const ahead: Token[] = []
  let kept = 0
  let last: Assign | undefined
  let lastEndLine = 0

  const take = () => ahead.pop() ?? lex.next()
  const putBack = (token: Token) => void ahead.push(token)
  const mistake = (code: Mistake['code'], line: number, values: Mistake['values'] = {}) =>
    void mistakes.push({ code, line, values })

  function keep(kind: 'assign' | 'source', start: number, end: number): { raw: string; node: number } {
    if (start > kept) nodes.push({ kind: 'trivia', raw: text.slice(kept, start) })
    const raw = text.slice(start, end)
    kept = end
    return { raw, node: nodes.push({ kind, raw }) - 1 }
  }

  /** Goes on with the first word that begins in a line behind this one. */
  function skipLine(line: number) {
    for (let token = take(); token !== undefined; token = take()) {
      if (token.line > line) return putBack(token)
    }
  }

  function readSource(word: Token) {
    const path = take()
    if (path === undefined || path.text === '') {
      if (path !== undefined || lex.open === undefined) mistake('assignment-source-path', word.line)
      return
    }
    if (path.start === word.end || breaksOff(path, lookAt())) {
      mistake('assignment-source-path', word.line)
      return skipLine(path.endLine)
    }
    statements.push({ kind: 'source', path: path.text, line: word.line, ...keep('source', word.start, path.end) })
  }

  function lookAt(): Token | undefined {
    const token = take()
    if (token !== undefined) putBack(token)
    return token
  }

  function readAssignment(start: number, name: Token) {
    const equals = take()
    if (equals === undefined && lex.open !== undefined) return
    if (sourcing && equals?.text === 'source') return sourceInside(name, equals)
    if (equals?.text !== '=') return notAnAssignment(name, equals)
    const value = take()
    if (value === undefined) {
      if (lex.open === undefined) mistake('assignment-no-value', equals.line, { name: name.text })
      return
    }
    const following = lookAt()
    if (following?.text === '=' && value.line > equals.line) {
      mistake('assignment-no-value', equals.line, { name: name.text })
      return putBack(value)
    }
    if (sourcing && value.text === 'source') return sourceInside(name, value)
    if (breaksOff(value, following)) {
      const character = isBare(value) ? value.text : following.text
      mistake('assignment-character', value.endLine, { name: name.text, character })
      return skipLine(following.line)
    }
    if (!NAME.test(name.text)) return badName(name, value)
    const rawValue = text.slice(value.start, value.end)
    last = {
      kind: 'assign',
      name: name.text,
      value: value.text,
      rawValue,
      line: name.line,
      ...keep('assign', start, value.end),
    }
    lastEndLine = value.endLine
    statements.push(last)
  }

  function sourceInside(name: Token, word: Token) {
    mistake('assignment-source-word', word.line, { name: shown(name.text) })
    skipLine(word.endLine)
  }

  /** What Portage would take for a name has no `=` behind it. */
  function notAnAssignment(name: Token, found: Token | undefined) {
    if (last !== undefined && lastEndLine === name.line && !isBare(name)) {
      mistake('assignment-second-word', name.line, { name: last.name, found: shown(name.text) })
    } else if (name.text === '.' && found !== undefined) {
      mistake('assignment-dot', name.line, { path: shown(found.text) })
    } else if (name.text === 'source' && !sourcing) {
      mistake('assignment-no-sourcing', name.line)
    } else {
      mistake('assignment-expected', name.line, { found: shown(text.slice(name.start, name.start + 200)) })
    }
    if (found === undefined) return
    if (found.line > name.endLine) return putBack(found)
    skipLine(found.endLine)
  }

  function badName(name: Token, value: Token) {
    const written = name.text.endsWith('+') && NAME.test(name.text.slice(0, -1)) ? name.text.slice(0, -1) : undefined
    if (written === undefined) mistake('assignment-name', name.line, { name: shown(name.text) })
    else mistake('assignment-append', name.line, { name: written, value: shown(value.text) })
  }

  function readAll() {
    let exported: Token | undefined
    for (let token = take(); token !== undefined; token = take()) {
      if (token.start === 0 && token.text === BYTE_ORDER_MARK) {
        mistake('byte-order-mark', 1)
      } else if (sourcing && token.text === 'source') {
        readSource(token)
      } else if (token.text === 'export' && exported === undefined) {
        exported = token
      } else {
        readAssignment(Math.max(kept, exported?.start ?? token.start), token)
        exported = undefined
      }
    }
    if (lex.open !== undefined) {
      const { quote, line, wordLine } = lex.open
      mistake('assignment-open-quote', line, { quote, begin: wordLine })
    }
  }

  readAll()
  if (kept < text.length) nodes.push({ kind: 'trivia', raw: text.slice(kept) })
  return { nodes, statements, mistakes: mistakes.toSorted((a, b) => a.line - b.line) }
}

/** Outside of quotes these words have one character, and end the word before them. */
function isBare(token: Token): boolean {
  return !token.quoted && !/^[\w~!@$%*:;?,./+{}-]/.test(token.text)
}

/** No space parts the word from the next one, so a character stands between them that cannot stand in a word. */
function breaksOff(token: Token, following: Token | undefined): following is Token {
  return following !== undefined && following.start === token.end
}
