/** Whether two atoms can mean the same package, without asking which packages there are. */
import type { Atom } from './atom.ts'
import { matchesVersion } from './match.ts'
import { splitRevision } from './version.ts'

/**
 * False only where no package can be meant by both. Exact for operators, slots and repositories; true where it cannot be
 * told, which is where versions are spelled in unusual ways (`1.01`, `1_p`) or a wildcard asks for a part of a version.
 */
export function mayOverlap(a: Atom, b: Atom): boolean {
  return (
    mayBeEqual(a.repository, b.repository) &&
    mayBeEqual(a.slot, b.slot) &&
    mayBeEqual(a.subSlot, b.subSlot) &&
    mayBeEqual(a.buildId, b.buildId) &&
    patternsMeet(a.category, b.category) &&
    patternsMeet(a.package, b.package) &&
    versionsMeet(a, b)
  )
}

function mayBeEqual<T>(a: T | undefined, b: T | undefined): boolean {
  return a === undefined || b === undefined || a === b
}

function versionsMeet(a: Atom, b: Atom): boolean {
  if (a.version === undefined || b.version === undefined) return true
  const buildId = a.buildId ?? b.buildId
  const fits = (version: string) => [a, b].every((atom) => matchesVersion(atom, { version, buildId }))
  return [...around(a, b), ...around(b, a)].some(fits) || isUnsure(a, b)
}

/**
 * Versions among which one that fits both is found, if there is any: an atom's own, its neighbours (the next version is the
 * next revision; every version has one below it, with `_alpha`) and its own with what the other one says of revisions.
 */
function around(atom: Atom, other: Atom): string[] {
  if (atom.extended) return []
  const { base, revision = '0' } = splitRevision(atom.version ?? '')
  const { revision: second = '0' } = splitRevision(other.version ?? '')
  const revisions = [revision, second].flatMap((one) => [`-r${one}`, `-r${BigInt(one) + 1n}`])
  return [atom.version ?? '', base, `${base}_alpha`, ...revisions.map((one) => base + one)]
}

/** Spellings that compare as equal without being written alike, where letters count. */
const UNUSUAL = /\.0\d|_[a-z]+(?:0|_|-|$)/

function isUnsure(a: Atom, b: Atom): boolean {
  if (a.extended && b.extended) return true
  const unusual = [a, b].some(({ extended, version }) => !extended && UNUSUAL.test(version ?? ''))
  if (!a.extended && !b.extended) return (a.glob || b.glob) && unusual
  const plain = a.extended ? b : a
  return unusual || plain.glob || plain.operator !== '='
}

/** Steps. No name that anybody wrote comes near; nobody should wait for the answer about another. */
const MOST = 1_000_000

/** Whether some text fits both patterns; `*` stands for any text. */
function patternsMeet(a: string, b: string): boolean {
  if (a === b) return true
  if (!a.includes('*') && !b.includes('*')) return false
  if (a.length * b.length > MOST) return true
  // reach[j]: whether what was read of `a` and the first j characters of `b` can be the same text.
  let reach = [true]
  for (let j = 0; j < b.length; j += 1) reach.push(reach[j] === true && b[j] === '*')
  for (const character of a) {
    const next = [reach[0] === true && character === '*']
    for (let j = 0; j < b.length; j += 1) {
      const star = character === '*' || b[j] === '*'
      next.push(star ? reach[j + 1] === true || next[j] === true : reach[j] === true && character === b[j])
    }
    reach = next
  }
  return reach[b.length] === true
}
