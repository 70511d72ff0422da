/** What Portage makes of a composed directory: asked of the seed's own Portage, in a container of it. */
import { chmod, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { UserError } from '../../errors.ts'
import { portageEnvironment, PLACES } from '../../execute/environment.ts'
import { Lines } from '../../execute/lines.ts'
import { writePortageFolder } from '../../execute/portageFolder.ts'
import { layOut } from '../../execute/programs.ts'
import { outputOf, realiseSteps } from '../../execute/realise.ts'
import type { Run } from '../../execute/run.ts'
import { valueOf, type RepositoryValue, type SeedValue } from '../../execute/values.ts'
import { planBuilder } from '../../pipeline.ts'
import { factsOf, repositoriesFor } from '../../repositories.ts'
import { distinct, planRepositories } from '../../plan/snapshots.ts'
import type { Composed } from '../../portage/compose.ts'
import { failIfAny } from '../failures.ts'
import { repositoriesOf } from '../../portage/reposConf.ts'
import type { Known, Named } from './composition.ts'

export interface PackageView {
  readonly cpv: string
  readonly slot: string
  readonly repository: string
  /** Flags of its IUSE that are on, and those that are off. */
  readonly use: readonly string[]
  readonly unused: readonly string[]
  readonly keywords: string
  /** Why Portage does not take it; nothing where it does. */
  readonly masks: readonly string[]
  /** Files of env/ that package.env gives it. */
  readonly env: readonly string[]
}

export type Question = { readonly variable: string } | { readonly atom: string }

export interface VariableView {
  readonly value: string | null
}

export interface AtomView {
  /** Newest first. */
  readonly packages: readonly PackageView[]
  /** How many there are besides. */
  readonly more: number
}

/** @returns undefined where nothing was bootstrapped or synced that could be asked */
export async function askPortage<View extends VariableView | AtomView>(
  known: Known,
  named: Named,
  composed: Composed,
  question: Question,
  run: Run,
): Promise<View> {
  const { config, lock } = known
  const profile = named.profile ?? config.env.profile ?? ''
  const names = repositoriesOf(composed.directory).map(({ name }) => name)
  const there = { lists: composed.lists, facts: await factsOf(lock, names, run.data, run.signal) }
  const planned = planBuilder(config, lock, profile, there).filter(({ id }) => id === `seed:${profile}`)
  const repositories = repositoriesFor(config, lock, named.define, there)
  const result = await realiseSteps(distinct([...planned, ...planRepositories(repositories)]), run)
  failIfAny(result)
  const seed = valueOf<SeedValue>(outputOf(result, `seed:${profile}`))
  const folder = await mkdtemp(join(run.layout.scratch, 'view-'))
  await chmod(folder, 0o755)
  const locations = Object.fromEntries(repositories.map(({ name, location }) => [name, location]))
  await writePortageFolder(join(folder, 'portage'), composed.directory, { seedProfile: seed.profile, locations })
  await layOut(join(folder, 'programs'), ['view.py'])
  const container = await run.openEngine.open({
    tree: seed.tree,
    mounts: [
      { source: join(folder, 'portage'), target: '/etc/portage', readOnly: true },
      { source: join(folder, 'programs'), target: PLACES.programs, readOnly: true },
      ...repositories.map(({ name, location }) => ({
        source: valueOf<RepositoryValue>(outputOf(result, `repository:${name}`)).tree,
        target: location,
        readOnly: true as const,
      })),
    ],
    folders: [],
    tmpfs: [],
    env: withoutOurs(portageEnvironment(1)),
    network: false,
  })
  try {
    const stdout = new PassThrough()
    const errors = new Lines(() => {})
    const words = 'variable' in question ? ['variable', question.variable] : ['atom', question.atom]
    const [{ status }, answer] = await Promise.all([
      container
        .run(['python3', join(PLACES.programs, 'view.py'), ...words], { stdout, stderr: errors }, run.signal)
        .finally(() => stdout.end()),
      text(stdout),
    ])
    if (status === 0) return JSON.parse(answer) as View
    throw new UserError('portage-failed', `Portage cannot read this configuration:\n${errors.last(10).join('\n')}`, {
      exit: 1,
    })
  } finally {
    await container.close()
  }
}

/** What a build adds of its own is no part of what the user asks about. */
function withoutOurs(environment: Record<string, string>): Record<string, string> {
  const { FEATURES: _features, MAKEOPTS: _jobs, EMERGE_DEFAULT_OPTS: _options, ...rest } = environment
  return rest
}
