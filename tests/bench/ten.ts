/** One machine against ten that share nine tenths of their packages with it. */
import type { Lab } from '../lab/lab.ts'
import { ebuild } from '../lab/ebuild.ts'
import { ebuildPath, fillers } from '../lab/overlay.ts'
import { median } from './measure.ts'
import type { Bench, Row } from './table.ts'
import { megabytes, seconds, times } from './table.ts'
import type { Watched } from './watch.ts'
import type { World } from './world.ts'

/** The promise. */
const MOST = 1.5

const [MACHINES, PACKAGES] = [10, 25]

/** Of what is measured without a promise: seconds after which no further round begins, and the most rounds. */
const [ENOUGH, MOST_ROUNDS] = [100, 3]

interface Pair {
  readonly one: Watched[]
  readonly ten: Watched[]
}

export async function benchTen(world: World): Promise<Bench> {
  const lab = await tenMachines(world)
  const [whole, packages]: [Pair, Pair] = [
    { one: [], ten: [] },
    { one: [], ten: [] },
  ]
  // What somebody pays who begins with one machine, or with ten of a network.
  await round(whole, world, lab, () => world.cold())
  const begin = performance.now()
  for (let count = 0; count < MOST_ROUNDS && performance.now() - begin < ENOUGH * 1000; count++)
    await round(packages, world, lab, (machines) => everythingNew(world, lab, `round ${count}, ${machines}`))
  const ratio = typical(whole.ten) / typical(whole.one)
  return {
    title: `One machine of ${PACKAGES} packages and @system, and ${MACHINES} that share nine tenths of them`,
    heads: ['median', 'least', 'inside no emerge, tar, compressor', 'memory', 'rounds'],
    rows: [
      ...rows('all of it, from what bootstrap and sync left', whole),
      ...rows(`the ${PACKAGES} packages of each alone`, packages),
    ],
    broken: ratio <= MOST ? [] : [`${MACHINES} machines cost ${times(ratio)} one, and not at most ${times(MOST)}`],
  }
}

/** One machine, then ten, each from the same beginning. */
async function round(
  pair: Pair,
  world: World,
  { machines }: Lab,
  beginning: (machines: number) => Promise<void>,
): Promise<void> {
  for (const [names, runs] of [
    [machines.slice(0, 1), pair.one],
    [machines, pair.ten],
  ] as const) {
    await beginning(names.length)
    runs.push(await world.watch(['pipeline', ...names]))
  }
}

const typical = (runs: readonly Watched[]) => median(runs.map((run) => run.seconds))
const least = (runs: readonly Watched[]) => Math.min(...runs.map((run) => run.seconds))

function rows(what: string, { one, ten }: Pair): Row[] {
  const row = (name: string, runs: readonly Watched[]): Row => ({
    name,
    figures: [
      seconds(typical(runs)),
      seconds(least(runs)),
      seconds(median(runs.map((run) => run.overhead))),
      megabytes(Math.max(...runs.map((run) => run.megabytes))),
      String(runs.length),
    ],
  })
  return [
    row(`1 machine, ${what}`, one),
    row(`${MACHINES} machines, ${what}`, ten),
    { name: `${MACHINES} : 1`, figures: [times(typical(ten) / typical(one)), times(least(ten) / least(one))] },
  ]
}

export function tenMachines(world: World): Promise<Lab> {
  return world.lab({ machines: MACHINES, packages: PACKAGES })
}

/** Other ebuilds, as long to build as those before: nothing of the lab that was compiled fits any more. */
async function everythingNew(world: World, lab: Lab, why: string): Promise<void> {
  const { shared, own } = fillers(PACKAGES, MACHINES)
  const text = `${ebuild()}# ${why}\n`
  const files = [...shared, ...own.flat()].map((name) => [ebuildPath(name, '1.0'), text] as const)
  await lab.commit(why, Object.fromEntries(files))
  await world.run(['sync', 'lab'])
}
