import { mkdir, mkdtemp, readdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Config } from '../config/model.ts'
import { layoutOf } from '../store/layout.ts'
import { statMark } from '../system/stat-mark.ts'
import { markOf, reachedBefore, rememberReached, signerPaths, type Asked } from './settled.ts'

let folder: string
let asked: Asked
let published: string
const reached = () => [{ machine: 'porch', folder: published }]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-settled-'))
  asked = { config: join(folder, 'config'), data: join(folder, 'data'), machines: [], unsigned: false }
  await mkdir(join(asked.config, 'env'), { recursive: true })
  await writeFile(join(asked.config, 'env/jobs'), '2\n')
  published = join(layoutOf(asked.data).stages, 'porch', 'BUILD')
  await mkdir(published, { recursive: true })
  await writeFile(join(published, 'stage4-amd64-porch-1.tar.zst'), 'bytes')
  await writeFile(join(published, 'stage4-amd64-porch-1.tar.zst.asc'), 'signature')
  await symlink('BUILD', join(published, '../latest'))
  // Until any later change shows in a file's times.
  await sleep(80)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The signer's home. */
const home = () => join(folder, 'keys')
const marks = () => {
  const paths = signerPaths({ env: { signer: { key: 'k', home: home() } } } as Config)
  return { mark: markOf(asked), besides: { paths, mark: statMark(paths) } }
}
const again = (other: Partial<Asked> = {}, now?: number) =>
  reachedBefore({ ...asked, ...other }, markOf({ ...asked, ...other }), now)

test('nothing is known before anything was built', async () => {
  expect(await again()).toBeUndefined()
})

test('while nothing changes, the same call has the same builds', async () => {
  await rememberReached(asked, marks(), reached())
  expect(await again()).toEqual(reached())
  expect(await again({ machines: ['porch'] })).toBeUndefined()
  expect(await again({ unsigned: true })).toBeUndefined()
})

test.each<[string, () => Promise<unknown>]>([
  ['a file of the configuration', () => writeFile(join(asked.config, 'env/jobs'), '3\n')],
  [
    "the signer's keys",
    async () => {
      await mkdir(home())
      await writeFile(join(home(), 'pubring.kbx'), '')
    },
  ],
  ['the lock', () => writeFile(join(asked.config, 'gentoomuch.lock'), '{}')],
  [
    'the build that latest names',
    async () => {
      await rm(join(published, '../latest'))
      await symlink('OTHER', join(published, '../latest'))
    },
  ],
  ['a tarball that was cut short', () => truncate(join(published, 'stage4-amd64-porch-1.tar.zst'), 3)],
  ['a signature that was removed', () => rm(join(published, 'stage4-amd64-porch-1.tar.zst.asc'))],
  ['a signature that was emptied', () => truncate(join(published, 'stage4-amd64-porch-1.tar.zst.asc'), 0)],
  ['a build that was removed', () => rm(published, { recursive: true })],
  ['a run that was killed, or is going on', () => writeFile(layoutOf(asked.data).working, 'pipeline\n')],
  [
    'what was written down',
    async () => {
      const { settled } = layoutOf(asked.data)
      for (const name of await readdir(settled)) await writeFile(join(settled, name), '{"builds":[null]}')
    },
  ],
])('after a change of %s the plan is made', async (_what, change) => {
  await rememberReached(asked, marks(), reached())
  await change()
  expect(await again()).toBeUndefined()
})

test('after an hour, and before it was written, who may sign is asked again', async () => {
  const now = Date.now()
  await rememberReached(asked, marks(), reached(), now)
  expect(await again({}, now + 59 * 60_000)).toEqual(reached())
  expect(await again({}, now + 61 * 60_000)).toBeUndefined()
  expect(await again({}, now - 1)).toBeUndefined()
})

test('a configuration that was changed just now is not relied on', async () => {
  await rememberReached(asked, marks(), reached())
  const before = markOf(asked)
  await writeFile(join(asked.config, 'env/jobs'), '4\n')
  await rememberReached(asked, marks(), reached())
  expect(await readdir(layoutOf(asked.data).settled)).toEqual([])
  expect(before.isSure).toBe(true)
})

test('goals that nobody would believe any more go when another is reached', async () => {
  await rememberReached({ ...asked, unsigned: true }, marks(), reached())
  const { settled } = layoutOf(asked.data)
  const [old = ''] = await readdir(settled)
  const long = new Date(Date.now() - 2 * 60 * 60 * 1000)
  await utimes(join(settled, old), long, long)
  await rememberReached(asked, marks(), reached())
  const left = await readdir(settled)
  expect(left).toHaveLength(1)
  expect(left).not.toContain(old)
})
