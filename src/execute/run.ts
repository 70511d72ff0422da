/** One run on a data directory: its lock, its engine, its stores, its logs; and steps realised with them. */
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine, TreeRef } from '../engine/engine.ts'
import { openEngine } from '../engine/open.ts'
import type { Emit } from '../events.ts'
import { digestOf } from '../plan/json.ts'
import type { Output, Step } from '../plan/step.ts'
import { judge, type Judged } from '../plan/verdict.ts'
import { layoutOf, type Layout } from '../store/layout.ts'
import { PackageStore } from '../store/packages.ts'
import { readJson, StepStore } from '../store/steps.ts'
import { exists, writeWhole } from '../system/files.ts'
import { endAgent } from '../system/gpg-sign.ts'
import { sweepMoves } from '../system/move.ts'
import { lockDirectory } from '../system/lock.ts'
import type { Tools } from './handler.ts'
import { HANDLERS } from './handlers.ts'
import { execute, type Result } from './scheduler.ts'

export interface RunOptions {
  /** Absolute path of the data directory; made if it is missing. */
  readonly data: string
  readonly engine: string
  readonly jobs: number
  /** In words, for whoever waits: "gentoomuch pipeline". */
  readonly command: string
  /** This run's folder for logs. */
  readonly logs: string
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly signer?: Tools['signer']
  readonly shellIn: Tools['shellIn']
}

export interface Run extends RunOptions {
  readonly layout: Layout
  readonly openEngine: Engine
  readonly packages: PackageStore
  readonly steps: StepStore
}

/** Holds the lock while it works; what a killed run left behind is swept first. */
export async function withRun<T>(options: RunOptions, work: (run: Run) => Promise<T>): Promise<T> {
  const layout = layoutOf(options.data)
  await mkdir(options.data, { recursive: true })
  const lock = await lockDirectory(layout.lock, {
    purpose: options.command,
    signal: options.signal,
    onWait: (holder) => options.emit({ type: 'waiting', for: holder }),
  })
  try {
    const run: Run = {
      ...options,
      layout,
      openEngine: await openEngine(options.engine, { data: options.data }),
      packages: new PackageStore(layout),
      steps: new StepStore(layout),
    }
    await sweep(run)
    await mkdir(layout.distfiles, { recursive: true })
    // Whatever we or our programs (gpg, git) put into a temporary folder is swept with the rest after a kill.
    const temporary = process.env['TMPDIR']
    process.env['TMPDIR'] = join(layout.scratch, 'tmp')
    await mkdir(process.env['TMPDIR'])
    await writeWhole(layout.working, `${options.command}\n`)
    try {
      return await work(run)
    } finally {
      if (temporary === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = temporary
      await run.openEngine.sweep()
      await clearScratch(run)
      await rm(layout.working, { force: true })
    }
  } finally {
    await lock.release()
  }
}

/** Clears the working space; after a kill also what was made and written down nowhere. */
async function sweep(run: Run): Promise<void> {
  await run.openEngine.sweep()
  await clearScratch(run)
  if (!(await exists(run.layout.working))) return
  const { steps, last, failed, packages, packed, seeds } = run.layout
  for (const folder of [steps, last, failed]) await removeTemporaries(folder)
  for (const folder of [packages, packed, seeds, run.layout.distfiles])
    if (await exists(folder)) await sweepMoves(folder)
  // An agent that a killed run started for a home of its own would stay; a passphrase asked for once more is the price.
  if (run.signer?.home !== undefined) await endAgent(run.signer.home)
  const records = await run.steps.all()
  await run.openEngine.prune(records.flatMap((record) => treesIn(record.output)))
}

/** What failed containers have mounted stays with them: a shell in one is of little use without its /etc/portage. */
async function clearScratch(run: Run): Promise<void> {
  const { scratch, failed } = run.layout
  const records = await Promise.all(
    (await readdir(failed).catch(() => [])).map((name) => readJson<Failed>(join(failed, name))),
  )
  const needed = new Set(records.flatMap((record) => record?.folders ?? []))
  await mkdir(scratch, { recursive: true })
  for (const name of await readdir(scratch))
    if (!needed.has(join(scratch, name))) await rm(join(scratch, name), { recursive: true, force: true })
}

function treesIn(output: Output): TreeRef[] {
  const { value } = output
  const tree = value !== null && typeof value === 'object' && 'tree' in value ? value.tree : undefined
  return tree !== null && typeof tree === 'object' && 'layers' in tree ? [tree as unknown as TreeRef] : []
}

/** Files that `writeWhole` had not renamed yet. */
async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  await Promise.all(
    names
      .filter((name) => name.startsWith('.') && name.endsWith('.tmp'))
      .map((name) => rm(join(folder, name), { force: true })),
  )
}

