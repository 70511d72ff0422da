/** Words, flags and values of composed lists, as text. */
import { segments, type Segment } from './language/expand.ts'
import { onceFor } from './once.ts'
import type { PlacedAssignment } from './stack-model.ts'

/** Where the profile's own words of a list are kept for pieces that put them behind words of their own. */
export function putAside(name: string): string {
  return `\${__PROFILE_${name}}`
}

/** `VIDEO_CARDS="-intel"` → `-video_cards_intel` (portage.config.regenerate, make_defaults_use). */
export function asFlag(group: string, word: string): string {
  const prefix = `${group.toLowerCase()}_`
  return word.startsWith('-') ? `-${prefix}${word.slice(1)}` : `${prefix}${word}`
}

/** One piece stands in many machines: its values are cut once. */
export const segmentsOf: (assignment: PlacedAssignment) => readonly Segment[] = onceFor(({ value }) => segments(value))

/** Whether what stands before a segment ends there, as a word. */
export function endsWord(next: Segment | undefined): boolean {
  return next === undefined || (next.kind === 'text' && /^\s/.test(next.text))
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

/** For `varexpand`, which takes `\$` and `\\` for the signs themselves. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\$]/g, '\\$&')
}

const WIDTH = 110

/** Long lists go on in the next line, within the quotes: blanks and line ends are one to Portage. */
export function wrapped(words: readonly string[], indent: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of words)
    if (line !== '' && indent + line.length + word.length >= WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  return [...lines, line].join(`\n${' '.repeat(indent)}`)
}
