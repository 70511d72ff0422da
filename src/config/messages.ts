/**
 * Everything that can be said about a configuration, in one place: a code, how bad it is, the sentence. `check` prints them,
 * `docs/messages.md` lists them, and a test says each of them with its exact text.
 */
import { visible } from '../visible.ts'
import { ATOM_MESSAGES } from './messages/atoms.ts'
import { CHECK_MESSAGES } from './messages/check.ts'
import { COMPOSING_MESSAGES } from './messages/composing.ts'
import { LANGUAGE_MESSAGES } from './messages/language.ts'
import { READING_MESSAGES } from './messages/reading.ts'

/** An error stops a build; a warning does not (with `--strict` it fails `check`); a note is worth knowing. */
export type Severity = 'error' | 'warning' | 'note'

export interface Message {
  readonly severity: Severity
  /** One sentence with {placeholders}: what was wanted, what was found. */
  readonly text: string
  /** What to do, with the same placeholders. */
  readonly hint?: string
}

export const MESSAGES = {
  ...READING_MESSAGES,
  ...LANGUAGE_MESSAGES,
  ...ATOM_MESSAGES,
  ...COMPOSING_MESSAGES,
  ...CHECK_MESSAGES,
} as const

export type MessageCode = keyof typeof MESSAGES

/** What the placeholders of a sentence stand for. */
export type Values = Readonly<Record<string, string | number>>

/** A mistake in a text whose file the caller knows: what parsers give. */
export interface Mistake {
  readonly code: MessageCode
  /** 1 for the first line. */
  readonly line: number
  readonly values: Values
}

export function messageOf(code: MessageCode): Message {
  return MESSAGES[code]
}

/** Puts the values in, each on one line and not too long. */
export function filled(template: string, values: Values): string {
  return partsOf(template)
    .map((part, index) => {
      if (index % 2 === 0) return part
      const value = values[part]
      return value === undefined ? `{${part}}` : shortened(String(value))
    })
    .join('')
}

/** Text, name, text, name …: a file can be wrong in each of its lines, always with the same sentence. */
function partsOf(template: string): readonly string[] {
  const parts = known.get(template) ?? template.split(/\{(\w+)\}/)
  known.set(template, parts)
  return parts
}

const known = new Map<string, readonly string[]>()

/** In characters: room for a list of names, not for a line that a program wrote. */
const LONGEST = 500

/** What cannot be seen is escaped; of a long text the beginning, without half a character or half an escape at its end. */
function shortened(text: string): string {
  const seen = visible(text.slice(0, LONGEST + 1))
  if (seen.length <= LONGEST) return seen
  return `${seen.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$|\\u?[0-9a-f]{0,3}$/, '')}…`
}
