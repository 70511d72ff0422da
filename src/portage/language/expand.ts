/**
 * What Portage makes of a word behind `=`: `$NAME` and `${NAME}` are replaced, line ends become spaces, backslashes before
 * `$`, `\` and line ends go (`portage.util.varexpand`, 3.0.83). Quotes that are left in the word count: what stands between
 * single quotes is taken as it is, even in `"it's $HOME, isn't it"`.
 */
import type { Mistake } from '../../config/messages.ts'
import { shown } from './characters.ts'

export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  /** `raw` is the reference as written, `$NAME` or `${NAME}`. */
  | { readonly kind: 'reference'; readonly name: string; readonly raw: string }

export interface Expanded {
  readonly text: string
  readonly mistakes: readonly Mistake[]
}

/** None for a word that Portage gives up on: its value is empty, `expand` says why. */
export function segments(value: string): readonly Segment[] {
  const read = scan(value)
  return read.failed === undefined ? read.segments : []
}

/** Far above any value that means something: `X="$X $X"` doubles, and would not end. What gets longer counts as empty. */
export const LONGEST_VALUE = 100_000

/**
 * @param lookup a name without a value is replaced by nothing
 * @param line where the assignment stands
 */
export function expand(value: string, lookup: (name: string) => string | undefined, line = 1): Expanded {
  const read = scan(value)
  if (read.failed !== undefined) {
    const code = read.failed === 'open' ? 'expand-open-brace' : 'expand-bad-name'
    return { text: '', mistakes: [{ code, line, values: { value: shown(value.slice(read.at)) } }] }
  }
  let text = ''
  for (const one of read.segments) {
    text += one.kind === 'text' ? one.text : (lookup(one.name) ?? '')
    if (text.length > LONGEST_VALUE) return { text: '', mistakes: [] }
  }
  return { text, mistakes: [] }
}

interface Scanned {
  readonly segments: readonly Segment[]
  readonly failed?: 'open' | 'name'
  /** Where the reference that failed begins. */
  readonly at?: number
}

const REFERENCE = /\$(\{?)([A-Za-z0-9_]*)/y

function scan(value: string): Scanned {
  const found: Segment[] = []
  let text = ''
  let single = false
  let double = false
  let at = 0
  /** What needs no look at each character. */
  const plain = /[^'"\n\\$]+/y
  while (at < value.length) {
    plain.lastIndex = at
    const run = plain.exec(value)?.[0]
    if (run !== undefined) {
      text += run
      at += run.length
      continue
    }
    const character = value.charAt(at)
    if (character === "'" || character === '"') {
      if (character === "'" && !double) single = !single
      if (character === '"' && !single) double = !double
      text += character
      at++
    } else if (single) {
      text += character
      at++
    } else if (character === '\n') {
      text += ' '
      at++
    } else if (character === '\\') {
      const [read, length] = backslash(value, at)
      text += read
      at += length
    } else if (at + 1 === value.length) {
      text += '$'
      at++
    } else {
      REFERENCE.lastIndex = at
      const [raw = '', brace = '', name = ''] = REFERENCE.exec(value) ?? []
      const closed = brace === '' || value[at + raw.length] === '}'
      if (!closed) return { segments: [], failed: 'open', at }
      if (name === '') return { segments: [], failed: 'name', at }
      if (text !== '') found.push({ kind: 'text', text })
      text = ''
      const whole = brace === '' ? raw : `${raw}}`
      found.push({ kind: 'reference', name, raw: whole })
      at += whole.length
    }
  }
  if (text !== '') found.push({ kind: 'text', text })
  return { segments: found }
}

/** @returns what it stands for, and how many characters were read; behind `\\` one quote or `$` goes with it. */
function backslash(value: string, at: number): [text: string, length: number] {
  const next = value[at + 1]
  if (next === undefined) return ['\\', 1]
  if (next === '$') return ['$', 2]
  if (next === '\n') return ['', 2]
  if (next !== '\\') return [`\\${next}`, 2]
  const behind = value[at + 2]
  return behind === "'" || behind === '"' || behind === '$' ? [`\\${behind}`, 3] : ['\\', 2]
}
