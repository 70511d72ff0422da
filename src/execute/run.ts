/** One run on a data directory: its lock, its engine, its stores, its logs. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Signing } from '../artifacts/signing.ts'
import type { Engine } from '../engine/engine.ts'
import { openEngine } from '../engine/open.ts'
import type { Emit } from '../events.ts'
import { Durations } from '../store/durations.ts'
import { layoutOf, type Layout } from '../store/layout.ts'
import { PackageStore } from '../store/packages.ts'
import { StepStore } from '../store/steps.ts'
import { makeFolder, writeWhole } from '../system/files.ts'
import { saysFull } from '../system/disk.ts'
import { lockDirectory, tryLock } from '../system/lock.ts'
import type { Tools } from './handler.ts'
import { clearScratch, sweep } from './sweep.ts'

export interface RunOptions {
  /** Absolute path of the data directory; made if it is missing. */
  readonly data: string
  readonly engine: string
  readonly jobs: number
  readonly mirrors: readonly string[]
  /** In words, for whoever waits: "gentoomuch pipeline". */
  readonly command: string
  /** This run's folder for logs. */
  readonly logs: string
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly signer?: { readonly key: string; readonly home: string | undefined } | undefined
  readonly shellIn: Tools['shellIn']
  /**
   * What a disk without any room means: `needed`, the run does not begin; `judged`, the work itself says how much is missing
   * (`demandRoom`); `not needed`, it only removes.
   */
  readonly room: 'needed' | 'judged' | 'not needed'
  /** A question: where another run works it does not wait, and only looks. */
  readonly asks: boolean
}

export interface Run extends RunOptions {
  readonly layout: Layout
  readonly openEngine: Engine
  readonly packages: PackageStore
  readonly steps: StepStore
  readonly durations: Durations
  readonly signing: Signing
  /** Who works on the data directory meanwhile: then nothing may be made, written or swept here. */
  readonly beside: string | undefined
  /** The error of a disk that had not even room for the run to begin on it. */
  readonly full: unknown
}

/** Holds the lock while it works; what a killed run left behind is swept first. */
export async function withRun<T>(options: RunOptions, work: (run: Run) => Promise<T>): Promise<T> {
  const layout = layoutOf(options.data)
  await makeFolder(options.data)
  const taking = { purpose: options.command, signal: options.signal }
  const lock = options.asks
    ? await tryLock(layout.lock, taking)
    : await lockDirectory(layout.lock, {
        ...taking,
        onWait: (holder) => options.emit({ type: 'waiting', for: holder }),
      })
  if (typeof lock === 'string') return signingEnds(work, await opened(options, lock))
  try {
    const run = await opened(options, undefined)
    await sweep(run)
    await makeFolder(layout.distfiles)
    const temporary = process.env['TMPDIR']
    let full: unknown
    try {
      // Whatever we or our programs (gpg, git) put into a temporary folder is swept with the rest after a kill.
      await mkdir(join(layout.scratch, 'tmp'))
      process.env['TMPDIR'] = join(layout.scratch, 'tmp')
      await writeWhole(layout.working, `${options.command}\n`)
    } catch (error) {
      if (options.room === 'needed' || !saysFull(error)) throw error
      full = error
    }
    try {
      return await signingEnds(work, { ...run, full })
    } finally {
      if (temporary === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = temporary
      await run.openEngine.sweep()
      await clearScratch(run)
      // Knowledge only: a disk without room for it fails nobody's build.
      await run.durations.keep().catch(() => undefined)
      await rm(layout.working, { force: true })
    }
  } finally {
    await lock.release()
  }
}

async function signingEnds<T>(work: (run: Run) => Promise<T>, run: Run): Promise<T> {
  try {
    return await work(run)
  } finally {
    await run.signing.close()
  }
}

async function opened(options: RunOptions, beside: string | undefined): Promise<Run> {
  const layout = layoutOf(options.data)
  return {
    ...options,
    layout,
    beside,
    full: undefined,
    openEngine: await openEngine(options.engine, { data: options.data }),
    packages: new PackageStore(layout),
    steps: new StepStore(layout, withoutRecord(layout, options, beside)),
    durations: await Durations.read(layout),
    signing: new Signing(options.signer),
  }
}

/** A record that is damaged is told of and goes: it may be an earlier state's, which nobody writes anew. */
function withoutRecord(
  layout: Layout,
  { emit }: RunOptions,
  beside: string | undefined,
): (key: string) => Promise<void> {
  const told = new Set<string>()
  return async (key) => {
    if (told.has(key)) return
    told.add(key)
    const text = `The record store/steps/${key}.json was damaged; what it stands for is made again where it is needed.`
    emit({ type: 'note', level: 'warning', text })
    if (beside === undefined) await rm(join(layout.steps, `${key}.json`), { force: true })
  }
}
