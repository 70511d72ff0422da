/**
 * Binary packages, one entry each, by the fingerprint of what made them. Portage alone cannot tell whether a binary
 * package still fits, so containers are only ever offered exactly the entries that do.
 */
import { randomUUID } from 'node:crypto'
import { cp, link, lstat, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { canonical, type Json } from '../plan/json.ts'
import { hashFile } from '../system/hash.ts'
import { exists, makeFolder, writeWhole } from '../system/files.ts'
import { removeFolder, replaceFolder } from '../system/move.ts'
import type { Layout } from './layout.ts'
import { readSealed, sealed } from './sealed.ts'

export interface PackageEntry {
  readonly fingerprint: string
  /** `category/package-version-revision`. */
  readonly cpv: string
  readonly sha256: string
  readonly bytes: number
}

export interface PackageToKeep {
  readonly fingerprint: string
  readonly cpv: string
  /** What the fingerprint is the digest of, kept beside the package as `made-from.json`. */
  readonly ingredients: Json
}

/** An entry whose bytes were right, and what `stat` said of its file then. */
interface Seen {
  readonly entry: PackageEntry
  readonly mark: string
}

/** One for each run: what it has read whole or written itself, it reads again only where the file has changed since. */
export class PackageStore {
  private readonly layout: Layout
  private readonly seen = new Map<string, Seen>()

  constructor(layout: Layout) {
    this.layout = layout
  }

  async find(fingerprint: string): Promise<PackageEntry | undefined> {
    const entry = await readSealed<PackageEntry>(join(this.folder(fingerprint), 'entry.json'))
    if (entry === undefined || entry === 'damaged' || entry.fingerprint !== fingerprint) return undefined
    const size = await stat(this.file(fingerprint))
      .then((info) => info.size)
      .catch(() => -1)
    return size === entry.bytes ? entry : undefined
  }

  /** Like `find`, with the bytes verified: an entry whose bytes are others is removed. */
  async verified(fingerprint: string): Promise<PackageEntry | 'damaged' | undefined> {
    const mark = await markOf(this.file(fingerprint))
    const known = this.seen.get(fingerprint)
    if (known !== undefined && known.mark === mark) return known.entry
    const entry = await this.find(fingerprint)
    if (entry === undefined) return (await exists(this.folder(fingerprint))) ? 'damaged' : undefined
    if ((await hashFile(this.file(fingerprint), 'sha256')) !== entry.sha256) {
      await removeFolder(this.folder(fingerprint))
      return 'damaged'
    }
    if (mark !== undefined) this.seen.set(fingerprint, { entry, mark })
    return entry
  }

  /** Takes a package file (moved away) into the store, whole or not at all. The first one stays: two are equal by definition. */
  async keep({ fingerprint, cpv, ingredients }: PackageToKeep, file: string): Promise<PackageEntry> {
    const have = await this.find(fingerprint)
    if (have !== undefined) {
      await rm(file, { force: true })
      return have
    }
    const entry: PackageEntry = {
      fingerprint,
      cpv,
      sha256: await hashFile(file, 'sha256'),
      bytes: (await stat(file)).size,
    }
    const aside = join(this.layout.scratch, `package-${randomUUID()}`)
    await makeFolder(aside)
    await rename(file, join(aside, 'package.gpkg.tar'))
    await writeWhole(join(aside, 'made-from.json'), canonical(ingredients))
    await writeWhole(join(aside, 'entry.json'), sealed(entry))
    const mark = await markOf(join(aside, 'package.gpkg.tar'))
    await replaceFolder(aside, this.folder(fingerprint))
    if (mark !== undefined) this.seen.set(fingerprint, { entry, mark })
    return entry
  }

  /** One that is not what it should be, though its bytes are what they were. */
  async drop(fingerprint: string): Promise<void> {
    this.seen.delete(fingerprint)
    await removeFolder(this.folder(fingerprint))
  }

  /**
   * A PKGDIR at `folder` with exactly these packages, under the names Portage looks for. Every file is verified before it is
   * offered; a damaged one is removed and its fingerprint returned, to be built again.
   */
  async offer(fingerprints: readonly string[], folder: string): Promise<string[]> {
    const damaged: string[] = []
    const made = new Set<string>()
    await makeFolder(folder)
    for (const fingerprint of fingerprints) {
      const entry = await this.verified(fingerprint)
      if (entry === undefined || entry === 'damaged') {
        damaged.push(fingerprint)
        continue
      }
      const file = this.file(fingerprint)
      const target = join(folder, binaryPath(entry.cpv))
      if (!made.has(dirname(target))) await makeFolder(dirname(target))
      made.add(dirname(target))
      // A hard link costs nothing; another file system (scratch on tmpfs) takes a copy.
      await link(file, target).catch(() => cp(file, target))
    }
    return damaged
  }

  private folder(fingerprint: string): string {
    return join(this.layout.packages, fingerprint)
  }

  private file(fingerprint: string): string {
    return join(this.folder(fingerprint), 'package.gpkg.tar')
  }
}

/**
 * What moves when a file is written to or another one is in its place. Not the time of change: each link that is made of the
 * file for a container, or taken away, moves that.
 */
async function markOf(file: string): Promise<string | undefined> {
  const info = await lstat(file, { bigint: true }).catch(() => undefined)
  return info && [info.dev, info.ino, info.size, info.mtimeNs].join(' ')
}

/** Portage's name for a package file without FEATURES=binpkg-multi-instance: `app-misc/greet-1.0-r1.gpkg.tar`. */
export function binaryPath(cpv: string): string {
  return `${cpv}.gpkg.tar`
}
