/** Containers kept because something failed in them, one a step. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '../plan/json.ts'
import type { Step } from '../plan/step.ts'
import { readJson } from '../store/steps.ts'
import { writeWhole } from '../system/files.ts'
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
  if (before !== undefined) {
    await run.openEngine.discard(before.container)
    await Promise.all(before.folders.map((folder) => rm(folder, { recursive: true, force: true })))
  }
  await rm(path, { force: true })
  if (failed !== undefined) await writeWhole(path, JSON.stringify(failed))
}

/** What failed containers have mounted stays with them: a shell in one is of little use without its /etc/portage. */
export async function foldersOfFailed(run: Run): Promise<Set<string>> {
  const { failed } = run.layout
  const names = await readdir(failed).catch(() => [])
  const records = await Promise.all(names.map((name) => readJson<Failed>(join(failed, name))))
  return new Set(records.flatMap((record) => record?.folders ?? []))
}
