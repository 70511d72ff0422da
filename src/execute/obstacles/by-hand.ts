/** Sources that people have to get: those that are not there are told before anything is fetched. */
import { join } from 'node:path'
import { chainTo } from '../../plan/chain.ts'
import type { Resolved, ResolvedPackage } from '../../plan/resolved.ts'
import { exists } from '../../system/files.ts'
import type { Problem, WantedBy } from './problem.ts'

/**
 * @param packages whose sources are needed
 * @param folders the distfiles of the data directory, then folders of this host that are mirrors
 */
export async function lackingByHand(
  resolved: Resolved,
  packages: readonly ResolvedPackage[],
  folders: readonly [string, ...string[]],
): Promise<Problem[]> {
  const problems = await Promise.all(
    packages.map(async (entry): Promise<Problem[]> => {
      const { files = [], words = [] } = entry.byHand ?? {}
      const there = await Promise.all(files.map((file) => isIn(file, folders)))
      const lacking = files.filter((_, index) => there[index] !== true)
      if (lacking.length === 0) return []
      const chains = wantedBy(resolved, entry)
      return [{ kind: 'fetch-restricted', package: entry.cpv, files: lacking, words, folder: folders[0], chains }]
    }),
  )
  return problems.flat()
}

async function isIn(file: string, folders: readonly string[]): Promise<boolean> {
  const found = await Promise.all(folders.map((folder) => exists(join(folder, file))))
  return found.includes(true)
}

function wantedBy(resolved: Resolved, entry: ResolvedPackage): WantedBy[] {
  const chain = chainTo(resolved, entry.id)
  if (chain === undefined) return []
  const byId = new Map(resolved.packages.map((one) => [one.id, one]))
  const first = byId.get(chain.ids[0] ?? '')?.name ?? ''
  const names = [chain.argument, ...chain.ids.map((id) => byId.get(id)?.cpv ?? id)]
  return [{ names, written: { set: chain.argument.slice(1), atom: first } }]
}
