import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Folder, GOOD } from '../../config/folder.testkit.ts'
import type { Files } from '../../system/files.testkit.ts'
import { readLock } from '../../config/lock.ts'
import { readConfig } from '../../config/read.ts'
import { compositionOf, definitionNamed, groupsNotice, type Known } from './composition.ts'
import { explain } from './explain.ts'

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

const { signal } = new AbortController()

async function knownOf(files: Files): Promise<Known> {
  folder.write({ ...GOOD, ...files })
  const [config, lock] = await Promise.all([readConfig(folder.path), readLock(folder.path)])
  return { config, lock, data: join(folder.path, 'data'), signal }
}

const REPOSITORIES = {
  'portage.global/repos.conf': '[gentoo]\n[mine]\n',
  'portage.locals/group/desk/make.conf': 'VIDEO_CARDS="a"',
}

test('says which repositories’ groups it does not know', async () => {
  const known = await knownOf(REPOSITORIES)
  const { composed, groupsUnknown } = await compositionOf(known, definitionNamed(known.config, 'home').define)
  expect(groupsUnknown).toEqual(['gentoo', 'mine'])
  expect(composed.directory.files.find(({ path }) => path === 'make.conf')?.bytes).toContain('VIDEO_CARDS="a"')
  const { json } = await explain(known, 'home', 'VIDEO_CARDS', { ask: false, inRun: () => Promise.reject(new Error()) })
  expect(json).toMatchObject({ groupsUnknown: ['gentoo', 'mine'] })
})

test('the notice for people', () => {
  expect(groupsNotice([])).toBeUndefined()
  expect(groupsNotice(['mine', 'gentoo', 'mine'])).toBe(
    'USE_EXPAND groups are not known before gentoomuch sync (not here: gentoo, mine); a build may compose this otherwise.',
  )
})
