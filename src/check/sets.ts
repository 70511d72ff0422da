/** `@name` in sets of `package.sets/` that nobody brings: not the configuration, Portage, a repository or a piece. */
import { PORTAGE_SETS, type PackageSet } from '../config/model.ts'
import { suggest } from '../config/names.ts'
import { problem, type Problem } from '../config/problem.ts'
import { parseIni } from '../portage/language/ini.ts'
import { textOf, type PortageDirectory } from '../portage/model.ts'
import { isMultiset, nameOfSet } from '../portage/snapshot/files.ts'
import type { Snapshot } from '../portage/snapshot/snapshot.ts'

/** The sets of a definition, and the directory in which Portage finds them. */
export interface UsedSets {
  readonly sets: readonly PackageSet[]
  readonly directory: PortageDirectory
}

/**
 * @param ours the sets of the configuration
 * @param snapshots of all repositories that there are
 */
export function unknownSets(
  used: readonly UsedSets[],
  ours: ReadonlyMap<string, PackageSet>,
  snapshots: readonly Snapshot[],
): Problem[] {
  const known = new Set([...ours.keys(), ...PORTAGE_SETS, ...snapshots.flatMap(({ sets }) => sets)])
  return used.flatMap(({ sets, directory }) => {
    const strange = sets.flatMap(({ file, includes }) =>
      includes.filter(({ name }) => !known.has(name)).map(({ name, line }) => ({ name, file, line })),
    )
    if (strange.length === 0) return []
    const brought = setsIn(directory)
    if (brought === undefined) return []
    const names = new Set([...known, ...brought])
    return strange
      .filter(({ name }) => !names.has(name))
      .map(({ name, ...place }) => problem('unknown-set', place, { name }, suggest(name, names)))
  })
}

/** Names of the sets that the pieces bring; undefined where their sets.conf takes a folder of sets, wherever that is. */
function setsIn({ files }: PortageDirectory): readonly string[] | undefined {
  const names: string[] = []
  for (const { path, bytes } of files) {
    if (path.startsWith('sets/') && !path.endsWith('.metadata')) names.push(path.slice('sets/'.length))
    if (path !== 'sets.conf' && !path.startsWith('sets.conf/')) continue
    for (const section of parseIni(textOf(bytes)).sections) {
      if (isMultiset(section)) return undefined
      names.push(nameOfSet(section))
    }
  }
  return names
}
