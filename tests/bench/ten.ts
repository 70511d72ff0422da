/** One machine against ten that share nine tenths of their packages with it. */
import type { Lab } from '../lab/lab.ts'
import { ebuild } from '../lab/ebuild.ts'
import { ebuildPath, fillers } from '../lab/overlay.ts'
import { median } from './measure.ts'
import type { Bench } from './table.ts'
import { megabytes, seconds, times } from './table.ts'
import type { Watched } from './watch.ts'
import type { World } from './world.ts'

/** The promise. */
const MOST = 1.5

const [MACHINES, PACKAGES] = [10, 25]
/** Seconds after which no further round begins. */
const ENOUGH = 200
const MOST_ROUNDS = 3

export async function benchTen(world: World): Promise<Bench> {
  const lab = await tenMachines(world)
  const [one, ten]: [Watched[], Watched[]] = [[], []]
  const begin = performance.now()
  for (let round = 0; round < MOST_ROUNDS && performance.now() - begin < ENOUGH * 1000; round++) {
    for (const [machines, runs] of [
      [lab.machines.slice(0, 1), one],
      [lab.machines, ten],
    ] as const) {
      await everythingNew(world, lab, `round ${round}, ${machines.length}`)
      runs.push(await world.watch(['pipeline', ...machines]))
    }
  }
  const typical = (runs: readonly Watched[]) => median(runs.map((run) => run.seconds))
  const least = (runs: readonly Watched[]) => Math.min(...runs.map((run) => run.seconds))
  const ratio = typical(ten) / typical(one)
  const row = (name: string, runs: readonly Watched[]) => ({
    name,
    figures: [
      seconds(typical(runs)),
      seconds(least(runs)),
      seconds(median(runs.map((run) => run.overhead))),
      megabytes(Math.max(...runs.map((run) => run.megabytes))),
    ],
  })
  return {
    title: `One machine of ${PACKAGES} packages and ${MACHINES} that share nine tenths of them, all to be compiled`,
    heads: ['median', 'least', 'inside no emerge, tar, compressor', 'memory'],
    rows: [
      row('1 machine', one),
      row(`${MACHINES} machines`, ten),
      { name: `${MACHINES} : 1`, figures: [times(ratio), times(least(ten) / least(one))] },
    ],
    broken: ratio <= MOST ? [] : [`${MACHINES} machines cost ${times(ratio)} one, and not at most ${times(MOST)}`],
  }
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
