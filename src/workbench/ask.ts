import { Interrupted } from '../errors.ts'

/**
 * A question to the person at the terminal, on standard error; undefined where there is no terminal to ask on. The
 * library for it is loaded when a question comes up.
 */
export function askerFor(
  stdin: { readonly isTTY?: boolean } = process.stdin,
  stderr: { readonly isTTY?: boolean } = process.stderr,
): ((question: string) => Promise<boolean>) | undefined {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined
  return async (question) => {
    const { confirm, isCancel } = await import('@clack/prompts')
    const answer = await confirm({ message: question, output: process.stderr })
    if (isCancel(answer)) throw new Interrupted()
    return answer
  }
}
