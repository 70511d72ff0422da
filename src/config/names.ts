/** Names of definitions. They are data, never shell: any character but control characters, `@` and a leading `-`. */
import { problem, type Place, type Problem } from './problem.ts'

/** And what some programs take for the end of a line. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u

export function hasControls(name: string): boolean {
  return CONTROL.test(name)
}

/** Why `name` cannot name a definition, or undefined when it can. */
export function nameProblem(place: Place, name: string): Problem | undefined {
  const code = hasControls(name)
    ? 'name-control'
    : name.includes('@')
      ? 'name-at'
      : name.startsWith('-')
        ? 'name-dash'
        : name.split('/').some((part) => part === '' || part === '.' || part === '..')
          ? 'name-path'
          : undefined
  return code === undefined ? undefined : problem(code, place, { name })
}

/** READMEs, dotfiles and what editors leave behind are never definitions. */
export function isLeftover(entry: string): boolean {
  return (
    /^(\.|#)/.test(entry) || /(~|\.bak|\.orig|\.rej|\.swp|\.tmp)$/.test(entry) || /^readme(\.[a-z]+)?$/i.test(entry)
  )
}

/** What is left out even where READMEs and dotfiles belong to a machine (`user.files/`). */
export function isEditorsOwn(entry: string): boolean {
  return /(~|\.swp)$/.test(entry)
}

/** "did you mean …?" for a misspelt name, or undefined when nothing is near. */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  let most = Math.max(1, Math.floor(name.length / 3))
  let best: string | undefined
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) > most) continue
    const distance = editDistance(wanted, candidate.toLowerCase(), most)
    if (distance > most) continue
    best = candidate
    // Of those that are as near the first one is meant.
    most = distance - 1
    if (most < 0) break
  }
  return best === undefined ? undefined : `Did you mean ${best}?`
}

/**
 * Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
 * @param most any number above it may be given for a distance above it, sooner
 */
export function editDistance(a: string, b: string, most = Infinity): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let value = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, (before[j - 2] ?? 0) + 1)
      current.push(value)
    }
    // No way goes on from a row of two that has nothing near.
    if (current.every((value) => value > most) && previous.every((value) => value > most)) return most + 1
    before = previous
    previous = current
  }
  return previous[b.length] ?? 0
}
