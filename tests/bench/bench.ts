/**
 * `npm run bench [-- [--write] NAME…]`: what the program promises about its speed, measured. Exits with 1 where a promise is
 * broken. `--write` puts the tables into docs/speed.md.
 */
import { availableParallelism, cpus, loadavg } from 'node:os'
import { projectRoot } from '../../src/system/project.ts'
import { benchAssembling } from './assembling.ts'
import { benchCheck } from './check.ts'
import { benchFlag } from './flag.ts'
import { benchFleet } from './fleet.ts'
import { whereItWorks } from './folder.ts'
import { benchNothing } from './nothing.ts'
import { benchPacking } from './packing.ts'
import { benchPipeline } from './pipeline.ts'
import { MEASUREMENTS, writePage, type Name } from './page.ts'
import { textTable, type Bench } from './table.ts'
import { benchTen } from './ten.ts'
import { makeWorld, type World } from './world.ts'

const MEASURES: Readonly<Record<Name, (needs: Needs) => Promise<Bench>>> = {
  check: ({ root }) => benchCheck(root),
  packing: () => benchPacking(),
  pipeline: async ({ world }) => benchPipeline(await world()),
  nothing: async ({ world }) => benchNothing(await world()),
  flag: async ({ world }) => benchFlag(await world()),
  assembling: async ({ world }) => benchAssembling(await world()),
  ten: async ({ world }) => benchTen(await world()),
  fleet: async ({ world }) => benchFleet(await world()),
}

interface Needs {
  readonly root: string
  /** Made when it is first asked for. */
  readonly world: () => Promise<World>
}

/** Others' work makes every figure worse. */
async function machine(): Promise<string> {
  const [now = 0] = loadavg()
  const cores = availableParallelism()
  const words = `${cores} cores, ${cpus()[0]?.model ?? 'an unknown CPU'}, node ${process.version}, ${await whereItWorks()}`
  return now > cores
    ? `${words}; the machine is loaded (${now.toFixed(1)} processes want its ${cores} cores): the figures are worse than its own`
    : `${words}; load ${now.toFixed(1)} before`
}

async function main(words: readonly string[]): Promise<number> {
  const names = words.filter((word) => word !== '--write')
  const unknown = names.find((name) => !Object.hasOwn(MEASURES, name))
  if (unknown !== undefined) {
    console.error(`bench: no measurement is called ${unknown}; there are ${MEASUREMENTS.join(', ')}`)
    return 2
  }
  const root = projectRoot()
  const before = await machine()
  console.log(before)
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  let made: World | undefined
  const world = async () => (made ??= await makeWorld(root, stop.signal))
  const benches = new Map<Name, Bench>()
  try {
    for (const name of MEASUREMENTS) {
      if (names.length > 0 && !names.includes(name)) continue
      stop.signal.throwIfAborted()
      const bench = await MEASURES[name]({ root, world })
      benches.set(name, bench)
      console.log(`\n${textTable(bench)}`)
    }
  } finally {
    await made?.remove()
  }
  if (words.includes('--write')) await writePage(root, before, benches)
  const broken = [...benches.values()].flatMap((bench) => bench.broken)
  for (const one of broken) console.error(`bench: ${one}`)
  return broken.length > 0 ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
