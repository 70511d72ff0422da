/**
 * Paths against patterns, where all paths are known: `*`, `?`, `[…]` and `\` are those of glob(7), but a leading dot is a
 * character like any other, and `**` as a whole part stands for any number of parts, none as well. Pure.
 */

/** Stands for any number of items; anything else reads one. */
const ANY = Symbol('any number')

type Step<T> = typeof ANY | ((item: T) => boolean)

/** @param pattern without a slash at either end */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const steps = pattern.split('/').map((part): Step<string> => (part === '**' ? ANY : nameMatcher(part)))
  return (path) => reads(steps, path.split('/'))
}

/** The one path that a pattern means, or undefined for one that may mean several. */
export function literalPath(pattern: string): string | undefined {
  return /(?<!\\)(\\\\)*[*?[]/.test(pattern) ? undefined : pattern.replaceAll(/\\([^])/g, '$1')
}

function nameMatcher(part: string): (name: string) => boolean {
  const steps = stepsOf(Array.from(part))
  return (name) => reads(steps, Array.from(name))
}

function stepsOf(characters: readonly string[]): Step<string>[] {
  const steps: Step<string>[] = []
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    const end = character === '[' ? endOfBracket(characters, at) : undefined
    if (character === '*') steps.push(ANY)
    else if (character === '?') steps.push(() => true)
    else if (end !== undefined) {
      steps.push(bracket(characters.slice(at + 1, end)))
      at = end
    } else {
      const literal = character === '\\' ? (characters[++at] ?? character) : character
      steps.push((one) => one === literal)
    }
  }
  return steps
}

/** Where the `]` stands that closes it; without one the bracket is a character like any other. */
function endOfBracket(characters: readonly string[], open: number): number | undefined {
  const first = open + (/^[!^]$/.test(characters[open + 1] ?? '') ? 2 : 1)
  const end = characters.indexOf(']', first + 1)
  return end < 0 ? undefined : end
}

/** @param inside what stands between `[` and `]` */
function bracket(inside: readonly string[]): (character: string) => boolean {
  const negated = /^[!^]$/.test(inside[0] ?? '')
  const members = negated ? inside.slice(1) : inside
  const ranges: (readonly [string, string])[] = []
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? ''
    const to = members[at + 1] === '-' ? members[at + 2] : undefined
    ranges.push([from, to ?? from])
    if (to !== undefined) at += 2
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== negated
}

/** Goes back to the last `ANY` alone, which is enough: no more than items times steps, whatever the pattern. */
function reads<T>(steps: readonly Step<T>[], items: readonly T[]): boolean {
  let step = 0
  let at = 0
  let back: { step: number; at: number } | undefined
  while (at < items.length) {
    const one = steps[step]
    if (one === ANY) back = { step: ++step, at }
    else if (one?.(items[at] as T) === true) {
      step++
      at++
    } else if (back === undefined) return false
    else {
      at = ++back.at
      step = back.step
    }
  }
  return steps.slice(step).every((one) => one === ANY)
}
