/** fetch: sources, verified by their Manifest. The only step with a network. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, recordOf } from '../plan/json.ts'
import type { Output } from '../plan/step.ts'
import { areAsWanted, changedSources, noteSources, type WantedSource } from '../store/sources.ts'
import { fingerprints } from '../plan/fingerprints.ts'
import type { Resolved, ResolvedPackage } from '../plan/resolved.ts'
import { evaluate } from '../portage/evaluate.ts'
import { textOf, type PortageDirectory } from '../portage/model.ts'
import { exists, makeFolder } from '../system/files.ts'
import { moveFile } from '../system/move.ts'
import { builderArgv } from './builder.ts'
import { emerge, emergeArgv } from './emerge.ts'
import { PLACES, portageEnvironment } from './environment.ts'
import type { Handler, Tools, Work } from './handler.ts'
import { StepFailure } from './failure.ts'
import { lackingByHand } from './obstacles/by-hand.ts'
import { failureOf, setFilesOf } from './obstacles/failure.ts'
import { mirrorsOf, tellingRefused } from './mirrors.ts'
import { openPortage, within } from './portageContainer.ts'
import { inputOf, parent, valueOf, type PortageInput, type SeedValue, type TreeValue } from './values.ts'

interface FetchInput extends PortageInput {
  /** Sets of a builder; without it the parent `resolved` says what is wanted. */
  readonly world?: readonly string[]
}

/** Where the sources that are here already stand; Portage links to them instead of fetching. */
const HAVE = '/var/cache/distfiles.have'

const ALL_HERE = 'all here already'

export const fetch: Handler = {
  recipe: { version: 2, environment: portageEnvironment(1) },

  async present(output, work, tools) {
    const wanted = await wantedSources(output, work, tools)
    const there = await Promise.all(wanted.map((name) => exists(join(tools.layout.distfiles, name))))
    return there.every(Boolean)
  },

  async isWhole(output, work, tools) {
    const names = await wantedSources(output, work, tools)
    const changed = await changedSources(tools.layout, names)
    for (const name of changed)
      tools.note('warning', `The source ${name} is not what was verified; it is fetched again.`)
    return changed.length === 0
  },

  // One after the other: the next one finds what this one fetched.
  wish: () => Promise.resolve({ jobs: 0, claims: ['sources'] }),

  async run(work, tools) {
    await makeFolder(tools.layout.distfiles)
    const input = inputOf<FetchInput>(work)
    const packages = input.world === undefined ? await missing(work, tools) : undefined
    if (packages?.length === 0) {
      tools.had(0)
      return { digest: digestOf([]), value: [], summary: 'nothing to fetch' }
    }
    const names = (packages?.flatMap((entry) => entry.distfiles ?? []) ?? []).toSorted()
    if (packages !== undefined && (await areHere(packages, tools))) {
      tools.had(0)
      await noteSources(tools.layout, names)
      return { digest: digestOf(names), value: names, summary: ALL_HERE }
    }
    const argv =
      packages === undefined
        ? builderArgv(input.world ?? [], ['--fetchonly'])
        : emergeArgv(
            ['--fetchonly', '--nodeps', '--oneshot'],
            packages.map((entry) => `=${entry.cpv}::${entry.repository}`),
          )
    const mirrors = await mirrorsOf(mirrorWords(input.portage, tools))
    const { gentooMirrors, mounts, folders, closed } = mirrors
    if (packages !== undefined) await demandByHand(work, tools, packages, folders)
    for (const path of mirrors.missing) tools.note('warning', `The mirror ${path} is no folder here, and is not asked.`)
    for (const folder of closed)
      tools.note(
        'warning',
        `The mirror ${folder} is open to its owner alone, and Portage fetches as a user of its own: chmod o+rx lets it in.`,
      )
    const env = { PORTAGE_RO_DISTDIRS: HAVE, ...(gentooMirrors === undefined ? {} : { GENTOO_MIRRORS: gentooMirrors }) }
    const opening = openPortage(work, tools, {
      tree: valueOf<TreeValue>(parent(work, 'tree')).tree,
      portage: input.portage,
      seedProfile: valueOf<SeedValue>(work.parents['seed'] ?? parent(work, 'tree')).profile,
      mounts: [{ source: tools.layout.distfiles, target: HAVE, readOnly: true }, ...mounts],
      folders: [PLACES.distfiles],
      network: true,
      phases: false,
    })
    return within(opening, async (container) => {
      await emerge(container, argv, tools, { purpose: 'fetching sources', env, takeLogs: false }).catch(
        (error: unknown) => {
          throw tellingRefused(error, mirrors)
        },
      )
      const kept = await container.keepFiles(PLACES.distfiles)
      const inUse = (await readdir(kept.path)).filter(isSource)
      const fetched = await takeNew(kept.path, tools.layout.distfiles)
      await rm(kept.path, { recursive: true, force: true })
      await noteSources(tools.layout, names.length === 0 ? inUse : names)
      // What matters to others is that the sources are there; which of them were new is a fact for people.
      return {
        digest: digestOf(names),
        // Nobody but Portage knows which a builder wants: those that it fetched or linked to.
        value: packages === undefined ? inUse.toSorted() : names,
        summary: fetched === 0 ? ALL_HERE : fetched === 1 ? 'one file fetched' : `${fetched} files fetched`,
      }
    })
  },
}

