/** repository: one pinned revision of an ebuild repository as a read-only tree, with a metadata cache in it. */
import { join } from 'node:path'
import type { TreeRef } from '../engine/engine.ts'
import { digestOf } from '../plan/json.ts'
import { archiveRepository } from '../upstream/repository.ts'
import { makeMetadataCache } from './metadata-cache.ts'
import { portageEnvironment } from './environment.ts'
import type { Handler, Tools, Work } from './handler.ts'
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
    const { name, revision, time, locations } = inputOf<RepositoryInput>(work)
    const tree = locations === undefined ? await unpack(work, tools) : await makeMetadataCache(name, work, tools)
    // A commit that changes no file still moves "now".
    return {
      digest: digestOf({ tree: tree.digest, time }),
      value: asValue({ tree, time, name, revision }),
      summary: revision.slice(0, 12),
    }
  },
}

function unpack(work: Work, tools: Tools): Promise<TreeRef> {
  const { name, revision } = inputOf<RepositoryInput>(work)
  const tar = archiveRepository({ name, revision }, { gitDir: join(tools.layout.git, name), signal: tools.signal })
  return tools.engine.importTree(tar, { compact: true, ...MOST })
}
