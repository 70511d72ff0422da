/** Atoms that mean no package of the snapshot, flags that none of the versions has, sets that nobody brings. */
import { PORTAGE_SETS, type PackageSet } from '../config/model.ts'
import { editDistance, suggest } from '../config/names.ts'
import { problem, type Problem } from '../config/problem.ts'
import type { Atom } from '../portage/atoms/atom.ts'
import type { PackageLine } from '../portage/parsed.ts'
import { meantBy, type Snapshot } from '../portage/snapshot/snapshot.ts'
import type { CheckedMachine } from './machine.ts'

export function againstSnapshots(machines: readonly CheckedMachine[], snapshots: readonly Snapshot[]): Problem[] {
  if (snapshots.length === 0) return []
  const facts = new Facts(snapshots)
  const lines = new Set(machines.flatMap(({ composed }) => composed.pieces.flatMap((piece) => piece.lines)))
  const sets = new Set(machines.flatMap(({ composed }) => composed.sets))
  const groups = new Set(machines.flatMap(({ composed }) => [...composed.lists.groups]))
  return [
    ...[...lines].flatMap((line) => aboutLine(line, facts, groups)),
    ...[...sets].flatMap((set) => set.lines.flatMap((line) => aboutSetLine(line, facts))),
  ]
}

/** `@name` in sets: ours, Portage's, or the snapshot's. */
export function unknownSets(
  used: Iterable<PackageSet>,
  known: ReadonlyMap<string, PackageSet>,
  snapshots: readonly Snapshot[],
): Problem[] {
  const names = new Set([...known.keys(), ...PORTAGE_SETS, ...snapshots.flatMap(({ sets }) => sets)])
  return [...used].flatMap(({ file, includes }) =>
    includes
      .filter(({ name }) => !names.has(name))
      .map(({ name, line }) => problem('unknown-set', { file, line }, { name }, suggest(name, names))),
  )
}

function aboutLine(line: PackageLine, facts: Facts, groups: ReadonlySet<string>): Problem[] {
  const { atom } = line
  // What is provided is not in the snapshot on purpose.
  if (atom === undefined || line.of === 'provided') return []
  const meant = facts.meantBy(atom)
  if (meant.count === 0) return [problem('no-such-package', line, { atom: line.written }, facts.suggestionFor(atom))]
  const { flags } = meant
  if (flags === undefined)
    return line.flags.length === 0
      ? []
      : [problem('no-metadata', line, { name: meant.unknown ?? '', atom: line.written })]
  return (
    line.flags
      .filter(({ flag }) => !flags.has(flag) && !isWild(flag) && !facts.isImplicit(flag, groups))
      // What a host's CPU can is said of all packages, whether one of them asks for it or not.
      .filter(({ flag }) => atom.cp !== '*/*' || !isOfGroup(flag, groups))
      .map(({ flag }) => problem('no-such-flag', line, { atom: line.written, flag }, suggest(flag, flags)))
  )
}

function aboutSetLine(line: PackageLine, facts: Facts): Problem[] {
  if (line.atom === undefined || facts.meantBy(line.atom).count > 0) return []
  return [problem('set-wants-nothing', line, { atom: line.written }, facts.suggestionFor(line.atom))]
}

/** Groups whose flags profiles give to every package (USE_EXPAND_IMPLICIT): no IUSE names them. */
const IMPLICIT_GROUPS: ReadonlySet<string> = new Set(['ELIBC', 'KERNEL', 'USERLAND'])

function isOfGroup(flag: string, groups: Iterable<string>): boolean {
  return [...groups].some((group) => flag.startsWith(`${group.toLowerCase()}_`))
}

function isWild(flag: string): boolean {
  return flag.includes('*')
}

interface Meant {
  readonly count: number
  /** Of all versions together; undefined where those of one are not known. */
  readonly flags: ReadonlySet<string> | undefined
  /** The repository whose packages are not known. */
  readonly unknown: string | undefined
}

class Facts {
  private readonly snapshots: readonly Snapshot[]
  private readonly arches: ReadonlySet<string>
  private readonly known = new Map<string, Meant>()

  constructor(snapshots: readonly Snapshot[]) {
    this.snapshots = snapshots
    this.arches = new Set(snapshots.flatMap(({ arches }) => arches))
  }

  meantBy(atom: Atom): Meant {
    const found = this.known.get(atom.text)
    if (found !== undefined) return found
    const made = this.meant(atom)
    this.known.set(atom.text, made)
    return made
  }

  /** The flags of an architecture and of the profile's implicit groups belong to every package. */
  isImplicit(flag: string, groups: ReadonlySet<string>): boolean {
    return (
      this.arches.has(flag) ||
      isOfGroup(
        flag,
        [...groups].filter((group) => IMPLICIT_GROUPS.has(group)),
      )
    )
  }

  /** A name of the same category, or the same name in another one. */
  suggestionFor(atom: Atom): string | undefined {
    if (atom.extended) return undefined
    if (this.snapshots.some((snapshot) => snapshot.versionsOf(atom.cp).length > 0))
      return `There are ${this.versionsOf(atom.cp).join(', ')}.`
    const names = this.snapshots.flatMap((snapshot) => snapshot.names)
    const elsewhere = names.filter((name) => name.endsWith(`/${atom.package}`))
    if (elsewhere.length > 0) return `Did you mean ${elsewhere.join(' or ')}?`
    const near = names.filter((name) => Math.abs(name.length - atom.cp.length) <= 2 && editDistance(name, atom.cp) <= 2)
    return near.length === 0 ? undefined : `Did you mean ${near.slice(0, 3).join(' or ')}?`
  }

  private versionsOf(name: string): string[] {
    const all = this.snapshots.flatMap((snapshot) => snapshot.versionsOf(name))
    return all.map(
      ({ version, slot, repository }) => `${version}${slot === undefined ? '' : `:${slot}`}::${repository}`,
    )
  }

  private meant(atom: Atom): Meant {
    let count = 0
    let unknown: string | undefined
    const flags = new Set<string>()
    for (const snapshot of this.snapshots)
      for (const one of meantBy(atom, snapshot)) {
        count++
        if (one.iuse === undefined) unknown ??= snapshot.repository
        else for (const flag of one.iuse) flags.add(flag)
      }
    return { count, flags: unknown === undefined ? flags : undefined, unknown }
  }
}
