/** compile: what the machine lacks, in a throw-away copy of the builder; each package goes to the store as it is made. */
import { digestOf } from '../plan/json.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { marksToHave, packagesToHave } from '../plan/fingerprints.ts'
import { otherSlots } from '../plan/other-slots.ts'
import type { Resolved, ResolvedPackage } from '../plan/resolved.ts'
import { distfiles } from './builder.ts'
import { emerge, emergeArgv } from './emerge.ts'
import { distrustHalfWritten } from './half-written.ts'
import { Harvest } from './harvest.ts'
import { lackingOf, lackingOrDamaged } from './lacking.ts'
import { PLACES, portageEnvironment } from './environment.ts'
import type { Handler, Tools, Work } from './handler.ts'
import { must } from './must.ts'
import { openPortage, within } from './portageContainer.ts'
import { clockLines } from './portageFolder.ts'
import {
  asValue,
  inputOf,
  parent,
  valueOf,
  type PackagesValue,
  type PortageInput,
  type SeedValue,
  type TreeValue,
} from './values.ts'

/** Binary packages that fit, as offered to the copy of the builder. */
const OFFERED = '/var/cache/binpkgs.offered'

/**
 * PREPARE [PACKAGE]…: what is offered is where Portage will look for it and add to it, and it forgets that it has these
 * packages; their files stay, for who runs with them.
 */
const PREPARE = `cp -RT ${OFFERED} ${PLACES.packages} || exit
(($# == 0)) || { cd /var/db/pkg && rm -r -- "$@"; }`

export const compile: Handler = {
  recipe: { version: 1, prepare: PREPARE, environment: portageEnvironment(1), clock: clockLines(0) },

  async present(output, _work, tools) {
    const all = Object.values(valueOf<PackagesValue>(output).fingerprints)
    return (await Promise.all(all.map((mark) => tools.packages.find(mark)))).every((entry) => entry !== undefined)
  },

  async isWhole(output, _work, tools) {
    let isWhole = true
    // One that is damaged leaves the store here, and is lacking from then on.
    for (const [cpv, mark] of Object.entries(valueOf<PackagesValue>(output).fingerprints))
      if (typeof (await tools.packages.verified(mark)) !== 'object') {
        isWhole = false
        tools.note('warning', damagedPackage(cpv))
      }
    return isWhole
  },

  async wish(work, tools) {
    const lacking = await lackingOf(valueOf<Resolved>(parent(work, 'resolved')), tools.packages)
    return { jobs: Math.min(lacking.size, tools.allJobs), claims: [...lacking.values()] }
  },

  async run(work, tools) {
    const resolved = valueOf<Resolved>(parent(work, 'resolved'))
    const wanted = marksToHave(resolved)
    const lacks = await lackingOrDamaged(resolved, tools.packages, (cpv) => tools.note('warning', damagedPackage(cpv)))
    if (lacks.size > 0) await compileMissing(work, tools, resolved, lacks)
    tools.had(lacks.size / Math.max(1, wanted.size))
    const value: PackagesValue = {
      fingerprints: Object.fromEntries([...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    }
    return {
      digest: digestOf({ ...value.fingerprints }),
      value: asValue(value),
      summary: `${lacks.size} compiled, ${wanted.size - lacks.size} reused`,
    }
  },
}

function damagedPackage(cpv: string): string {
  return `The kept binary package of ${cpv} was damaged; it is compiled again.`
}

async function compileMissing(
  work: Work,
  tools: Tools,
  resolved: Resolved,
  lacks: ReadonlyMap<string, string>,
): Promise<void> {
  const wanted = packagesToHave(resolved)
  const plan = compilePlan(resolved, (entry) => lacks.has(entry.cpv))
  const offered = await tools.folder()
  const reuse = plan.merge.flatMap(({ cpv }) => (lacks.has(cpv) ? [] : (wanted.get(cpv)?.fingerprint ?? [])))
  await tools.packages.offer(reuse, offered)
  const from = valueOf<SeedValue>(parent(work, 'seed'))
  const opening = openPortage(work, tools, {
    tree: valueOf<TreeValue>(parent(work, 'builder')).tree,
    portage: inputOf<PortageInput>(work).portage,
    seedProfile: from.profile,
    mounts: [distfiles(tools), { source: offered, target: OFFERED, readOnly: true }],
    folders: [PLACES.packages],
    phases: true,
  })
  await within(opening, async (container) => {
    const aside = otherSlots(resolved, (entry) => lacks.has(entry.cpv))
    if (reuse.length + aside.length > 0) await must(container, ['bash', '-c', PREPARE, 'bash', ...aside], tools)
    const harvest = new Harvest(container, tools, wanted, lacks)
    const options = {
      purpose: `compiling ${work.step.label.replace(/^compile /, 'the packages of ')}`,
      onPackage: (cpv: string) => harvest.seen(cpv),
      onJobEnded: () => harvest.jobEnded(),
    }
    try {
      // The logs of both are taken together.
      const takeLogs = plan.build.length === 0
      if (plan.merge.length > 0) await emerge(container, mergeArgv(plan.merge), tools, { ...options, takeLogs })
      if (plan.build.length > 0) await emerge(container, buildArgv(plan.build, tools.jobs), tools, options)
    } finally {
      // Also after a failure: what was made before it is good.
      await harvest.finish()
    }
    await distrustHalfWritten(lacks, tools)
    harvest.check()
  })
}

/** Our own order, from Portage's answer; nothing is resolved a second time. */
function mergeArgv(entries: readonly ResolvedPackage[]) {
  return emergeArgv(['--oneshot', '--nodeps', '--usepkg', '--buildpkg'], entries.map(exactly))
}

/** What these build with is in place: they can be compiled side by side and need not be merged. */
function buildArgv(entries: readonly ResolvedPackage[], jobs: number) {
  return emergeArgv(['--oneshot', '--nodeps', '--buildpkgonly', '--keep-going', `--jobs=${jobs}`], entries.map(exactly))
}

function exactly(entry: ResolvedPackage): string {
  return `=${entry.cpv}::${entry.repository}`
}
