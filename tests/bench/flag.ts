/** One USE flag changed in a piece that two machines have: what is made again, and where the time goes. */
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
  const events = await world.lastEvents()
  const compiled = events.filter(({ type }) => type === 'package').map(({ cpv }) => String(cpv))
  const steps = events.filter(({ type, how }) => type === 'step-done' && how === 'ran')
  await world.configure(FILE, 'dev-libs/libgreet color\n')
  return {
    title: 'One USE flag changed',
    heads: ['time', 'of the wall clock', 'memory'],
    rows: [
      ...whereItGoes(run),
      ...steps.map(({ label, seconds: took }) => ({
        name: `step: ${String(label)}`,
        figures: [seconds(Number(took))],
      })),
      { name: `compiled: ${compiled.join(', ')}`, figures: [] },
    ],
    broken: compiled.length === 0 ? ['a changed USE flag compiled nothing'] : [],
  }
}
