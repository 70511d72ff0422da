/** For options that may be given several times. A list behind one option would swallow the arguments that follow it. */
export function oneMore(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
