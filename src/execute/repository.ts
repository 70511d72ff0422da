/** repository: one pinned revision of an ebuild repository as a read-only tree. */
import { join } from 'node:path'
import { digestOf } from '../plan/json.ts'
import { archiveRepository } from '../upstream/repository.ts'
import type { Handler } from './handler.ts'
import { asValue, inputOf, valueOf, type RepositoryValue } from './values.ts'

interface RepositoryInput {
  readonly name: string
  readonly revision: string
  readonly tree: string
  readonly time: number
}

export const repository: Handler = {
  recipe: { version: 1 },
  present: (output, _work, tools) => tools.engine.has(valueOf<RepositoryValue>(output).tree),

  async run(work, tools) {
    const { name, revision, tree: gitTree, time } = inputOf<RepositoryInput>(work)
    const snapshot = { name, revision, tree: gitTree, time, primary: undefined }
    const tree = await tools.engine.importTree(
      archiveRepository(snapshot, { gitDir: join(tools.layout.git, name), signal: tools.signal }),
    )
    // A commit that changes no file still moves "now".
    return {
      digest: digestOf({ tree: tree.digest, time }),
      value: asValue({ tree, time }),
      summary: revision.slice(0, 12),
    }
  },
}
