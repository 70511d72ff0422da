import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../system/process.ts'
import { diskUse, dropSnapshots, keptSnapshots } from './kept-snapshots.ts'
import { fetchPinned, fetchRepository } from './repository.ts'
import { makeWork, makeWorld, type World } from './repository.testkit.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})

afterAll(() => world.remove())

test('no mirror has nothing', async () => {
  const nowhere = { gitDir: world.fresh('none'), signal: world.signal }
  expect(await keptSnapshots(nowhere)).toEqual([])
  expect(await dropSnapshots(['1'.repeat(40)], nowhere)).toEqual({ dropped: 0, freed: 0 })
  expect(await diskUse(nowhere.gitDir)).toBe(0)
})

test(
  'the newest first, with what is known of each; dropped ones give back their room',
  { timeout: 30_000 },
  async () => {
    const gitDir = world.fresh('mirror')
    const options = { gitDir, signal: world.signal }
    const work = await makeWork(world)
    const source = world.source({ uri: work.path })
    const take = async (time: number, verify = true) => {
      await writeFile(join(work.path, 'random'), randomBytes(300_000))
      await work.commit({ a: String(time) }, { time })
      return await fetchRepository({ ...source, verify }, options)
    }
    const taken = [await take(1_700_000_000), await take(1_700_000_200), await take(1_700_000_100, false)]
    const [first, second, third] = taken.map(({ revision, tree, time }) => ({ revision, tree, time, type: 'git' }))
    const signedBy = world.key
    expect(await keptSnapshots(options)).toEqual([{ ...second, signedBy }, third, { ...first, signedBy }])

    const before = await diskUse(gitDir)
    const gone = [first?.revision ?? '', third?.revision ?? '', 'f'.repeat(40)]
    const { dropped, freed } = await dropSnapshots(gone, options)
    expect(dropped).toBe(2)
    expect(freed).toBeGreaterThan(550_000)
    expect(Math.abs((await diskUse(gitDir)) - (before - freed))).toBeLessThan(10_000)
    expect(await keptSnapshots(options)).toEqual([{ ...second, signedBy }])
    expect(await readdir(join(gitDir, 'gentoomuch', 'kept'))).toEqual([`${second?.revision}.json`])
    expect((await run(['git', '--git-dir', gitDir, 'fsck', '--full'])).stdout).toBe('')
    // What is left is whole, and more can be fetched.
    const pin = { revision: '', tree: '', time: 0, ...second, type: 'git' as const }
    expect((await fetchPinned({ ...source, uri: '/nowhere' }, pin, options)).revision).toBe(second?.revision)
    expect((await take(1_700_000_300)).time).toBe(1_700_000_300)

    expect(await dropSnapshots([second?.revision ?? ''], options)).toMatchObject({ dropped: 1 })
    expect(await dropSnapshots([second?.revision ?? ''], options)).toEqual({ dropped: 0, freed: 0 })
  },
)

test('what an earlier version kept came by git', async () => {
  const gitDir = world.fresh('mirror')
  const work = await makeWork(world)
  const id = await work.commit({ a: '1' })
  await run(['git', 'clone', '--quiet', '--bare', work.path, gitDir])
  await run(['git', '--git-dir', gitDir, 'update-ref', `refs/gentoomuch/verified/${id}`, id])
  expect(await keptSnapshots({ gitDir, signal: world.signal })).toMatchObject([{ revision: id, type: 'git' }])
})
