/** What users and programs wrote, made safe to show: no text of theirs may draw on a terminal. Pure. */

/** Controls, what breaks a line, what turns its direction. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
const ALL_UNSEEN = new RegExp(UNSEEN.source, 'gu')

/** One line: control characters and their like escaped. */
export function visible(text: string): string {
  return UNSEEN.test(text) ? text.replaceAll(ALL_UNSEEN, escaped) : text
}

/** The same for a text with lines: newlines and tabs stay. */
export function visibleText(text: string): string {
  return UNSEEN.test(text)
    ? text.replaceAll(ALL_UNSEEN, (character) => (/[\n\t]/.test(character) ? character : escaped(character)))
    : text
}

function escaped(character: string): string {
  const escape = JSON.stringify(character).slice(1, -1)
  return escape === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escape
}
