/** Removes a demo: only a folder that a demo marked as its own. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openEngine } from '../../engine/open.ts'
import { UserError } from '../../errors.ts'
import { exists, writeWhole } from '../../system/files.ts'

const MARK = '.gentoomuch-demo'

/** @throws UserError when the folder holds something else already */
export async function markDemo(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  if (await exists(join(dir, MARK))) return
  const found = await readdir(dir)
  if (found.length > 0)
    throw new UserError('demo-dir-in-use', `${dir} is not empty and is not a demo's folder.`, {
      hint: 'choose an empty or new folder with --dir',
    })
  await writeWhole(join(dir, MARK), 'This folder was made by gentoomuch demo; gentoomuch demo --remove removes it.\n')
}

/** Trees belong to ids that an ordinary user cannot touch by himself: the engine removes those, then the rest goes. */
export async function removeDemo(dir: string, cache: string): Promise<void> {
  if (!(await exists(join(dir, MARK))))
    throw new UserError('no-demo', `${dir} is not a demo's folder.`, { hint: 'name the folder with --dir' })
  for (const data of [join(dir, 'data'), join(cache, 'engine')]) {
    if (!(await exists(data))) continue
    const engine = await openEngine('embedded', { data })
    for (const name of await engine.preserved()) await engine.discard(name)
    await engine.sweep()
    await engine.prune([])
  }
  await rm(cache, { recursive: true, force: true })
  await rm(dir, { recursive: true, force: true })
}
