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

/** Puts the values in. */
export function filled(template: string, values: Values): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : visible(String(value))
  })
}

/** Control characters escaped, so that no name can draw on a terminal. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) => JSON.stringify(character).slice(1, -1))
}
