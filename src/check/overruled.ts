/** How much of what a line about packages means is decided by another one, which stands before it. */
import type { Atom } from '../portage/atoms/atom.ts'
import { matches, type Candidate } from '../portage/atoms/match.ts'
import { inOrderOfApplication } from '../portage/atoms/specificity.ts'
import { meantBy, type Snapshot } from '../portage/snapshot/snapshot.ts'

/** `some` also where it cannot be told. */
export type Share = 'all' | 'some' | 'none'

/**
 * @param earlier an atom that decides over `later` where both mean a package
 * @param snapshots of all repositories, or none: then only the atoms themselves can tell
 */
export function overruledShare(earlier: Atom, later: Atom, snapshots: readonly Snapshot[]): Share {
  let [decided, left] = [false, false]
  for (const snapshot of snapshots)
    for (const one of meantBy(later, snapshot)) {
      if (decides(earlier, later, one)) decided = true
      else left = true
      if (decided && left) return 'some'
    }
  if (decided || left) return decided ? 'all' : 'none'
  return surelyContains(earlier, later) ? 'all' : 'some'
}

function decides(earlier: Atom, later: Atom, one: Candidate): boolean {
  return matches(earlier, one) && inOrderOfApplication([earlier, later], one).at(-1) === earlier
}

/** Whatever packages there are: each thing that the one asks for, the other asks for in the same words. */
function surelyContains(wide: Atom, narrow: Atom): boolean {
  const isSame = <T>(asked: T | undefined, other: T | undefined) => asked === undefined || asked === other
  const isSameVersion =
    wide.operator === narrow.operator && wide.version === narrow.version && wide.glob === narrow.glob
  return (
    wide.cp === narrow.cp &&
    (wide.version === undefined || isSameVersion) &&
    isSame(wide.buildId, narrow.buildId) &&
    isSame(wide.slot, narrow.slot) &&
    isSame(wide.subSlot, narrow.subSlot) &&
    isSame(wide.repository, narrow.repository)
  )
}
