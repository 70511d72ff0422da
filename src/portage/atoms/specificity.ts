/**
 * Which of the atoms that mean a package counts: Portage lets the more specific one decide in package.use, package.env,
 * package.license and the like, wherever in the files it stands (`portage.dep.best_match_to_list`,
 * `portage.package.ebuild._config.helper.ordered_by_atom_specificity`, 3.0.83).
 */
import type { Atom } from './atom.ts'
import { matches, type Candidate } from './match.ts'
import { compareVersions } from './version.ts'

const RANGE = 2
const SLOT = 3
const BY_OPERATOR = { '=': 6, '~': 5, '<': RANGE, '<=': RANGE, '>': RANGE, '>=': RANGE, '': 1 } as const
const GLOB = 4

/**
 * 6 `=version` · 5 `~version` · 4 `=version*` · 3 a slot, whatever stands before · 2 a range · 1 the name · 0 wildcards
 * with a version · -1 wildcards with a slot · -2 wildcards. The repository does not count.
 */
export function specificity(atom: Atom): number {
  if (atom.extended) return atom.glob ? 0 : atom.slot === undefined ? -2 : -1
  const byOperator = atom.glob ? GLOB : BY_OPERATOR[atom.operator]
  return atom.slot === undefined ? byOperator : Math.max(SLOT, byOperator)
}

/**
 * Whether `a` decides over `b` in a package that both mean, whichever stands first. Where neither is more specific than
 * the other, the one that stands FIRST decides (the same atom written twice is one atom: there the later word counts).
 * Of two ranges the one whose version is closer decides, where both look from the same side.
 * @param version the package's: it settles `>=1.2` against `<2` in 1.2 itself
 */
export function moreSpecific(a: Atom, b: Atom, version?: string): boolean {
  const [one, other] = [specificity(a), specificity(b)]
  if (one !== other || one !== RANGE) return one > other
  if (version !== undefined) return !replaces(b, a, version) && replaces(a, b, version)
  if (a.operator.charAt(0) !== b.operator.charAt(0)) return false
  const order = compareVersions(a.version ?? '', b.version ?? '')
  return a.operator.startsWith('>') ? order > 0 : order < 0
}

/**
 * The atoms that mean the package, in the order in which Portage applies them: the last one decides.
 * @param atoms as they stand in the files, one after the other
 */
export function inOrderOfApplication(atoms: readonly Atom[], candidate: Candidate): Atom[] {
  const left = asPortageKeeps(atoms).filter((atom) => matches(atom, candidate))
  const ordered: Atom[] = []
  while (left.length > 0) {
    const best = left.reduce((found, atom) => (replaces(atom, found, candidate.version) ? atom : found))
    ordered.push(best)
    left.splice(left.indexOf(best), 1)
  }
  return ordered.toReversed()
}

/** One of each, names before wildcards, those of one name together (`portage.dep.ExtendedAtomDict`). */
function asPortageKeeps(atoms: readonly Atom[]): Atom[] {
  const plain = new Map<string, Atom[]>()
  const wild = new Map<string, Atom[]>()
  for (const atom of new Map(atoms.map((one) => [one.text, one])).values()) {
    const byName = atom.cp.includes('*') ? wild : plain
    const known = byName.get(atom.cp)
    if (known === undefined) byName.set(atom.cp, [atom])
    else known.push(atom)
  }
  return [...plain.values(), ...wild.values()].flat()
}

/** Whether `next` is taken instead of `best`, which stands before it. */
function replaces(next: Atom, best: Atom, version: string): boolean {
  const [one, other] = [specificity(next), specificity(best)]
  if (one !== other || one !== RANGE) return one > other
  return isCloser(next.version ?? '', best.version ?? '', version)
}

/** Only where both versions lie on the same side of the package's; between the two, the first one stays. */
function isCloser(next: string, best: string, version: string): boolean {
  if (best === version || best === next) return false
  if (next === version) return true
  const [byNext, byBest] = [compareVersions(next, version), compareVersions(best, version)]
  if (byBest <= 0 && byNext < 0) return compareVersions(next, best) >= 0
  if (byBest > 0 && byNext >= 0) return compareVersions(next, best) < 0
  return false
}
