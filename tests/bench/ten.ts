/** One machine against ten that share nine tenths, from what bootstrap and sync left. */
import type { Lab } from '../lab/lab.ts'
import type { Bench, Row } from './table.ts'
import { megabytes, seconds, times } from './table.ts'
import type { Watched } from './watch.ts'
import type { World } from './world.ts'

const MACHINES = 10

/** What the miniature's @system adds to each machine. */
const SYSTEM = 16

/** Packages of the lab that each machine has, and how many of them it has alone. */
interface Share {
  readonly packages: number
  readonly own: number
  /** The promise, where there is one. */
  readonly most?: number
}

/** Of the hundred packages that the ten come to, ninety are everybody's. */
const OF_ALL: Share = { packages: 75, own: 1, most: 1.5 }

/** Nine tenths of each machine's packages are everybody's: together they come to 68 where one has 41. */
const OF_EACH: Share = { packages: 25, own: 3 }

export async function benchTen(world: World): Promise<Bench> {
  const measures = [await measure(world, OF_ALL), await measure(world, OF_EACH)]
  return {
    title: `One machine, and ${MACHINES} that share nine tenths with it`,
    heads: ['time', 'packages', 'inside no emerge, tar, compressor', 'memory'],
    rows: measures.flatMap(({ rows }) => rows),
    broken: measures.flatMap(({ ratio, most = Infinity }) =>
      ratio <= most ? [] : [`${MACHINES} machines cost ${times(ratio)} one, and not at most ${times(most)}`],
    ),
  }
}

interface Measure extends Share {
  readonly ratio: number
  readonly rows: readonly Row[]
}

/** One machine, then ten, each from the same beginning. */
async function measure(world: World, share: Share): Promise<Measure> {
  const { machines } = await world.lab({ machines: MACHINES, packages: share.packages, own: share.own })
  const one = await cold(world, machines.slice(0, 1))
  const ten = await cold(world, machines)
  const [few, many] = [SYSTEM + share.packages, SYSTEM + share.packages + (MACHINES - 1) * share.own]
  const ratio = ten.seconds / one.seconds
  return {
    ...share,
    ratio,
    rows: [
      row('1 machine', one, few),
      row(`${MACHINES} machines`, ten, many),
      { name: `${MACHINES} : 1`, figures: [times(ratio), times(many / few)] },
    ],
  }
}

async function cold(world: World, machines: readonly string[]): Promise<Watched> {
  await world.cold()
  return world.watch(['pipeline', ...machines])
}

function row(name: string, run: Watched, packages: number): Row {
  return {
    name,
    figures: [seconds(run.seconds), String(packages), seconds(run.overhead), megabytes(run.megabytes)],
  }
}

/** Machines of forty packages, known but not built. */
export function tenMachines(world: World): Promise<Lab> {
  return world.lab({ machines: MACHINES, packages: OF_EACH.packages, own: OF_EACH.own })
}
