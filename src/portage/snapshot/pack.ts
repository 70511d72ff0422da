/**
 * A snapshot in little room. Words of an IUSE or KEYWORDS repeat between ebuilds, so each text is kept once, and a package
 * is unpacked when it is asked for: a repository of 30,000 ebuilds is a few megabytes and opens at once.
 */
import { compareVersions } from '../atoms/version.ts'
import type { Snapshot, SnapshotPackage } from './snapshot.ts'

/** Plain data, as JSON can hold it. */
export interface PackedSnapshot {
  readonly repository: string
  readonly revision: string
  readonly categories: readonly string[]
  readonly arches: readonly string[]
  readonly licenseGroups: readonly (readonly [group: string, licenses: readonly string[]])[]
  readonly sets: readonly string[]
  readonly profiles: readonly string[]
  readonly texts: readonly string[]
  /**
   * `category/package VERSION SLOT KEYWORDS IUSE VERSION …`, sorted, versions oldest first; the last three are places in
   * `texts`, or `-` where there is no metadata.
   */
  readonly packages: readonly string[]
}

/** What an ebuild's metadata says, as written there. */
export interface Metadata {
  /** With its subslot: `0/1.2`. */
  readonly slot: string
  readonly keywords: string
  readonly iuse: string
}

export interface Packer {
  readonly add: (name: string, versions: ReadonlyMap<string, Metadata | undefined>) => void
  readonly texts: readonly string[]
  /** Sorted. */
  readonly packages: () => string[]
}

export function packer(): Packer {
  const lines: string[] = []
  const places = new Map<string, number>()
  const texts: string[] = []
  const placeOf = (text: string): number => {
    const known = places.get(text)
    if (known !== undefined) return known
    places.set(text, texts.length)
    return texts.push(text) - 1
  }
  const entryOf = (version: string, metadata: Metadata | undefined): string => {
    if (metadata === undefined) return `${version} - - -`
    return `${version} ${placeOf(metadata.slot)} ${placeOf(metadata.keywords)} ${placeOf(metadata.iuse)}`
  }
  return {
    add: (name, versions) => {
      const sorted = [...versions].toSorted(([a], [b]) => compareVersions(a, b) || (a < b ? -1 : 1))
      lines.push([name, ...sorted.map(([version, metadata]) => entryOf(version, metadata))].join(' '))
    },
    texts,
    packages: () => lines.toSorted(),
  }
}

export function unpack(packed: PackedSnapshot): Snapshot {
  const { repository, revision, categories, arches, sets, profiles, texts } = packed
  const lines = new Map(packed.packages.map((line) => [line.slice(0, line.indexOf(' ')), line]))
  const opened = new Map<string, readonly SnapshotPackage[]>()
  // Packages that say the same share one list.
  const keywordsAt = shared(texts, wordsOf)
  const iuseAt = shared(texts, (text) => wordsOf(text).map(withoutSign))

  const open = (line: string): SnapshotPackage[] => {
    const [name = '', ...words] = line.split(' ')
    const slash = name.indexOf('/')
    const found: SnapshotPackage[] = []
    for (let at = 0; at < words.length; at += 4) {
      const [slot, subSlot = slot] = texts[Number(words[at + 1])]?.split('/') ?? []
      found.push({
        category: name.slice(0, slash),
        package: name.slice(slash + 1),
        version: words[at] ?? '',
        repository,
        slot,
        subSlot,
        keywords: keywordsAt(Number(words[at + 2])),
        iuse: iuseAt(Number(words[at + 3])),
      })
    }
    return found
  }

  const versionsOf = (name: string): readonly SnapshotPackage[] => {
    const known = opened.get(name)
    if (known !== undefined) return known
    const line = lines.get(name)
    if (line === undefined) return []
    const found = open(line)
    opened.set(name, found)
    return found
  }

  return {
    repository,
    revision,
    names: [...lines.keys()],
    categories,
    arches,
    licenseGroups: new Map(packed.licenseGroups),
    sets,
    profiles,
    versionsOf,
  }
}

/** What is made of the text at a place, made once; undefined where there is no such place. */
function shared(texts: readonly string[], make: (text: string) => readonly string[]) {
  const made: (readonly string[] | undefined)[] = []
  return (place: number): readonly string[] | undefined => {
    const text = texts[place]
    return text === undefined ? undefined : (made[place] ??= make(text))
  }
}

function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}

function withoutSign(flag: string): string {
  return flag.startsWith('+') || flag.startsWith('-') ? flag.slice(1) : flag
}