async function wantedSources(output: Output, work: Work, tools: Tools): Promise<readonly string[]> {
  const ofBuilder = inputOf<FetchInput>(work).world !== undefined
  if (ofBuilder) return valueOf<readonly string[]>(output)
  return (await missing(work, tools)).flatMap((entry) => entry.distfiles ?? [])
}

/**
 * Whether there is nothing to fetch for packages that Portage's answer names: every source is in the data directory, and is
 * what the Manifest of its own ebuild wants, which the answer has. A file's name alone says nothing: another repository may
 * mean another file by it. Portage would come to no other end, but needs a container for it; it verifies all of them again
 * before it unpacks them. What is missing or different is left to it, so that it says what it always says.
 */
async function areHere(packages: readonly ResolvedPackage[], tools: Tools): Promise<boolean> {
  const wanted = packages.map(sourcesOf)
  if (wanted.includes(undefined)) return false
  return areAsWanted(
    tools.layout,
    wanted.flatMap((sources) => sources ?? []),
  )
}

/** @returns undefined where the answer does not have the digests of all */
function sourcesOf({ distfiles, madeFrom }: ResolvedPackage): WantedSource[] | undefined {
  const manifest = recordOf(madeFrom?.['manifest'])
  const found = distfiles?.flatMap((name): WantedSource[] => {
    const digest = manifest[name]
    return typeof digest === 'string' ? [[name, digest]] : []
  })
  return found?.length === distfiles?.length ? found : undefined
}

/** @throws StepFailure naming every file that a person has to get: before the network is asked for anything */
async function demandByHand(
  work: Work,
  tools: Tools,
  packages: readonly ResolvedPackage[],
  mirrors: readonly string[],
): Promise<void> {
  const resolved = valueOf<Resolved>(parent(work, 'resolved'))
  const lacking = await lackingByHand(resolved, packages, [tools.layout.distfiles, ...mirrors])
  if (lacking.length === 0) return
  const { portage } = inputOf<FetchInput>(work)
  throw new StepFailure(failureOf('fetch-restricted', lacking, [], { portage, sets: setFilesOf(work) }))
}

/** Packages of the answer that have sources and no binary package yet: only these are needed. One entry a version. */
async function missing(work: Work, tools: Tools): Promise<ResolvedPackage[]> {
  const resolved = valueOf<Resolved>(parent(work, 'resolved'))
  const marks = fingerprints(resolved)
  const found = new Map<string, ResolvedPackage>()
  for (const entry of resolved.packages) {
    if (entry.distfiles?.length === 0) continue
    const mark = marks.get(entry.id)
    if (mark !== undefined && (await tools.packages.find(mark)) === undefined) found.set(entry.cpv, entry)
  }
  return [...found.values()]
}

/** Whether a name in DISTDIR is that of a source: no leftover of a broken fetch, no layout cache, no lock. */
function isSource(name: string): boolean {
  return !name.startsWith('.') && !name.endsWith('.__download__') && !name.includes('._checksum_failure_')
}

/** Moves verified files, and no links to what we had, to the data directory. */
async function takeNew(from: string, to: string): Promise<number> {
  let count = 0
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!entry.isFile() || !isSource(entry.name)) continue
    await moveFile(join(from, entry.name), join(to, entry.name))
    count++
  }
  return count
}

/** This host's mirrors, then those of make.conf; the environment would otherwise take the place of the latter. */
function mirrorWords(portage: PortageDirectory, tools: Tools): string[] {
  const makeConf = portage.files.find((file) => file.path === 'make.conf')
  const own = evaluate(textOf(makeConf?.bytes ?? '')).get('GENTOO_MIRRORS') ?? ''
  return [...tools.mirrors, ...own.split(/\s+/).filter((word) => word !== '')]
}
