/** The means that one step gets, and what happens to them when it has ended. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Step } from '../plan/step.ts'
import { rememberFailed } from './failed.ts'
import { asFailure } from './failure.ts'
import type { Tools } from './handler.ts'
import { SharedLayers } from './layers.ts'
import type { Run } from './run.ts'

/** What the steps of a run that is realised have in common. */
interface Common {
  /** Where a step says how much it had to do: id → 0 to 1. */
  readonly parts: Map<string, number>
  readonly layers: SharedLayers
}

/** @param common there for a step that is about to be realised, and not only looked at */
export async function toolsFor(
  step: Step,
  run: Run,
  common?: Common,
): Promise<{ tools: Tools; release: () => Promise<void> }> {
  const folders: string[] = []
  let preserved: string | undefined
  const tools: Tools = {
    engine: run.openEngine,
    layout: run.layout,
    packages: run.packages,
    layers: common?.layers ?? new SharedLayers(run.steps, run.openEngine),
    jobs: run.jobs,
    allJobs: run.jobs,
    mirrors: run.mirrors,
    signal: run.signal,
    signing: run.signing,
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
    packageDone: (cpv, measured) => {
      run.durations.learnPackage(cpv, measured)
      run.emit({ type: 'package', id: step.id, cpv, ...measured })
    },
    had: (part) => void common?.parts.set(step.id, part),
    line: (line) => run.emit({ type: 'step-output', id: step.id, line }),
    note: (level, text) => run.emit({ type: 'note', level, text }),
    preserved: (container) => void (preserved = container),
    notFull: () => Promise.resolve(),
    async folder() {
      const folder = await mkdtemp(join(run.layout.scratch, `${step.kind}-`))
      await chmod(folder, 0o755)
      folders.push(folder)
      return folder
    },
  }
  const release = async () => {
    try {
      await clearUp()
    } catch (error) {
      // What came of the step stays what came of it. The next run clears up once more.
      const text = `What ${step.label} left could not be cleared away: ${asFailure(error).message}`
      run.emit({ type: 'note', level: 'warning', text })
    }
  }
  const clearUp = async () => {
    if (preserved === undefined)
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
    if (common !== undefined)
      await rememberFailed(
        step,
        preserved === undefined ? undefined : { step: step.id, container: preserved, folders },
        run,
      )
  }
  return { tools, release }
}
