/** Who cannot be told any news; what is told is tested in real containers (tests/contract/news.test.ts). */
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Folder, GOOD } from '../config/folder.testkit.ts'
import type { Lock } from '../config/lock.ts'
import { readConfig } from '../config/read.ts'
import type { Run } from '../execute/run.ts'
import { layoutOf } from '../store/layout.ts'
import { StepStore } from '../store/steps.ts'
import { newsFor } from './news.ts'

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

const PROFILE = { stage3: 'stage3-x.tar.xz', sha512: 'f'.repeat(128), signedBy: 'A'.repeat(40) }
const GENTOO = { revision: 'a'.repeat(40), tree: 'b'.repeat(40), time: 1 }

async function notes(lock: Omit<Lock, 'version'>) {
  folder.write({
    ...GOOD,
    'portage.global/repos.conf': '[gentoo]\n[own]\n',
    'stage4.defines/den/stage3': 'desk',
    'stage4.defines/den/profile': 'default',
  })
  const data = join(folder.path, 'data')
  const layout = layoutOf(data)
  // Nothing is unpacked here: a container that is opened, or a step that runs, is a mistake.
  const run = { data, layout, steps: new StepStore(layout), signal: new AbortController().signal } as unknown as Run
  const report = await newsFor(await readConfig(folder.path), { version: 1, ...lock }, run)
  expect(report).toMatchObject({ items: [], advisories: [] })
  return report.notes
}

test('nobody, before a profile is bootstrapped', async () => {
  expect(await notes({ profiles: {}, repositories: {} })).toEqual([
    'The news for den, home cannot be told: the profile default has not been bootstrapped.',
  ])
})

test('nobody, before all repositories are synced', async () => {
  expect(await notes({ profiles: { default: PROFILE }, repositories: { gentoo: GENTOO } })).toEqual([
    'The news for den, home cannot be told: own has not been synced here yet.',
  ])
})

test('nobody, where the stage3 is on another host', async () => {
  expect(await notes({ profiles: { default: PROFILE }, repositories: { gentoo: GENTOO, own: GENTOO } })).toEqual([
    'The news for den, home cannot be told: the stage3 of default is not in this data directory.',
  ])
})
