/** demo: the whole way on a miniature Gentoo that is made here, in one folder that can be removed again. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeMiniature, type Miniature } from '../../../miniature/miniature.ts'
import { readConfig } from '../../config/read.ts'
import { readLock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { UserError } from '../../errors.ts'
import type { Emit } from '../../events.ts'
import { openEngine } from '../../engine/open.ts'
import type { Run } from '../../execute/run.ts'
import { build } from '../../pipeline.ts'
import { cacheFolder } from '../../system/cache.ts'
import { hashFile } from '../../system/hash.ts'
import { writeWhole } from '../../system/files.ts'
import { MINIATURE_PROGRAMS, PROGRAMS } from '../../system/os-packages.ts'
import { askerFor } from '../ask.ts'
import { bootstrap } from '../bootstrap.ts'
import { failIfAny } from '../failures.ts'
import { init } from '../init.ts'
import { ensurePrograms } from '../prerequisites.ts'
import { sync } from '../sync/sync.ts'
import { listStages, type PublishedStage } from '../stages.ts'
import { demoFiles, PROFILE } from './configuration.ts'
import { throwAwayKey } from './key.ts'
import { markDemo } from './remove.ts'

export interface DemoPlaces {
  readonly dir: string
  readonly config: string
  readonly data: string
  readonly keys: string
  readonly miniature: string
  readonly cache: string
}

export interface Demo {
  readonly places: DemoPlaces
  readonly stages: readonly PublishedStage[]
  readonly keyMade: boolean
}

export interface DemoOptions {
  readonly places: DemoPlaces
  readonly yes: boolean
  readonly signal: AbortSignal
  /** Runs a part that needs no data directory, reported. */
  readonly reported: <T>(work: (emit: Emit) => Promise<T>) => Promise<T>
  /** Runs a command's work on the demo's data directory. */
  readonly perform: <T>(command: string, config: Config, work: (run: Run) => Promise<T>) => Promise<T>
}

/** @throws UserError for a folder that no line of a file can name */
export function demoPlaces(dir: string, env: NodeJS.ProcessEnv = process.env): DemoPlaces {
  if (/[\n\r]|\s#/.test(dir))
    throw new UserError(
      'bad-demo-dir',
      `The demo's folder ${JSON.stringify(dir)} holds a line break, or # behind a blank: no line of env/mirrors can name it.`,
      {
        hint: 'choose another place with --dir',
      },
    )
  const under = (name: string) => join(dir, name)
  return {
    dir,
    config: under('config'),
    data: under('data'),
    keys: under('keys'),
    miniature: under('miniature'),
    cache: join(cacheFolder(env), 'miniature'),
  }
}

export async function demo(options: DemoOptions): Promise<Demo> {
  const { places, signal } = options
  const miniature = await options.reported((emit) => prepare(options, emit))
  const key = await throwAwayKey(places.keys, signal)
  await configure(places, miniature, key.fingerprint)
  const config = await readConfig(places.config)
  if (await needsBootstrap(config, miniature))
    await options.perform('bootstrap', config, (run) =>
      bootstrap(config, run, PROFILE, {
        stage3: miniature.stage3,
        signature: undefined,
        mirrors: [],
        allowOlder: false,
      }),
    )
  await options.perform('sync', config, async (run) => {
    failIfAny(await sync(config, run, { names: [], to: undefined, dryRun: false }))
  })
  const ready = await readConfig(places.config)
  const lock = await readLock(places.config)
  await options.perform('pipeline', ready, async (run) => {
    const { result } = await build({ config: ready, lock, machines: [], unsigned: false }, run)
    failIfAny(result)
  })
  return { places, stages: (await listStages(places.data)).filter((stage) => stage.latest), keyMade: key.made }
}

async function prepare({ places, yes, signal }: DemoOptions, emit: Emit): Promise<Miniature> {
  await ensurePrograms([...PROGRAMS, ...MINIATURE_PROGRAMS], { yes, ask: askerFor(), emit, signal })
  await markDemo(places.dir)
  const id = 'miniature'
  const label = 'make the miniature Gentoo'
  const since = performance.now()
  emit({ type: 'step-started', id, label })
  await mkdir(places.cache, { recursive: true })
  const engine = await openEngine('embedded', { data: join(places.cache, 'engine') })
  const miniature = await makeMiniature({ at: places.miniature, cache: places.cache, engine, emit, signal })
  const seconds = (performance.now() - since) / 1000
  emit({ type: 'step-done', id, label, how: seconds < 2 ? 'have' : 'ran', seconds })
  return miniature
}

/** The demo's own files and the starter's; keys are written each time, for a miniature made anew has new ones. */
async function configure(places: DemoPlaces, miniature: Miniature, fingerprint: string): Promise<void> {
  await init(places.config, places.data, {
    example: false,
    // The same stage4s wherever the demo runs.
    hostCpu: false,
    own: demoFiles(miniature, places.keys, fingerprint),
  })
  const trusted = join(places.config, 'env', 'trusted.keys')
  await writeWhole(join(trusted, 'stage3', 'miniature.asc'), await readFile(miniature.keys.stage3))
  await writeWhole(join(trusted, 'repository', 'gentoo', 'miniature.asc'), await readFile(miniature.keys.repository))
}

async function needsBootstrap(config: Config, miniature: Miniature): Promise<boolean> {
  const { profiles } = await readLock(config.path)
  return profiles[PROFILE]?.sha512 !== (await hashFile(miniature.stage3, 'sha512'))
}
