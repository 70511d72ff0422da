/** Which packages an atom means (`portage.dep.match_from_list`, 3.0.83). */
import type { Atom } from './atom.ts'
import { compareVersions, splitRevision } from './version.ts'

/** A version of a package, as atoms see it. */
export interface Candidate {
  readonly category: string
  readonly package: string
  /** With its revision, as in the ebuild's name. */
  readonly version: string
  /** Where it is not known, every slot fits. */
  readonly slot?: string | undefined
  /** Equal to the slot where a package has none. */
  readonly subSlot?: string | undefined
  /** Where it is not known, every repository fits. */
  readonly repository?: string | undefined
  /** Of a binary package; an ebuild has none. */
  readonly buildId?: number | undefined
}

/**
 * Whether the atom means the package. Signs of blockers and USE dependencies do not count: Portage looks at the latter
 * only in packages whose flags are settled already. One difference: `=category/foo-1*` never means another package whose
 * name begins with `foo-1`; Portage looks among the versions of one package alone.
 */
export function matches(atom: Atom, candidate: Candidate): boolean {
  return (
    matchesName(atom, candidate) &&
    matchesVersion(atom, candidate) &&
    matchesSlot(atom, candidate) &&
    (atom.repository === undefined || candidate.repository === undefined || atom.repository === candidate.repository)
  )
}

/** By category and package alone. */
export function matchesName(atom: Atom, { category, package: name }: Pick<Candidate, 'category' | 'package'>): boolean {
  if (!atom.extended) return atom.package === name && atom.category === category
  return fitsPattern(atom.category, category) && fitsPattern(atom.package, name)
}

function matchesSlot({ slot, subSlot }: Atom, candidate: Candidate): boolean {
  if (slot === undefined || candidate.slot === undefined) return true
  return slot === candidate.slot && (subSlot === undefined || subSlot === (candidate.subSlot ?? candidate.slot))
}

/** By operator and version alone. */
export function matchesVersion(
  atom: Atom,
  { version: found, buildId }: Pick<Candidate, 'version' | 'buildId'>,
): boolean {
  const { version } = atom
  if (version === undefined) return true
  if (atom.extended) return found.includes(version.slice(1, -1))
  switch (atom.operator) {
    case '=':
      if (atom.glob) return beginsWith(found, version)
      return compareVersions(found, version) === 0 && (atom.buildId === undefined || atom.buildId === buildId)
    case '~':
      // As written: ~foo-1.0 does not mean foo-1.00.
      return splitRevision(found).base === splitRevision(version).base
    case '<':
      return compareVersions(found, version) < 0
    case '<=':
      return compareVersions(found, version) <= 0
    case '>':
      return compareVersions(found, version) > 0
    case '>=':
      return compareVersions(found, version) >= 0
    case '':
      return true
  }
}

/** By letters, but only up to where a part of the version ends: `1*` means 1.2, 1b and 1-r1, not 10. */
function beginsWith(found: string, wanted: string): boolean {
  const [version, beginning] = [withoutZeros(found), withoutZeros(wanted)]
  if (!version.startsWith(beginning)) return false
  const next = version.charAt(beginning.length)
  return next === '' || '._-'.includes(next) || isDigit(beginning.charAt(beginning.length - 1)) !== isDigit(next)
}

function withoutZeros(version: string): string {
  return version.replace(/^0+(?=\d)/, '')
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

/** `*` stands for any text (`portage.dep.extended_cp_match`, for a category or a package). */
function fitsPattern(pattern: string, text: string): boolean {
  if (pattern === '*') return true
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === text
  const end = text.length - last.length
  let at = first.length
  if (at > end || !text.startsWith(first) || !text.endsWith(last)) return false
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= end
}
