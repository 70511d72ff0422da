/**
 * Binary packages, one entry each, by the fingerprint of what made them. Portage alone cannot tell whether a binary
 * package still fits, so containers are only ever offered exactly the entries that do.
 */
import { randomUUID } from 'node:crypto'
import { cp, link, rename, rm, stat } from 'node:fs/promises'
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

export class PackageStore {
  private readonly layout: Layout

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

  /** Whether there is something of a package, be it damaged. */
  async isKept(fingerprint: string): Promise<boolean> {
    return exists(this.folder(fingerprint))
  }

  /** Like `find`, with the bytes verified: a damaged entry is removed and counts as absent. */
  async verified(fingerprint: string): Promise<PackageEntry | undefined> {
    const entry = await this.find(fingerprint)
    if (entry === undefined || (await hashFile(this.file(fingerprint), 'sha256')) === entry.sha256) return entry
    await removeFolder(this.folder(fingerprint))
    return undefined
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
    await replaceFolder(aside, this.folder(fingerprint))
    return entry
  }

  /**
   * A PKGDIR at `folder` with exactly these packages, under the names Portage looks for. Every file is verified as it is
   * offered; a damaged one is removed and its fingerprint returned, to be built again.
   */
  async offer(fingerprints: readonly string[], folder: string): Promise<string[]> {
    const damaged: string[] = []
    await makeFolder(folder)
    for (const fingerprint of fingerprints) {
      const entry = await this.verified(fingerprint)
      if (entry === undefined) {
        damaged.push(fingerprint)
        continue
      }
      const file = this.file(fingerprint)
      const target = join(folder, binaryPath(entry.cpv))
      await makeFolder(dirname(target))
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

/** Portage's name for a package file without FEATURES=binpkg-multi-instance: `app-misc/greet-1.0-r1.gpkg.tar`. */
export function binaryPath(cpv: string): string {
  return `${cpv}.gpkg.tar`
}
