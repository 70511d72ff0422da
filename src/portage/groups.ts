/** USE_EXPAND groups that pieces declare, and what nobody may say of groups and of variables that belong to profiles. */
import { problem, type Problem } from '../config/problem.ts'
import { expand } from './language/expand.ts'
import { ASSIGNMENT_TARGETS, type AssignmentTarget, type ParsedPiece } from './parsed.ts'
import type { PlacedAssignment } from './stack-model.ts'
import type { ListVariables } from './variables.ts'

/** Words that USE_EXPAND has in the pieces, in the order in which Portage reads them. */
export function declaredGroups(pieces: readonly ParsedPiece[]): string[] {
  if (!pieces.some(({ sets }) => sets.has('USE_EXPAND'))) return []
  const values = new Map<string, string>()
  const words = new Set<string>()
  for (const target of ASSIGNMENT_TARGETS)
    for (const assignment of pieces.flatMap((piece) => assignmentsIn(piece, target))) {
      const value = expand(assignment.value, (name) => values.get(name)).text
      values.set(assignment.name, value)
      if (assignment.name === 'USE_EXPAND') for (const word of value.split(/\s+/)) words.add(word)
    }
  return [...words].filter((word) => word !== '')
}

/** What Portage would drop, or understand otherwise, without a word. */
export function refusedVariables(pieces: readonly ParsedPiece[], lists: ListVariables): Problem[] {
  const own = pieces
    .filter(({ sets }) => sets.has(ONLY))
    .flatMap((piece) => assignmentsIn(piece, 'profile/make.defaults'))
    .flatMap(({ name, value }) => (name === ONLY ? value.split(/\s+/) : []))
  const profileOnly = new Set([...lists.profileOnly, ...own, ONLY])
  const refusable = [...profileOnly, 'USE_EXPAND', 'USE_EXPAND_UNPREFIXED']
  const suspects = pieces.filter(({ sets }) => refusable.some((name) => sets.has(name)))
  return suspects.flatMap((piece) => [
    ...assignmentsIn(piece, 'make.conf')
      .filter(({ name }) => profileOnly.has(name))
      .map((one) => problem('profile-only', one, { name: one.name })),
    ...ASSIGNMENT_TARGETS.flatMap((target) => assignmentsIn(piece, target)).flatMap(refused),
  ])
}

/** Read in profiles, and there alone (portage.config). */
const ONLY = 'PROFILE_ONLY_VARIABLES'

function refused(assignment: PlacedAssignment): Problem[] {
  const { name, value } = assignment
  if (name === 'USE_EXPAND_UNPREFIXED') return [problem('unprefixed-groups', assignment, { name })]
  const taken = name === 'USE_EXPAND' ? value.split(/\s+/).find((word) => word.startsWith('-')) : undefined
  return taken === undefined ? [] : [problem('group-taken-back', assignment, { word: taken })]
}

function assignmentsIn(piece: ParsedPiece, target: AssignmentTarget): PlacedAssignment[] {
  return (piece.assignments.get(target) ?? []).flatMap(({ assignments }) => assignments)
}
