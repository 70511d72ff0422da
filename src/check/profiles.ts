/** Machines whose profile nobody has bootstrapped. */
import { suggest } from '../config/names.ts'
import { problem, type Problem } from '../config/problem.ts'
import type { Stage4Define } from '../config/model.ts'

/** @param known names of bootstrapped profiles; none where nothing was bootstrapped yet, which is how everybody begins */
export function profiles(machines: readonly Stage4Define[], known: readonly string[]): Problem[] {
  const missing = machines.filter(({ profile }) => profile !== '' && !known.includes(profile))
  // One profile that is still to come is one thing to do, however many machines wait for it.
  const told = known.length > 0 ? missing : [...new Map(missing.map((one) => [one.profile, one])).values()]
  return told.map(({ profile, folder }) => {
    const place = { file: `${folder}/profile`, line: 1 }
    if (known.length === 0) return problem('nothing-bootstrapped', place, { name: profile })
    const hint = suggest(profile, known) ?? `gentoomuch bootstrap ${profile} STAGE3`
    return problem('profile-not-bootstrapped', place, { name: profile, known: known.join(', ') }, hint)
  })
}
