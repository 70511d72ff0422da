/** Repositories that a definition's pieces name: none at all, one that has not been synced, one that a profile wants. */
import { suggest } from '../config/names.ts'
import { problem, type Place, type Problem } from '../config/problem.ts'
import type { Composed } from '../portage/compose.ts'
import { repositoriesOf } from '../portage/reposConf.ts'
import type { Snapshot } from '../portage/snapshot/snapshot.ts'
import { together, type CheckedMachine, type Met } from './machine.ts'

export interface MissingRepository extends Place {
  readonly name: string
}

export function notSynced(missing: readonly MissingRepository[]): Problem[] {
  return missing.map(({ name, file, line }) => problem('not-synced', { file, line }, { name }))
}

export function withoutRepository(machines: readonly CheckedMachine[]): Problem[] {
  return together(
    machines
      .filter(({ composed }) => repositoriesOf(composed.directory).length === 0)
      .map(({ name: machine }): Met => ({
        key: '',
        machine,
        problem: (names) => problem('no-repository', { file: 'portage.global' }, { machines: names }),
      })),
  )
}

/**
 * `profile` files of pieces, `repository:path`, held against repos.conf and the repositories' own profiles.
 * @param snapshots of the repositories that are here: of another one only the name can be known
 */
export function gentooProfiles(machines: readonly CheckedMachine[], snapshots: readonly Snapshot[]): Problem[] {
  const byName = new Map(snapshots.map(({ repository, profiles }) => [repository, new Set(profiles)]))
  return together(machines.flatMap((machine) => gentooProfile(machine, byName)))
}

function gentooProfile(
  { name: machine, composed }: CheckedMachine,
  snapshots: ReadonlyMap<string, ReadonlySet<string>>,
): Met[] {
  const { profile } = composed.directory
  const known = repositoriesOf(composed.directory).map((one) => one.name)
  // Where there is no repository at all, that is what is to be mended.
  if (profile === undefined || known.length === 0) return []
  const colon = profile.indexOf(':')
  const [name, path] = [profile.slice(0, colon), profile.slice(colon + 1)]
  const place = { file: profileFile(composed), line: 1 }
  const met = (told: Met['problem']): Met[] => [{ key: `${place.file}\n${known.join(' ')}`, machine, problem: told }]
  if (!known.includes(name)) {
    const values = { profile, name, known: known.join(', ') }
    return met((machines) =>
      problem('profile-unknown-repository', place, { ...values, machines }, suggest(name, known)),
    )
  }
  const paths = snapshots.get(name)
  if (paths === undefined || paths.has(path)) return []
  return met((machines) => problem('no-such-profile', place, { name, path, machines }, suggest(path, paths)))
}

/** The last piece that has one: its profile stands. */
function profileFile({ pieces }: Composed): string {
  const files = pieces.flatMap(({ piece }) => piece.files.filter(({ path }) => path === 'profile'))
  return files.at(-1)?.file ?? 'profile'
}
