/** What programs and users wrote, made fit for a line of a terminal. */
/* oxlint-disable no-control-regex -- these are what must not reach the terminal */
/**
 * Colours and cursor movements (CSI), window titles and links (OSC), and the short sequences. Node's own
 * stripVTControlCharacters takes the text after a colour for a title's when a bell follows.
 */
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[ -/]*[0-Z\\^-~])/gu
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/gu
/* oxlint-enable no-control-regex */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60]/u

/** Made when it is first wanted: that takes 20 ms. */
let segmenter: Intl.Segmenter | undefined

function graphemes(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** One line without escape sequences and control characters; of a line redrawn with carriage returns, what is seen last. */
export function cleanLine(line: string): string {
  const seen = withoutEscapes(line).replace(/\r+$/u, '')
  return seen
    .slice(seen.lastIndexOf('\r') + 1)
    .replaceAll('\t', '  ')
    .replace(CONTROL, '')
}

export function withoutEscapes(text: string): string {
  return text.replace(ESCAPES, '')
}

/** Columns that a text without escape sequences takes. */
export function width(text: string): number {
  let columns = 0
  for (const { segment } of graphemes(text)) columns += WIDE.test(segment) ? 2 : 1
  return columns
}

/** At most `columns` wide; what was cut is shown by `...`. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let kept = ''
  let used = 3
  for (const { segment } of graphemes(text)) {
    used += WIDE.test(segment) ? 2 : 1
    if (used > columns) break
    kept += segment
  }
  return `${kept.trimEnd()}...`.slice(0, Math.max(0, columns))
}
