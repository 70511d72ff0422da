/** What the measurements run on: the demo's miniature Gentoo, bootstrapped and synced, nothing built, in a temporary folder. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Context } from '../../src/commands/context.ts'
import type { Run } from '../../src/execute/run.ts'
import type { Goal } from '../../src/pipeline.ts'
import { treesIn } from '../../src/store/points-at.ts'
import { demo, demoPlaces, type DemoPlaces } from '../../src/workbench/demo/demo.ts'
import { removeDemo } from '../../src/workbench/demo/remove.ts'
import { Lab, type LabOptions } from '../lab/lab.ts'
import { benchFolder } from './folder.ts'
import { measured, type Measured } from './measure.ts'
import { watched, type Watched } from './watch.ts'

/** The demo's own. */
export const DEMO_MACHINES = ['porch', 'workshop']

export type RunEvent = Readonly<Record<string, unknown>>

export interface World {
  readonly places: DemoPlaces
  /** Absolute path of the project. */
  readonly root: string
  /** `gentoomuch ARGUMENTS…` on this configuration and data. */
  run(argv: readonly string[], looked?: boolean): Promise<Measured>
  /** The same, and where its time goes. */
  watch(argv: readonly string[]): Promise<Watched>
  /** What the last run said, event by event. */
  lastEvents(): Promise<readonly RunEvent[]>
  /** A file of the configuration. */
  configure(path: string, text: string): Promise<void>
  /** Work inside the program itself, and the goal of building everything. */
  work<T>(work: (run: Run, goal: Goal) => Promise<T>): Promise<T>
  /** Takes away what was built: what bootstrap and sync left stays. */
  cold(): Promise<void>
  /** Machines of tiny packages, known but not built. */
  lab(options: LabOptions): Promise<Lab>
  remove(): Promise<void>
}

class NotYet extends Error {}

/** The demo up to the point where it would build. */
export async function makeWorld(root: string, signal: AbortSignal): Promise<World> {
  const folder = await benchFolder()
  const places = demoPlaces(join(folder, 'demo'))
  const context = new Context({ config: places.config, data: places.data, quiet: true }, signal)
  const world = new DemoWorld(root, folder, places, context)
  try {
    await demo({
      places,
      yes: false,
      signal,
      reported: (work) => context.reported(undefined, 'demo', work),
      perform: (command, config, work) => {
        if (command === 'pipeline') throw new NotYet()
        return context.run(command, config, work)
      },
    })
  } catch (error) {
    if (error instanceof NotYet) return world
    await world.remove()
    throw error
  }
  throw new Error('the demo built nothing')
}

class DemoWorld implements World {
  readonly root: string
  readonly places: DemoPlaces
  readonly #folder: string
  readonly #context: Context
  readonly #signal: AbortSignal

  constructor(root: string, folder: string, places: DemoPlaces, context: Context) {
    this.#context = context
    this.#signal = context.signal
    this.root = root
    this.places = places
    this.#folder = folder
  }

  #argv(argv: readonly string[]): string[] {
    const { config, data } = this.places
    return [join(this.root, 'gentoomuch'), ...argv, '--config', config, '--data', data]
  }

  run(argv: readonly string[], looked = false): Promise<Measured> {
    return measured(this.#argv(argv), looked, this.#signal)
  }

  watch(argv: readonly string[]): Promise<Watched> {
    return watched(this.#argv(argv), this.#signal)
  }

  async lastEvents(): Promise<readonly RunEvent[]> {
    const logs = join(this.places.data, 'logs')
    const last = (await readdir(logs)).toSorted().at(-1) ?? ''
    const lines = (await readFile(join(logs, last, 'events.jsonl'), 'utf8')).trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as RunEvent)
  }

  async configure(path: string, text: string): Promise<void> {
    const file = join(this.places.config, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }

  async lab(options: LabOptions): Promise<Lab> {
    const lab = await Lab.write({ config: this.places.config, overlay: join(this.#folder, 'lab') }, options)
    await this.run(['sync', 'lab'])
    return lab
  }

  async work<T>(work: (run: Run, goal: Goal) => Promise<T>): Promise<T> {
    const { config, lock } = await this.#context.read()
    return this.#context.run('bench', config, (run) => work(run, { config, lock, machines: [], unsigned: false }))
  }

  async cold(): Promise<void> {
    await this.work(async ({ layout, steps, openEngine }) => {
      const records = await steps.all()
      const stays = records.filter(({ kind }) => kind === 'seed' || kind === 'repository')
      for (const { key } of records.filter((record) => !stays.includes(record))) await steps.forget(key)
      await openEngine.prune(stays.flatMap(({ output }) => treesIn(output)))
      const { packages, packed, settled, durations, uses, stages } = layout
      for (const path of [packages, packed, settled, durations, uses, stages])
        await rm(path, { recursive: true, force: true })
    })
    // The work on it remembers its sources.
    await rm(join(this.places.data, 'distfiles'), { recursive: true, force: true })
  }

  async remove(): Promise<void> {
    // What was kept to make the miniature quickly is everybody's.
    await removeDemo(this.places.dir, join(this.#folder, 'no-cache'))
    await rm(this.#folder, { recursive: true, force: true })
  }
}
