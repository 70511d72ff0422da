import { visibleText } from '../visible.ts'

/**
 * Text of the user's files for standard output: to a file or another program as it is; on a terminal what is no text is
 * escaped, so that it cannot draw there.
 */
export function asRead(text: string, isTerminal = process.stdout.isTTY): string {
  return isTerminal ? visibleText(text) : text
}
