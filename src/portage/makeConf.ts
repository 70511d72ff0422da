/**
 * `make.conf`: a list of assignments. Portage reads it with a shell-like lexer (`portage.util.getconfig`): `NAME=value`,
 * quotes of both kinds that may span lines, backslash-newline, `#` comments, `${NAME}` expanded at the point of assignment.
 * Expansion is left to Portage: composed files keep the order, so it means what it meant.
 */

export interface Assignment {
  readonly name: string
  /** The value without its quotes, `${…}` untouched. */
  readonly value: string
  /** Single quotes: Portage expands these too, so it matters only to who writes the value back. */
  readonly quote: '"' | "'" | ''
  readonly line: number
}

export interface Mistake {
  readonly line: number
  readonly message: string
}

export interface MakeConf {
  readonly assignments: readonly Assignment[]
  /** Paths of `source` lines; refused by the composer, since the file would not be in the container. */
  readonly mistakes: readonly Mistake[]
}

const NAME = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=/

export function parseMakeConf(text: string): MakeConf {
  const assignments: Assignment[] = []
  const mistakes: Mistake[] = []
  let at = 0
  let line = 1
  const skip = (count: number) => {
    for (let i = 0; i < count; i++) if (text[at + i] === '\n') line++
    at += count
  }
  const restOfLine = () => {
    const end = text.indexOf('\n', at)
    return text.slice(at, end === -1 ? text.length : end)
  }
  while (at < text.length) {
    const blank = /^(?:[ \t\r\n]|\\\r?\n)+/.exec(text.slice(at))
    if (blank !== null) {
      skip(blank[0].length)
      continue
    }
    if (text[at] === '#') {
      skip(restOfLine().length)
      continue
    }
    const head = NAME.exec(restOfLine())
    if (head === null) {
      const word = restOfLine()
      mistakes.push({
        line,
        message: /^(source|\.)\s/.test(word)
          ? `source is not followed into other files; put the lines here or in a piece of its own (found ${word.trim()}).`
          : `NAME="value" was wanted; found ${word.trim()}.`,
      })
      skip(word.length)
      continue
    }
    const start = line
    skip(head[0].length)
    const value = readValue(text, at)
    if ('message' in value) {
      mistakes.push({ line: start, message: value.message })
      return { assignments, mistakes }
    }
    skip(value.length)
    assignments.push({ name: head[1] ?? '', value: value.text, quote: value.quote, line: start })
  }
  return { assignments, mistakes }
}

type Value = { text: string; length: number; quote: Assignment['quote'] } | { message: string }

/** A value is a run of quoted and bare stretches, as in a shell: `a"b c"'d'`. */
function readValue(text: string, from: number): Value {
  let at = from
  let value = ''
  let quote: Assignment['quote'] = ''
  while (at < text.length && !/[\s#]/.test(text[at] ?? '')) {
    const character = text[at] ?? ''
    if (character === '"' || character === "'") {
      const end = closing(text, at + 1, character)
      if (end === -1) return { message: `the value that begins here has no closing ${character}.` }
      value += text.slice(at + 1, end).replaceAll('\\\n', '')
      quote = character
      at = end + 1
    } else if (character === '\\' && text[at + 1] !== undefined) {
      if (text[at + 1] !== '\n') value += text[at + 1]
      at += 2
    } else {
      value += character
      at++
    }
  }
  return { text: value, length: at - from, quote }
}

function closing(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++
    else if (text[at] === quote) return at
  }
  return -1
}
