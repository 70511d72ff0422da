/** Atoms that mean no package of the snapshot, flags that none of the versions has. */
import { editDistance, suggest } from '../config/names.ts'
import { problem, type Problem } from '../config/problem.ts'
import type { Atom } from '../portage/atoms/atom.ts'
import type { PackageLine } from '../portage/parsed.ts'
import { meantBy, type Snapshot } from '../portage/snapshot/snapshot.ts'
import type { CheckedMachine } from './machine.ts'

export function againstSnapshots(machines: readonly CheckedMachine[], snapshots: readonly Snapshot[]): Problem[] {
  if (snapshots.length === 0) return []
  const groups = new Set(machines.flatMap(({ composed }) => [...composed.lists.groups]))
  const facts = new Facts(snapshots, groups)
  const lines = new Set(machines.flatMap(({ composed }) => composed.pieces.flatMap((piece) => piece.lines)))
  const sets = new Set(machines.flatMap(({ composed }) => composed.sets))
  return [
    ...[...lines].flatMap((line) => aboutLine(line, facts)),
    ...[...sets].flatMap((set) => set.lines.flatMap((line) => aboutSetLine(line, facts))),
  ]
}

function aboutLine(line: PackageLine, facts: Facts): Problem[] {
  const { atom } = line
  // What is provided is not in the snapshot on purpose.
  if (atom === undefined || line.of === 'provided') return []
  const meant = facts.meantBy(atom)
  if (meant.count === 0) {
    // A mask is often made for versions that are still to come.
    if (line.of === 'mask' && facts.hasName(atom)) return []
    return [problem('no-such-package', line, { atom: line.written }, facts.suggestionFor(atom))]
  }
  const { flags } = meant
  if (flags === undefined)
    return line.flags.length === 0
      ? []
      : [problem('no-metadata', line, { name: meant.unknown ?? '', atom: line.written })]
  return (
    line.flags
      .filter(({ flag }) => !flags.has(flag) && !isWild(flag) && !facts.isImplicit(flag))
      // What a host's CPU can is said of all packages, whether one of them asks for it or not.
      .filter(({ flag }) => atom.cp !== '*/*' || !facts.isOfGroup(flag))
      .map(({ flag }) => problem('no-such-flag', line, { atom: line.written, flag }, suggest(flag, flags)))
  )
}

function aboutSetLine(line: PackageLine, facts: Facts): Problem[] {
  if (line.atom === undefined || facts.meantBy(line.atom).count > 0) return []
  return [problem('set-wants-nothing', line, { atom: line.written }, facts.suggestionFor(line.atom))]
}

/** Groups whose flags profiles give to every package (USE_EXPAND_IMPLICIT): no IUSE names them. */
const IMPLICIT_GROUPS: ReadonlySet<string> = new Set(['ELIBC', 'KERNEL', 'USERLAND'])

/** `VIDEO_CARDS` → `video_cards_`. */
function prefixOf(group: string): string {
  return `${group.toLowerCase()}_`
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
  /** Of the flags of each group, and of those that every package has. */
  private readonly prefixes: readonly string[]
  private readonly implicit: readonly string[]
  private readonly known = new Map<string, Meant>()
  /** What to say of a name that nothing has; made when it is first asked for. */
  private names: Names | undefined

  constructor(snapshots: readonly Snapshot[], groups: ReadonlySet<string>) {
    this.snapshots = snapshots
    this.arches = new Set(snapshots.flatMap(({ arches }) => arches))
    this.prefixes = [...groups].map(prefixOf)
    this.implicit = [...groups].filter((group) => IMPLICIT_GROUPS.has(group)).map(prefixOf)
  }

  meantBy(atom: Atom): Meant {
    const found = this.known.get(atom.text)
    if (found !== undefined) return found
    const made = this.meant(atom)
    this.known.set(atom.text, made)
    return made
  }

  hasName({ cp }: Atom): boolean {
    return this.snapshots.some((snapshot) => snapshot.versionsOf(cp).length > 0)
  }

  /** The flags of an architecture and of the profile's implicit groups belong to every package. */
  isImplicit(flag: string): boolean {
    return this.arches.has(flag) || this.implicit.some((prefix) => flag.startsWith(prefix))
  }

  isOfGroup(flag: string): boolean {
    return this.prefixes.some((prefix) => flag.startsWith(prefix))
  }

  /** A name of the same category, or the same name in another one. */
  suggestionFor(atom: Atom): string | undefined {
    if (atom.extended) return undefined
    if (this.hasName(atom)) return `There are ${this.versionsOf(atom.cp).join(', ')}.`
    const names = (this.names ??= new Names(this.snapshots.flatMap((snapshot) => snapshot.names)))
    const meant = names.like(atom)
    return meant.length === 0 ? undefined : `Did you mean ${meant.join(' or ')}?`
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

/** A large repository has 20,000 names, and a configuration may be wrong in each of its lines. */
class Names {
  private readonly byPackage = new Map<string, string[]>()
  private readonly byCategory = new Map<string, Set<string>>()
  private readonly known = new Map<string, readonly string[]>()

  constructor(names: readonly string[]) {
    for (const name of new Set(names)) {
      const [category = '', word = ''] = name.split('/')
      const same = this.byPackage.get(word)
      if (same === undefined) this.byPackage.set(word, [name])
      else same.push(name)
      const beside = this.byCategory.get(category)
      if (beside === undefined) this.byCategory.set(category, new Set([word]))
      else beside.add(word)
    }
  }

  /** The same name in other categories, or else at most three of the same category that are written nearly so. */
  like({ cp, category, package: word }: Atom): readonly string[] {
    const found = this.known.get(cp) ?? this.byPackage.get(word) ?? this.near(category, word)
    this.known.set(cp, found)
    return found
  }

  private near(category: string, word: string): string[] {
    const beside = [...(this.byCategory.get(category) ?? [])]
    return beside
      .filter(
        (one) => Math.abs(one.length - word.length) <= MOST_WRONG && editDistance(one, word, MOST_WRONG) <= MOST_WRONG,
      )
      .slice(0, 3)
      .map((one) => `${category}/${one}`)
  }
}

/** Letters. */
const MOST_WRONG = 2
