import { mkdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../system/process.ts'
import { fetchAt } from './history.ts'
import { keptSnapshots } from './kept-snapshots.ts'
import { fetchRepository } from './repository.ts'
import { writeFiles } from '../system/files.testkit.ts'
import { makeWork, makeWorld, type Work, type World } from './repository.testkit.ts'

const DAY = 86_400
/** 2026-01-01 12:00 UTC. */
const NOON = 1_767_268_800
let world: World
let gitDir: string

beforeAll(async () => {
  world = await makeWorld()
})

afterAll(() => world.remove())

beforeEach(() => {
  gitDir = world.fresh('mirror')
})

const options = () => ({ gitDir, signal: world.signal })

describe('git', () => {
  let work: Work
  const ids: string[] = []
  const source = (verify = true) => world.source({ uri: work.path, verify })

  /** One commit every 30 days; the third is not signed. The second has a branch merged that is newer than it. */
  beforeAll(async () => {
    work = await makeWork(world)
    const commit = async (at: number, by?: string) => {
      const given = { time: NOON + at * DAY, ...(by === undefined ? {} : { by }) }
      ids.push(await work.commit({ a: String(at) }, given))
    }
    await commit(0)
    await commit(30)
    await commit(60, 'nobody')
    await commit(90)
    await commit(120)
  })

  test.each([
    ['2026-01-01', 0],
    ['2026-01-01T12:00:00Z', 0],
    ['2026-01-31', 1],
    ['2026-02-15', 1],
    ['20260415', 3],
    ['2026-05-01T11:59Z', 3],
    ['2026-05-01T12:00Z', 4],
    ['2030-01-01', 4],
  ])('%s', async (text, index) => {
    const found = await fetchAt(source(), text, options())
    expect(found).toMatchObject({ revision: ids[index], primary: world.key })
    const depth = await run(['git', '--git-dir', gitDir, 'rev-list', '--count', found.revision])
    expect(depth.stdout.trim()).toBe('1')
  })

  test('what was merged later does not count, however old it is', async () => {
    const other = await makeWork(world)
    const first = await other.commit({ a: '1' }, { time: NOON })
    await other.git('checkout', '--quiet', '-b', 'side')
    const side = await other.commit({ b: '1' }, { time: NOON + DAY })
    await other.git('checkout', '--quiet', '-')
    await other.commit({ a: '2' }, { time: NOON + 5 * DAY })
    await other.git('merge', '--quiet', '--no-commit', '--no-ff', 'side')
    await other.commit({}, { time: NOON + 6 * DAY })
    const at = (text: string) => fetchAt({ ...source(), uri: other.path, verify: false }, text, options())
    expect((await at('2026-01-03')).revision).toBe(first)
    // By its name it can be had.
    expect((await at(side.slice(0, 9))).revision).toBe(side)
  })

  test('a day before the first commit', async () => {
    const error = { code: 'no-such-snapshot', exit: 2 }
    await expect(fetchAt(source(), '2025-12-31', options())).rejects.toMatchObject({
      ...error,
      message: `There is no state of overlay for 2025-12-31: nothing of it is kept here; its history begins with ${ids[0]?.slice(0, 12)} of 2026-01-01T12:00Z.`,
      hint: 'name a day, or a revision, that its history has',
    })
  })

  test('a day whose commit is not signed', async () => {
    await expect(fetchAt(source(), '2026-03-10', options())).rejects.toMatchObject({
      code: 'repository-unsigned',
      message: `The newest commit of overlay at 2026-03-10 is ${ids[2]}, which is not signed.`,
      hint: `the nearest signed one before it is ${ids[1]} of 2026-01-31T12:00Z: gentoomuch sync overlay --to ${ids[1]}`,
      exit: 3,
    })
    expect(await fetchAt(source(false), '2026-03-10', options())).toMatchObject({ revision: ids[2] })
    await expect(fetchAt(source(), ids[2] ?? '', { ...options(), gitDir: world.fresh('other') })).rejects.toMatchObject(
      {
        code: 'repository-unsigned',
        exit: 3,
      },
    )
  })

  test('nobody ever signed', async () => {
    const other = await makeWork(world)
    const id = await other.commit({ a: '1' }, { time: NOON, by: 'nobody' })
    await expect(fetchAt({ ...source(), uri: other.path }, '2026-03-10', options())).rejects.toMatchObject({
      message: `The newest commit of overlay at 2026-03-10 is ${id}, which is not signed.`,
      hint: 'none of the 0 before it is signed either: fetch overlay from an address whose commits are',
    })
  })

  test('by the beginning of a revision: from the history, then from what is kept', async () => {
    const [id = ''] = ids
    expect((await fetchAt(source(), id.slice(0, 7).toUpperCase(), options())).revision).toBe(id)
    expect((await fetchAt(world.source({ uri: '/nowhere' }), id.slice(0, 7), options())).revision).toBe(id)
    expect((await fetchAt(source(), ids[1] ?? '', options())).revision).toBe(ids[1])
    await expect(fetchAt(source(), '0000000', options())).rejects.toMatchObject({ code: 'no-such-snapshot' })
    await expect(fetchAt(world.source({ uri: '/nowhere' }), '2026-01-01', options())).rejects.toMatchObject({
      code: 'repository-fetch',
      message: 'The history of overlay could not be fetched from /nowhere.',
      exit: 1,
    })
  })

  test('what cannot be meant', async () => {
    await expect(fetchAt(source(), 'yesterday', options())).rejects.toMatchObject({
      code: 'bad-moment',
      message: '"yesterday" is neither a day, a time nor a revision.',
      hint: 'write 2026-01-15, 2026-01-15T12:00Z, or at least seven digits of a revision',
      exit: 2,
    })
  })
})

describe('webrsync', () => {
  let mirror: string
  const source = (mirrors = [mirror]) => world.source({ type: 'webrsync', mirrors })

  beforeEach(async () => {
    mirror = world.fresh('root')
    await mkdir(join(mirror, 'snapshots'), { recursive: true })
  })

  async function publish(day: string, time: number): Promise<void> {
    const tree = world.fresh('tree')
    await writeFiles(join(tree, 'top'), { 'metadata/timestamp.x': `${time} x\n` })
    const file = join(mirror, 'snapshots', `overlay-${day}.tar.xz`)
    await run(['tar', '-C', tree, '-cJf', file, 'top'])
    await world.keys.gpg('--local-user', world.key, '--output', `${file}.gpgsig`, '--detach-sign', file)
  }

  test('the file of that day; once it is here no mirror is asked', async () => {
    await publish('20260101', NOON + DAY)
    const found = await fetchAt(source(), '2026-01-01', options())
    expect(found).toMatchObject({ time: NOON + DAY, from: 'overlay-20260101.tar.xz' })
    expect(await fetchAt(source([]), '20260101', options())).toEqual(found)
    expect(await fetchAt(source([]), found.revision.slice(0, 8), options())).toEqual(found)
    await expect(fetchAt(source(), '2026-01-02', options())).rejects.toMatchObject({
      code: 'no-such-snapshot',
      message: `There is no state of overlay for overlay-20260102.tar.xz: kept here are ${found.revision.slice(0, 12)} of 2026-01-02T12:00Z.`,
      hint: 'mirrors keep snapshots for some weeks: name a later day, or one of those that are kept',
    })
    const locked = { ...found, signedBy: world.key }
    gitDir = world.fresh('mirror')
    expect(await fetchAt(source(), found.revision.slice(0, 8), { ...options(), locked })).toEqual(found)
  })

  test('another day under that name', async () => {
    await publish('20260101', NOON + 3 * DAY)
    await expect(fetchAt(source(), '2026-01-01', options())).rejects.toMatchObject({
      code: 'snapshot-other-day',
      message:
        "The snapshot overlay-20260101.tar.xz says that it is from 2026-01-04T12:00:00.000Z: it is another day's.",
      hint: 'take it from another mirror',
      exit: 3,
    })
    expect(await keptSnapshots(options())).toEqual([])
  })
})

test('of a folder there is what is kept', async () => {
  const folder = world.fresh('folder')
  const source = world.source({ type: 'folder', uri: folder })
  const put = async (time: number) => {
    await writeFiles(folder, { a: String(time) })
    await utimes(join(folder, 'a'), time, time)
    return await fetchRepository(source, options())
  }
  const found = [await put(NOON), await put(NOON + DAY), await put(NOON + 2 * DAY)]
  await rm(folder, { recursive: true })
  expect(await fetchAt(source, '2026-01-02', options())).toEqual(found[1])
  expect(await fetchAt(source, '2026-02-02', options())).toEqual(found[2])
  expect(await fetchAt(source, found[0]?.revision ?? '', options())).toEqual(found[0])
  const shown = found
    .toReversed()
    .map(({ revision, time }) => `${revision.slice(0, 12)} of 2026-01-0${(time - NOON) / DAY + 1}T12:00Z`)
  await expect(fetchAt(source, '2025-01-02', options())).rejects.toMatchObject({
    code: 'no-such-snapshot',
    message: `There is no state of overlay for 2025-01-02: kept here are ${shown.join(', ')}.`,
    hint: 'a folder has only what is in it now: name one of those that are kept',
  })
  const rsync = world.source({ type: 'rsync' })
  await expect(fetchAt(rsync, '2026-02-02', options())).rejects.toMatchObject({
    hint: 'rsync gives the newest state only: name one of those that are kept',
  })
})
