/** One run on a data directory: its lock, its engine, its stores, its logs; and steps realised with them. */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { openEngine } from '../engine/open.ts'
import type { Emit } from '../events.ts'
import { digestOf } from '../plan/json.ts'
import type { Output, Step } from '../plan/step.ts'
import { judge, type Judged } from '../plan/verdict.ts'
import { layoutOf, type Layout } from '../store/layout.ts'
import { PackageStore } from '../store/packages.ts'
import { readJson, StepStore } from '../store/steps.ts'
import { writeWhole } from '../system/files.ts'
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
    const engine = await openEngine(options.engine, { data: options.data })
    await engine.sweep()
    await rm(layout.scratch, { recursive: true, force: true })
    await mkdir(layout.scratch, { recursive: true })
    await mkdir(layout.distfiles, { recursive: true })
    const run: Run = { ...options, layout, openEngine: engine, packages: new PackageStore(layout), steps: new StepStore(layout) }
    try {
      return await work(run)
    } finally {
      await rm(layout.scratch, { recursive: true, force: true })
    }
  } finally {
    await lock.release()
  }
}

/** What the plan says of each step, without running any. */
export async function judgeSteps(steps: readonly Step[], run: Run): Promise<Judged[]> {
  return judge(steps, {
    recipe: (step) => HANDLERS[step.kind].recipe,
    lastInput: (step) => run.steps.lastIngredients(step),
    outputOf: async (step, key) => (await run.steps.find(key))?.output,
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
    lane: (step) => (step.kind === 'compile' || step.kind === 'builder' ? 'compile' : step.kind === 'fetch' ? 'fetch' : step.kind === 'root' ? 'root' : undefined),
    listener: {
      started: (step) => run.emit({ type: 'step-started', id: step.id, label: step.label }),
      done: (step, output, how, seconds) =>
        run.emit({ type: 'step-done', id: step.id, label: step.label, how, seconds, ...(output.summary === undefined ? {} : { summary: output.summary }) }),
      failed: (step, failure) => run.emit({ type: 'step-failed', id: step.id, label: step.label, failure }),
      skipped: (step, because) => run.emit({ type: 'step-skipped', id: step.id, label: step.label, because }),
    },
    toolsFor: (step) => toolsFor(step, run),
  })
}

async function toolsFor(step: Step, run: Run): Promise<{ tools: Tools; release: () => Promise<void> }> {
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
    progress: (text, done, total) =>
      run.emit({ type: 'step-progress', id: step.id, text, ...(done === undefined ? {} : { done }), ...(total === undefined ? {} : { total }) }),
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
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
    await rememberFailed(step, preserved, run)
  }
  return { tools, release }
}

/** One kept container a step: the newest failure's. It goes when the step fails again or comes out right. */
async function rememberFailed(step: Step, preserved: string | undefined, run: Run): Promise<void> {
  const path = join(run.layout.failed, `${digestOf(step.id)}.json`)
  const before = await readJson<{ container: string }>(path)
  if (before === undefined && preserved === undefined) return
  if (preserved === undefined && run.signal.aborted) return
  if (before !== undefined) await run.openEngine.discard(before.container)
  await rm(path, { force: true })
  if (preserved !== undefined) await writeWhole(path, JSON.stringify({ step: step.id, container: preserved }))
}

/** The output of a step that must have come out right. */
export function outputOf(result: Result, id: string): Output {
  const output = result.outputs.get(id)
  if (output === undefined) throw new Error(`${id} has no output`)
  return output
}
