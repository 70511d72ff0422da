/** USE dependencies: what stands in an atom's brackets (PMS 8.3.4; `portage.dep._use_dep`, 3.0.83). */
import { NotAnAtom } from './mistake.ts'

export interface UseDependency {
  readonly flag: string
  /** `!` stands only with a condition, `-` only without. */
  readonly sign: '' | '-' | '!'
  /** What it depends on in the package that has the dependency: `flag?`, `flag=`. */
  readonly condition: '' | '?' | '='
  /** What counts where a package does not have the flag: `(+)`, `(-)`. */
  readonly default: '' | '+' | '-'
}

const DEPENDENCY = /^([!-]?)([A-Za-z0-9][A-Za-z0-9+_@-]*)(?:\(([+-])\))?([?=]?)$/

/** @param text what stands between the brackets */
export function parseUse(text: string, atom: string): UseDependency[] {
  const defaults = new Map<string, string>()
  return text.split(',').map((found) => {
    const dependency = parseOne(found)
    if (dependency === undefined) throw new NotAnAtom('atom-bad-use', { atom, found })
    const { flag } = dependency
    if ((defaults.get(flag) ?? dependency.default) !== dependency.default)
      throw new NotAnAtom('atom-use-defaults', { atom, flag })
    defaults.set(flag, dependency.default)
    return dependency
  })
}

function parseOne(text: string): UseDependency | undefined {
  const [, sign, flag, byDefault = '', condition] = DEPENDENCY.exec(text) ?? []
  if (flag === undefined || sign === undefined || condition === undefined) return undefined
  if ((sign === '!' && condition === '') || (sign === '-' && condition !== '')) return undefined
  return { flag, sign, condition, default: byDefault } as UseDependency
}
