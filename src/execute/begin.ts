/** Where a root begins: with the longest shared layer that is there, once those that others will want too are made. */
import type { Container, Mount, TreeRef } from '../engine/engine.ts'
import { EXIT, UserError } from '../errors.ts'
import { inRoot, type Beginning } from '../plan/layers.ts'
import { assemble, PLAN, type Settling } from './assemble.ts'
import { PLACES } from './environment.ts'
import type { Tools, Work } from './handler.ts'
import type { Kept } from './layers.ts'
import { openPortage, within } from './portageContainer.ts'
import {
  epochOf,
  inputOf,
  parent,
  valueOf,
  type PackagesValue,
  type PortageInput,
  type SeedValue,
  type TreeValue,
} from './values.ts'

/** @returns undefined where it begins with nothing */
export async function begin(work: Work, tools: Tools): Promise<Kept | undefined> {
  let at = await tools.layers.find(work)
  const { segments } = tools.layers.courseOf(work)
  if (at !== undefined) tools.had(1 - at.beginning.packages / Math.max(1, inRoot(segments)))
  for (const beginning of tools.layers.claimedBy(work)) {
    if (beginning.depth <= (at?.beginning.depth ?? 0)) continue
    const tree = await makeLayer(work, tools, at, beginning)
    // Then emerge makes whole roots, and nothing can be shared.
    if (tree === undefined) return undefined
    at = { beginning, tree }
  }
  return at
}

async function makeLayer(
  work: Work,
  tools: Tools,
  at: Kept | undefined,
  beginning: Beginning,
): Promise<TreeRef | undefined> {
  const since = performance.now()
  const assembling = await openAssembly(work, tools, at, beginning.depth)
  return within(Promise.resolve(assembling.container), async (container) => {
    if (!(await assembling.assemble())) return undefined
    await tools.notFull()
    const tree = await container.keepTree(PLACES.target)
    await tools.layers.keep(beginning, tree, (performance.now() - since) / 1000)
    return tree
  })
}

export interface Assembling {
  readonly container: Container
  /** For an error's sentence. */
  readonly purpose: string
  /** @returns false where the driver does not know this Portage */
  readonly assemble: () => Promise<boolean>
}

/**
 * A container of the builder whose target begins as what is kept, with the packages that are still to be merged.
 * @param end where nobody goes on with what comes out
 */
export async function openAssembly(
  work: Work,
  tools: Tools,
  at: Kept | undefined,
  depth: number,
  end?: { readonly mounts: readonly Mount[]; readonly settling: Settling },
): Promise<Assembling> {
  const { segments } = tools.layers.courseOf(work)
  const plan = await tools.folder()
  const container = await openPortage(work, tools, {
    tree: valueOf<TreeValue>(parent(work, 'builder')).tree,
    portage: inputOf<PortageInput>(work).portage,
    seedProfile: valueOf<SeedValue>(parent(work, 'seed')).profile,
    mounts: [
      { source: await offer(work, tools, at), target: PLACES.packages, readOnly: true },
      { source: plan, target: PLAN, readOnly: true },
      ...(end?.mounts ?? []),
    ],
    folders: [PLACES.target],
    ...(at === undefined ? {} : { filled: { [PLACES.target]: at.tree } }),
    programs: ['assemble', 'normalise.py', 'settle.py'],
    phases: true,
  })
  const purpose = `assembling the root of ${work.step.label.replace(/^assemble the root of /, '')}`
  const options = { purpose, epoch: epochOf(work), plan }
  const assembly = { segments, from: at?.beginning.depth ?? 0, to: depth, settling: end?.settling }
  return { container, purpose, assemble: () => assemble(container, assembly, tools, options) }
}

/**
 * A PKGDIR with exactly the packages whose fingerprints the compile step names; of these, where the root begins with a layer,
 * what is not in it yet.
 */
async function offer(work: Work, tools: Tools, at: Kept | undefined): Promise<string> {
  const { fingerprints } = valueOf<PackagesValue>(parent(work, 'packages'))
  const marks =
    at === undefined ? Object.values(fingerprints) : missing(work, tools, at).map((cpv) => fingerprints[cpv])
  const folder = await tools.folder()
  const damaged = await tools.packages.offer(
    marks.filter((mark) => mark !== undefined),
    folder,
  )
  if (damaged.length > 0)
    throw new UserError(
      'package-damaged',
      `${damaged.length} kept binary packages were damaged and have been removed.`,
      {
        hint: 'run again: they are compiled again',
        exit: EXIT.buildFailed,
      },
    )
  return folder
}

function missing(work: Work, tools: Tools, { beginning }: Kept): string[] {
  const merges = tools.layers
    .courseOf(work)
    .segments.flatMap((segment, index) =>
      segment.merges.filter(({ into }) => index >= beginning.depth || into === 'builder'),
    )
  return [...new Set(merges.map(({ entry }) => entry.cpv))]
}
