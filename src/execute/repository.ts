/** repository: one pinned revision of an ebuild repository as a read-only tree, as it came. */
import { join } from 'node:path'
import type { TreeRef } from '../engine/engine.ts'
import { digestOf } from '../plan/json.ts'
import type { Output } from '../plan/step.ts'
import { archiveRepository } from '../upstream/repository.ts'
import type { Handler } from './handler.ts'
import { asValue, inputOf, valueOf, type RepositoryValue } from './values.ts'

export interface RepositoryInput {
  readonly name: string
  readonly revision: string
  readonly tree: string
  readonly time: number
}

/** Gentoo's has 180,000 files and 500 MiB. */
const MOST = { maxBytes: 4 * 1024 ** 3, maxMembers: 1_000_000 } as const

export const repository: Handler = {
  recipe: { version: 3 },
  present: (output, _work, tools) => tools.engine.has(valueOf<RepositoryValue>(output).tree),
  isWhole: (output, _work, tools) => tools.engine.isWhole(valueOf<RepositoryValue>(output).tree),

  async run(work, tools) {
    const input = inputOf<RepositoryInput>(work)
    const tar = archiveRepository(input, { gitDir: join(tools.layout.git, input.name), signal: tools.signal })
    return repositoryOutput(input, await tools.engine.importTree(tar, { compact: true, ...MOST }))
  },
}

/** A commit that changes no file still moves "now". */
export function repositoryOutput({ name, revision, time }: RepositoryInput, tree: TreeRef): Output {
  return {
    digest: digestOf({ tree: tree.digest, time }),
    value: asValue({ tree, time, name, revision }),
    summary: revision.slice(0, 12),
  }
}
