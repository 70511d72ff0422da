/** For which machine a stage3 was made, without running anything in it. */
import type { Engine, TreeRef } from '../engine/engine.ts'
import { ELF_HEADER, elfArches } from '../upstream/elf.ts'

/** Whichever is there first; all of a stage3's programs are of one machine. */
const PROGRAMS = ['/bin/bash', '/usr/bin/bash', '/bin/sh', '/usr/bin/env'] as const

/** Gentoo's ARCH words that fit, see `elfArches`; undefined for a tree without a program. */
export async function treeArches(engine: Engine, tree: TreeRef): Promise<readonly string[] | undefined> {
  for (const path of PROGRAMS) {
    const head = await engine.readFile(tree, path, { maxBytes: ELF_HEADER })
    const arches = head === undefined ? undefined : elfArches(head)
    if (arches !== undefined) return arches
  }
  return undefined
}
