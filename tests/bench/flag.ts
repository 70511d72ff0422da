/** One USE flag changed in a piece that two machines have: what is made again, and where the time goes. */
import { basename } from 'node:path'
import { whereItGoes } from './pipeline.ts'
import type { Bench } from './table.ts'
import { seconds } from './table.ts'
import { DEMO_MACHINES, type World } from './world.ts'

const FILE = 'portage.locals/colourful/package.use'

export async function benchFlag(world: World): Promise<Bench> {
  const call = ['pipeline', ...DEMO_MACHINES]
  await world.run(call)
  await world.configure(FILE, 'dev-libs/libgreet -color\n')
  const run = await world.watch(call)
  const steps = (await world.lastEvents()).filter(({ type, how }) => type === 'step-done' && how === 'ran')
  await world.configure(FILE, 'dev-libs/libgreet color\n')
  return {
    title: 'One USE flag changed',
    heads: ['time', 'of the wall clock', 'memory'],
    rows: [
      ...whereItGoes(run),
      ...steps.map(({ label, summary, seconds: took }) => ({
        name: `${String(label)}: ${basename(String(summary))}`,
        figures: [seconds(Number(took))],
      })),
    ],
    broken: steps.some(({ id }) => String(id).startsWith('compile:')) ? [] : ['a changed USE flag compiled nothing'],
  }
}