/** What the plan says of each step, without running any. */
export async function judgeSteps(steps: readonly Step[], run: Run): Promise<Judged[]> {
  return judge(steps, {
    recipe: (step) => HANDLERS[step.kind].recipe,
    lastInput: (step) => run.steps.lastIngredients(step),
    outputOf: async (step, key, parents) => {
      const kept = await run.steps.find(key)
      if (kept === undefined) return undefined
      const { tools, release } = await toolsFor(step, run)
      const present = await HANDLERS[step.kind].present(kept.output, { step, key, parents }, tools)
      await release()
      return present ? kept.output : undefined
    },
  })
}

export async function realiseSteps(steps: readonly Step[], run: Run): Promise<Result> {
  return execute({
    steps,
    handlers: HANDLERS,
    store: run.steps,
    signal: run.signal,
    breadth: Math.max(2, run.jobs),
    // Each of these keeps all cores busy by itself; and the second machine finds what the first one compiled.
    lane: (step) =>
      step.kind === 'compile' || step.kind === 'builder'
        ? 'compile'
        : step.kind === 'fetch'
          ? 'fetch'
          : step.kind === 'root'
            ? 'root'
            : undefined,
    listener: {
      started: (step) => run.emit({ type: 'step-started', id: step.id, label: step.label }),
      done: (step, output, how, seconds) =>
        run.emit({
          type: 'step-done',
          id: step.id,
          label: step.label,
          how,
          seconds,
          ...(output.summary === undefined ? {} : { summary: output.summary }),
        }),
      failed: (step, failure) => run.emit({ type: 'step-failed', id: step.id, label: step.label, failure }),
      skipped: (step, because) => run.emit({ type: 'step-skipped', id: step.id, label: step.label, because }),
    },
    toolsFor: (step) => toolsFor(step, run, true),
  })
}

/** @param runs whether the step is about to be realised, and not only looked at */
async function toolsFor(step: Step, run: Run, runs = false): Promise<{ tools: Tools; release: () => Promise<void> }> {
  const folders: string[] = []
  let preserved: string | undefined
  const tools: Tools = {
    engine: run.openEngine,
    layout: run.layout,
    packages: run.packages,
    jobs: run.jobs,
    signal: run.signal,
    signer: run.signer,
    logs: run.logs,
    shellIn: run.shellIn,
    progress: (text, done, total) =>
      run.emit({
        type: 'step-progress',
        id: step.id,
        text,
        ...(done === undefined ? {} : { done }),
        ...(total === undefined ? {} : { total }),
      }),
    line: (line) => run.emit({ type: 'step-output', id: step.id, line }),
    note: (level, text) => run.emit({ type: 'note', level, text }),
    preserved: (container) => void (preserved = container),
    async folder() {
      const folder = await mkdtemp(join(run.layout.scratch, `${step.kind}-`))
      await chmod(folder, 0o755)
      folders.push(folder)
      return folder
    },
  }
  const release = async () => {
    if (preserved === undefined)
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
    if (runs)
      await rememberFailed(
        step,
        preserved === undefined ? undefined : { step: step.id, container: preserved, folders },
        run,
      )
  }
  return { tools, release }
}

interface Failed {
  readonly step: string
  readonly container: string
  /** Folders of the host that the container has mounted. */
  readonly folders: readonly string[]
}

/** One kept container a step: the newest failure's. It goes when the step fails again or comes out right. */
async function rememberFailed(step: Step, failed: Failed | undefined, run: Run): Promise<void> {
  const path = join(run.layout.failed, `${digestOf(step.id)}.json`)
  const before = await readJson<Failed>(path)
  if (failed === undefined && (before === undefined || run.signal.aborted)) return
  if (before !== undefined) {
    await run.openEngine.discard(before.container)
    await Promise.all(before.folders.map((folder) => rm(folder, { recursive: true, force: true })))
  }
  await rm(path, { force: true })
  if (failed !== undefined) await writeWhole(path, JSON.stringify(failed))
}

/** The output of a step that must have come out right. */
export function outputOf(result: Result, id: string): Output {
  const output = result.outputs.get(id)
  if (output === undefined) throw new Error(`${id} has no output`)
  return output
}
