/** Which repositories there are, and which of them a sync takes along. */
import type { Config } from '../../config/model.ts'
import { suggest } from '../../config/names.ts'
import { UserError } from '../../errors.ts'
import { builderDefine, namedRepositories } from '../../repositories.ts'
import type { Repository } from '../../portage/model.ts'

/** Repositories of the builder's and every machine's composed repos.conf. */
export function knownRepositories(config: Config): Map<string, Repository> {
  const found = namedRepositories(config, [
    builderDefine(config),
    ...[...config.stage4s.values()].map((machine) => machine.stage3),
  ])
  if (found.size === 0)
    throw new UserError('no-repositories', 'No piece names a repository.', {
      hint: 'portage.global/repos.conf/gentoo.conf is where gentoomuch init puts it',
    })
  return found
}

/** The named ones; without names all but those whose `auto-sync` says no. */
export function chooseRepositories(known: ReadonlyMap<string, Repository>, names: readonly string[]): Repository[] {
  if (names.length === 0) return [...known.values()].filter(({ autoSync }) => autoSync)
  return [...new Set(names)].map((name) => known.get(name) ?? unknown(name, known))
}

function unknown(name: string, known: ReadonlyMap<string, Repository>): never {
  const hint = suggest(name, known.keys())
  throw new UserError(
    'unknown-repository',
    `No repos.conf names a repository ${name}; there are ${[...known.keys()].join(', ')}.`,
    hint === undefined ? {} : { hint },
  )
}
