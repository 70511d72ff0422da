/** What goes, with the paths it stands at and the bytes that come free. */
import { join } from 'node:path'
import { keptContainers } from '../failed.ts'
import type { Run } from '../run.ts'
import { digestOf } from '../../plan/json.ts'
import type { Decision, Facts, Going, What } from '../../store/collect/facts.ts'
import { freedBy } from '../../system/disk-use.ts'
import { pathIn, type Place } from './places.ts'

export interface Item {
  /** `note`: what was known of a step that is gone. */
  readonly what: What | 'tree' | 'note'
  readonly name: string
  /** What people know it by, where the name is a digest: the step, the package; undefined where nobody knows. */
  readonly of: string | undefined
  readonly why: string
  /** Absolute path; undefined for a snapshot, which is in its mirror, and for what the engine has. */
  readonly path: string | undefined
  /** Bytes on disk; undefined for a snapshot, which git knows only when it is gone. */
  readonly bytes: number | undefined
}

const PLACES: Readonly<Partial<Record<What, Place>>> = {
  record: 'steps',
  package: 'packages',
  packed: 'packed',
  stage3: 'seeds',
  download: 'downloads',
  cache: 'caches',
  index: 'indexes',
  mirror: 'git',
  source: 'distfiles',
  log: 'logs',
}

export async function measure(decision: Decision, facts: Facts, run: Run): Promise<Item[]> {
  const files = [
    ...decision.going.flatMap((going) => ({ ...going, path: pathOf(going, run) })),
    ...decision.deadSteps.flatMap((id) => notesOf(id, run)),
  ]
  const inFiles = files.filter((one): one is typeof one & { path: string } => one.path !== undefined)
  const freed = await freedBy(inFiles.map(({ path }) => path))
  const bytes = new Map(inFiles.map(({ path }, at) => [path, freed[at]]))
  const items: Item[] = []
  for (const one of files) {
    const of = await knownAs(one, facts, run)
    const inEngine = one.what === 'container' ? await run.openEngine.sizeOf(one.name) : undefined
    items.push({ ...one, of, bytes: one.path === undefined ? inEngine : bytes.get(one.path) })
  }
  return [...items, ...(await treesOf(decision, facts, run))].filter(
    ({ what, bytes: size }) => what !== 'note' || size !== 0,
  )
}

async function knownAs(
  { what, name }: Pick<Item, 'what' | 'name'>,
  facts: Facts,
  run: Run,
): Promise<string | undefined> {
  if (what === 'package') return (await run.packages.find(name))?.cpv
  if (what === 'record' || what === 'packed') return facts.records.find(({ key }) => key === name)?.id
  if (what === 'container') return (await keptContainers(run)).find((one) => one.name === name)?.step
  return undefined
}

function pathOf({ what, name }: Going, { layout }: Run): string | undefined {
  const place = PLACES[what]
  return place === undefined ? undefined : pathIn(layout, place, place === 'steps' ? `${name}.json` : name)
}

function notesOf(id: string, { layout }: Run) {
  return [layout.last, layout.uses].map((folder) => ({
    what: 'note' as const,
    name: id,
    why: id.startsWith('layer:') ? 'of roots of earlier states' : 'no configuration has its machine or profile',
    path: join(folder, `${digestOf(id)}.json`),
  }))
}

async function treesOf({ records, going }: Decision, facts: Facts, run: Run): Promise<Item[]> {
  const keep = facts.records.filter(({ key }) => records.has(key)).flatMap(({ points }) => points.trees)
  const containers = going.filter(({ what }) => what === 'container').map(({ name }) => name)
  const whyOf = new Map(going.filter(({ what }) => what === 'record').map(({ name, why }) => [name, why]))
  // A layer is its own step's, whoever stands on it.
  const madeBy = new Map(
    facts.records.flatMap((record) => record.points.trees.map(({ layers }) => [layers.at(-1), record] as const)),
  )
  const items: Item[] = []
  for (const tree of await run.openEngine.unneeded(keep, containers)) {
    const name = tree.layers.join(' ')
    const record = madeBy.get(name)
    const why = (record === undefined ? undefined : whyOf.get(record.key)) ?? 'no step knows it'
    items.push({ what: 'tree', name, of: record?.id, why, path: undefined, bytes: await run.openEngine.sizeOf(tree) })
  }
  return items
}
