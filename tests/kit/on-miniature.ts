/** The miniature's base for tests. What is made once is kept in the cache of whoever runs them, and made by one at a time. */
import { join } from 'node:path'
import { withBase, type Base } from '../../miniature/base.ts'
import { completeRepository } from '../../miniature/repository.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { cacheFolder } from '../../src/system/cache.ts'
import { lockDirectory } from '../../src/system/lock.ts'

export interface Miniature {
  readonly base: Base
  /** The path of a folder with the repository `gentoo`, caches and Manifests made, and `distfiles`. */
  readonly complete: () => Promise<string>
}

/** @param purpose what others who want it are told meanwhile */
export async function onMiniature(
  purpose: string,
  engine: Engine,
  work: (miniature: Miniature) => Promise<void>,
): Promise<void> {
  const { signal } = new AbortController()
  const cache = join(cacheFolder(), 'miniature')
  const making = { cache, engine, emit: () => {}, signal }
  const lock = await lockDirectory(join(cache, 'lock'), { purpose, onWait: () => {}, signal })
  try {
    await withBase(making, (base) => work({ base, complete: () => completeRepository(making, base) }))
  } finally {
    await lock.release()
  }
}
