/** A pipeline that has nothing to do, as one meets it most often. */
import { measured, median, type Measured } from './measure.ts'
import type { Bench, Row } from './table.ts'
import { megabytes, seconds, times } from './table.ts'
import { DEMO_MACHINES, type World } from './world.ts'

const RUNS = 9

export async function benchNothing(world: World): Promise<Bench> {
  await world.run(['pipeline', ...DEMO_MACHINES])
  return nothingToDo(world, DEMO_MACHINES, 0.3)
}

/** @param most the promise, in seconds, for the median */
export async function nothingToDo(world: World, machines: readonly string[], most: number): Promise<Bench> {
  const call = ['pipeline', ...machines]
  await world.run(call)
  const runs: Measured[] = []
  const starts: Measured[] = []
  for (let run = 0; run < RUNS; run++) {
    runs.push(await world.run(call))
    starts.push(await measured([process.execPath, '-e', '0'], false))
  }
  const looked = await world.run(call, true)
  const typical = median(runs.map((run) => run.seconds))
  const node = median(starts.map((run) => run.seconds))
  const row = (name: string, all: readonly Measured[], ...memory: string[]): Row => ({
    name,
    figures: [
      seconds(median(all.map((run) => run.seconds))),
      seconds(Math.min(...all.map((run) => run.seconds))),
      seconds(median(all.map((run) => run.cpu))),
      ...memory,
    ],
  })
  return {
    title: `Nothing to do for ${machines.length} machines`,
    heads: ['median', 'least', 'CPU', 'memory'],
    rows: [
      row('gentoomuch pipeline', runs, megabytes(looked.megabytes)),
      row('node -e 0', starts),
      { name: 'pipeline : node -e 0', figures: [times(typical / node)] },
    ],
    broken:
      typical < most
        ? []
        : [
            `nothing to do for ${machines.length} machines takes ${seconds(typical)}, and not less than ${seconds(most)}`,
          ],
  }
}
