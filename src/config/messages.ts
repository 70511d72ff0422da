/**
 * Everything that can be said about a configuration, in one place: a code, how bad it is, the sentence. `check` prints them,
 * `docs/messages.md` lists them, and a test says each of them with its exact text.
 */
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
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : visible(shortened(String(value)))
  })
}

/** In characters: room for a list of names, not for a line that a program wrote. */
const LONGEST = 500

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '')}…` : text
}

/** Escaped: control characters, so that no name can draw on a terminal, and what breaks a line or turns its direction. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (character) => {
    const escape = JSON.stringify(character).slice(1, -1)
    return escape === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escape
  })
}
