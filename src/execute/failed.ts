/** Containers kept because something failed in them, one a step. */
import { rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOf } from '../plan/json.ts'
import type { Step } from '../plan/step.ts'
import { readJson } from '../store/steps.ts'
import { namesIn, writeWhole } from '../system/files.ts'
import { asFailure } from './failure.ts'
import type { Run } from './run.ts'

interface Failed {
  readonly step: string
  readonly container: string
  /** Folders of the host that the container has mounted. */
  readonly folders: readonly string[]
}

/** One kept container a step: the newest failure's. It goes when the step fails again or comes out right. */
export async function rememberFailed(step: Step, failed: Failed | undefined, run: Run): Promise<void> {
  const path = join(run.layout.failed, `${digestOf(step.id)}.json`)
  const before = await readJson<Failed>(path)
  if (failed === undefined && (before === undefined || run.signal.aborted)) return
  if (before !== undefined) await discard(before, run)
  await rm(path, { force: true })
  if (failed === undefined) return
  try {
    await writeWhole(path, JSON.stringify(failed))
  } catch (error) {
    // Why the step failed is what counts; on a full disk, what nobody could find again only takes up room.
    await discard(failed, run)
    const text = `The container of ${step.label} was not kept, and no shell can be opened in it: ${asFailure(error).message}`
    run.emit({ type: 'note', level: 'warning', text })
  }
}

export interface KeptContainer {
  readonly name: string
  /** Undefined where no step knows it: what a kill in the wrong moment leaves. */
  readonly step: string | undefined
  /** When it failed, milliseconds since the epoch. */
  readonly at: number
}

export async function keptContainers(run: Run): Promise<KeptContainer[]> {
  const known = await recordsOf(run)
  const names = await run.openEngine.preserved()
  return names.map((name) => {
    const record = known.find(({ failed }) => failed.container === name)
    return { name, step: record?.failed.step, at: record?.at ?? 0 }
  })
}

/** A kept container with all that is kept for it. */
export async function discardContainer(name: string, run: Run): Promise<void> {
  for (const { failed, path } of await recordsOf(run))
    if (failed.container === name) {
      await discard(failed, run)
      await rm(path, { force: true })
      return
    }
  await run.openEngine.discard(name)
}

async function discard({ container, folders }: Failed, run: Run): Promise<void> {
  await run.openEngine.discard(container)
  const ours = folders.filter((folder) => dirname(folder) === run.layout.scratch)
  await Promise.all(ours.map((folder) => rm(folder, { recursive: true, force: true })))
}

/** What failed containers have mounted stays with them: a shell in one is of little use without its /etc/portage. */
export async function foldersOfFailed(run: Run): Promise<Set<string>> {
  return new Set((await recordsOf(run)).flatMap(({ failed }) => failed.folders))
}

async function recordsOf({ layout }: Pick<Run, 'layout'>) {
  const names = await namesIn(layout.failed)
  const records = await Promise.all(
    names
      .map((name) => join(layout.failed, name))
      .map(async (path) => {
        const failed = await readJson<Failed>(path)
        return failed === undefined ? [] : [{ path, failed, at: (await stat(path)).mtimeMs }]
      }),
  )
  return records.flat()
}
