/** A cold pipeline: its wall clock beside the time inside emerge, tar and the compressor. */
import type { Bench, Row } from './table.ts'
import { megabytes, percent, seconds } from './table.ts'
import { KINDS, type Watched } from './watch.ts'
import { DEMO_MACHINES, type World } from './world.ts'

/** The promise: no more overhead than this share of the wall clock, or these seconds. */
const SHARE = 0.02
const SECONDS = 2

export async function benchPipeline(world: World): Promise<Bench> {
  const run = await world.watch(['pipeline', ...DEMO_MACHINES])
  const most = Math.max(SECONDS, SHARE * run.seconds)
  return {
    title: `A cold pipeline of the demo's ${DEMO_MACHINES.length} machines`,
    heads: ['time', 'of the wall clock', 'memory'],
    rows: whereItGoes(run),
    broken:
      run.overhead <= most
        ? []
        : [
            `overhead is ${seconds(run.overhead)} (${percent(run.overhead / run.seconds)}), and not at most ${seconds(most)}`,
          ],
  }
}

/** The wall clock, what of it is the work of others, and what is not. */
export function whereItGoes(run: Watched): Row[] {
  const share = (value: number) => [seconds(value), percent(value / run.seconds)]
  return [
    { name: 'wall clock', figures: [seconds(run.seconds), '', megabytes(run.megabytes)] },
    ...KINDS.map((kind): Row => ({ name: `  inside ${kind}`, figures: share(run.kinds.get(kind) ?? 0) })),
    { name: '  inside none of these', figures: share(run.overhead) },
  ]
}
