/** The index of a pinned revision: read from the mirror once, then from a file in the cache. */
import {
  ebuildAt,
  LISTS,
  maySetAt,
  metadataAt,
  parseLicenseGroups,
  parseList,
  parseMetadata,
  profileFolderOf,
  setNames,
} from '../portage/snapshot/files.ts'
import { packer, unpack, type Metadata, type PackedSnapshot } from '../portage/snapshot/pack.ts'
import type { Snapshot } from '../portage/snapshot/snapshot.ts'
import { gitSetting, type GitSetting } from '../system/git.ts'
import { listTree, readBlobs } from './git-objects.ts'
import { demandCommitId } from './repository-mirror.ts'
import { cachedSnapshot, keepSnapshot } from './snapshot-cache.ts'

export interface SnapshotOptions {
  /** The bare mirror, which has the revision. */
  readonly gitDir: string
  /** Commit id. */
  readonly revision: string
  /** The repository's name. */
  readonly name: string
  /** Where indexes are kept; what is lost there is made again. */
  readonly cacheFolder: string
  readonly signal: AbortSignal
}

/**
 * @throws UserError `bad-revision`, `command-failed` where the mirror lacks the revision, `mirror-damaged` where it lacks a part of it
 */
export async function snapshotOf(options: SnapshotOptions): Promise<Snapshot> {
  const { gitDir, revision, name, cacheFolder, signal } = options
  if (!/^\w[\w-]*$/.test(name)) throw new Error(`not the name of a repository: ${name}`)
  demandCommitId(revision)
  const place = { folder: cacheFolder, repository: name, revision }
  const cached = await cachedSnapshot(place)
  if (cached !== undefined) return unpack(cached)
  const packed = await readSnapshot(gitSetting(gitDir), name, revision, signal)
  await keepSnapshot(place, packed)
  return unpack(packed)
}

async function readSnapshot(
  git: GitSetting,
  repository: string,
  revision: string,
  signal: AbortSignal,
): Promise<PackedSnapshot> {
  const tree = await treeOf(git, revision, signal)
  const metadata = await metadataOf(git, tree, signal)
  const packages = packer()
  for (const [name, versions] of tree.ebuilds)
    packages.add(name, new Map(versions.map((version) => [version, metadata.get(`${name}-${version}`)])))
  const lists = await listsOf(git, tree, signal)
  return {
    repository,
    revision,
    categories: parseList(lists.categories),
    arches: parseList(lists.arches),
    licenseGroups: [...parseLicenseGroups(lists.licenseGroups)],
    sets: setNames(lists.sets, repository, tree.sets),
    profiles: tree.profiles,
    texts: packages.texts,
    packages: packages.packages(),
  }
}

interface Tree {
  /** Versions by name. */
  readonly ebuilds: ReadonlyMap<string, readonly string[]>
  /** Ids of blobs by `category/package-version`. */
  readonly metadata: ReadonlyMap<string, string>
  /** Ids of blobs by path. */
  readonly lists: ReadonlyMap<string, string>
  /** Paths. */
  readonly sets: readonly string[]
  /** Folders below `profiles/`, each with those it lies in. */
  readonly profiles: readonly string[]
}

async function treeOf(git: GitSetting, revision: string, signal: AbortSignal): Promise<Tree> {
  const ebuilds = new Map<string, string[]>()
  const metadata = new Map<string, string>()
  const lists = new Map<string, string>()
  const sets: string[] = []
  const profiles = new Set<string>()
  const listed = new Set<string>(Object.values(LISTS))
  await listTree(
    git,
    revision,
    ({ id, path }) => {
      for (let folder = profileFolderOf(path); folder !== undefined && !profiles.has(folder); folder = above(folder))
        profiles.add(folder)
      const ebuild = ebuildAt(path)
      const described = ebuild === undefined ? metadataAt(path) : undefined
      if (ebuild !== undefined) {
        const versions = ebuilds.get(ebuild.name)
        if (versions === undefined) ebuilds.set(ebuild.name, [ebuild.version])
        else versions.push(ebuild.version)
      } else if (described !== undefined) metadata.set(described, id)
      else if (listed.has(path)) lists.set(path, id)
      else if (maySetAt(path)) sets.push(Buffer.from(path, 'latin1').toString())
    },
    signal,
  )
  return { ebuilds, metadata, lists, sets, profiles: [...profiles].toSorted() }
}

/** `a/b` → `a`; undefined for what lies in nothing. */
function above(folder: string): string | undefined {
  return folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : undefined
}

async function metadataOf(git: GitSetting, tree: Tree, signal: AbortSignal): Promise<ReadonlyMap<string, Metadata>> {
  const found = new Map<string, Metadata>()
  const names = [...tree.metadata.keys()]
  await readBlobs(
    git,
    [...tree.metadata.values()],
    (content, index) => {
      const [name, metadata] = [names[index], parseMetadata(content)]
      if (name !== undefined && metadata !== undefined) found.set(name, metadata)
    },
    signal,
  )
  return found
}

async function listsOf(
  git: GitSetting,
  tree: Tree,
  signal: AbortSignal,
): Promise<Readonly<Record<keyof typeof LISTS, string>>> {
  const texts = new Map<string, string>()
  const paths = [...tree.lists.keys()]
  await readBlobs(
    git,
    [...tree.lists.values()],
    (content, index) => void texts.set(paths[index] ?? '', content.toString()),
    signal,
  )
  const textOf = (key: keyof typeof LISTS) => texts.get(LISTS[key]) ?? ''
  return {
    categories: textOf('categories'),
    arches: textOf('arches'),
    licenseGroups: textOf('licenseGroups'),
    sets: textOf('sets'),
  }
}
