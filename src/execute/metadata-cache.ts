/**
 * cache: Portage's metadata cache for a repository that brings none, made by the seed's own egencache: without it every container
 * would source every ebuild anew. What an earlier revision's ebuilds gave is kept aside and offered again; egencache takes
 * an entry only where the ebuild's and its eclasses' digests fit, so it decides how long this takes and not what comes out.
 */
import { join } from 'node:path'
import type { Container, Mount, TreeRef } from '../engine/engine.ts'
import { exists } from '../system/files.ts'
import { replaceFolder } from '../system/move.ts'
import { portageEnvironment } from './environment.ts'
import type { Handler, Tools, Work } from './handler.ts'
import { Lines } from './lines.ts'
import { must } from './must.ts'
import { within } from './portageContainer.ts'
import { repositoryOutput, type RepositoryInput } from './repository.ts'
import { inputOf, parent, repositories, valueOf, type RepositoryValue, type SeedValue } from './values.ts'

const FROM = '/run/gentoomuch/repository'
const EARLIER = '/run/gentoomuch/earlier'
const CACHE = 'metadata/md5-cache'

const ARGV = ['egencache', '--update'] as const

interface CacheInput extends RepositoryInput {
  /** Where it and its masters stand while its cache is made. */
  readonly locations: Readonly<Record<string, string>>
}

const BEGIN = `cp -a ${FROM}/. "$1" && mkdir -p "$1/${CACHE}"`
/** What is kept from the last time is right where nothing changed. */
const GO_ON = `cp -a ${EARLIER}/. "$1/${CACHE}"`

export const cache: Handler = {
  recipe: { version: 1, argv: [...ARGV], environment: portageEnvironment(1) },
  present: (output, _work, tools) => tools.engine.has(valueOf<RepositoryValue>(output).tree),
  isWhole: (output, _work, tools) => tools.engine.isWhole(valueOf<RepositoryValue>(output).tree),

  wish: (_work, tools) => Promise.resolve({ jobs: tools.allJobs, claims: [] }),

  async run(work, tools) {
    const input = inputOf<CacheInput>(work)
    return repositoryOutput(input, await withCache(input, work, tools))
  },
}

/** @returns the snapshot's tree with its cache */
async function withCache({ name, locations }: CacheInput, work: Work, tools: Tools): Promise<TreeRef> {
  const location = locations[name] ?? `/var/db/repos/${name}`
  const snapshot = valueOf<RepositoryValue>(parent(work, 'snapshot')).tree
  const kept = join(tools.layout.caches, name)
  const earlier: Mount[] = (await exists(kept)) ? [{ source: kept, target: EARLIER, readOnly: true }] : []
  const masters = repositories(work)
  const opening = tools.engine.open({
    tree: valueOf<SeedValue>(parent(work, 'seed')).tree,
    mounts: [
      { source: snapshot, target: FROM, readOnly: true },
      ...earlier,
      ...masters.map(({ location: at, value }): Mount => ({ source: value.tree, target: at, readOnly: true })),
    ],
    folders: [location],
    tmpfs: [],
    env: portageEnvironment(tools.allJobs),
    network: false,
  })
  return within(opening, async (container) => {
    const begin = earlier.length === 0 ? BEGIN : `${BEGIN} && ${GO_ON}`
    await must(container, ['bash', '-c', begin, 'bash', location], tools)
    tools.progress(`making the metadata cache of ${name}`)
    await generate(name, reposConf(name, location, masters), container, tools)
    const files = await container.keepFiles(`${location}/${CACHE}`)
    await replaceFolder(files.path, kept)
    const whole = await container.keepTree(location)
    try {
      return await tools.engine.importTree(await tools.engine.exportTree(whole, { epoch: 0 }), { compact: true })
    } finally {
      await tools.engine.remove(whole, [])
    }
  })
}

/** An ebuild that cannot be sourced is Portage's to mask; the rest of the repository is as good as it was. */
async function generate(name: string, conf: string, container: Container, tools: Tools): Promise<void> {
  const output = new Lines(tools.line)
  const argv = [...ARGV, `--repo=${name}`, `--jobs=${tools.jobs}`] as const
  // The calling environment is ignored (bin/egencache, 3.0.83).
  const { status } = await container.run(
    [...argv, `--repositories-configuration=${conf}`],
    { stdout: output, stderr: output },
    tools.signal,
  )
  if (status === 0) return
  const words = output.last(3).join(' ')
  if (status !== 1) throw new Error(`egencache ended with status ${status}: ${words}`)
  tools.note('warning', `Not every ebuild of ${name} could be read for the metadata cache: ${words}`)
}

function reposConf(
  name: string,
  location: string,
  masters: readonly { readonly name: string; readonly location: string }[],
): string {
  const main = masters[0]?.name ?? name
  const sections = [{ name, location }, ...masters].map((one) => `[${one.name}]\nlocation = ${one.location}\n`)
  return `[DEFAULT]\nmain-repo = ${main}\n${sections.join('')}`
}
