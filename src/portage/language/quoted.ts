/**
 * Writes a word in double quotes, so that Portage's lexer reads exactly that word again and a shell that sources the file
 * gives the same value wherever the two agree: a backslash is doubled only where it would be lost.
 *
 * Two words cannot be written at all: one with `\r`, which is read as `\n`, and `source`, which is a command even in quotes.
 */
export function quoted(word: string): string {
  // Most words need nothing.
  if (!/["\\]/.test(word)) return `"${word}"`
  return `"${word.replaceAll(/\\(?=["\\]|$)|"/g, String.raw`\$&`)}"`
}
