/** stage ls: what is published. */
import { readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { layoutOf } from '../store/layout.ts'
import { namesIn } from '../system/files.ts'

export interface PublishedStage {
  readonly machine: string
  readonly build: string
  readonly latest: boolean
  /** Absolute path of the tarball. */
  readonly tarball: string
  readonly bytes: number
  readonly signed: boolean
}

/** The name of a published tarball. */
export const TARBALL = /^stage4-.*\.tar(\.(zst|xz|gz))?$/

export async function listStages(data: string): Promise<PublishedStage[]> {
  const { stages } = layoutOf(data)
  const found: PublishedStage[] = []
  for (const machine of await names(stages)) {
    const home = join(stages, machine)
    const latest = await readlink(join(home, 'latest')).catch(() => undefined)
    for (const build of (await names(home)).filter((name) => name !== 'latest' && !name.startsWith('.'))) {
      const files = await names(join(home, build))
      const tarball = files.find((name) => TARBALL.test(name))
      if (tarball === undefined) continue
      const path = join(home, build, tarball)
      found.push({
        machine,
        build,
        latest: build === latest,
        tarball: path,
        bytes: (await stat(path)).size,
        signed: files.includes(`${tarball}.asc`),
      })
    }
  }
  return found
}

async function names(folder: string): Promise<string[]> {
  return (await namesIn(folder)).toSorted()
}
