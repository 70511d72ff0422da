/** repository: one pinned revision of an ebuild repository as a read-only tree, with a metadata cache in it. */
import { join } from 'node:path'
import { digestOf } from '../plan/json.ts'
import { archiveRepository } from '../upstream/repository.ts'
import { makeMetadataCache } from './metadata-cache.ts'
import { portageEnvironment } from './environment.ts'
import type { Handler } from './handler.ts'
import { asValue, inputOf, valueOf, type RepositoryValue } from './values.ts'

interface RepositoryInput {
  readonly name: string
  readonly revision: string
  readonly tree: string
  readonly time: number
  /** Where it and its masters stand while its cache is made; absent for one that brings its cache. */
  readonly locations?: Readonly<Record<string, string>>
}

/** Gentoo's has 180,000 files and 500 MiB. */
const MOST = { maxBytes: 4 * 1024 ** 3, maxMembers: 1_000_000 } as const

export const repository: Handler = {
  recipe: { version: 2, environment: portageEnvironment(1) },
  present: (output, _work, tools) => tools.engine.has(valueOf<RepositoryValue>(output).tree),

  async run(work, tools) {
    const { name, revision, tree: gitTree, time, locations } = inputOf<RepositoryInput>(work)
    const snapshot = { name, revision, tree: gitTree, time, primary: undefined }
    const imported = await tools.engine.importTree(
      archiveRepository(snapshot, { gitDir: join(tools.layout.git, name), signal: tools.signal }),
      { compact: true, ...MOST },
    )
    const tree = locations === undefined ? imported : await makeMetadataCache(imported, name, work, tools)
    // A commit that changes no file still moves "now".
    return {
      digest: digestOf({ tree: tree.digest, time }),
      value: asValue({ tree, time, name, revision }),
      summary: revision.slice(0, 12),
    }
  },
}
