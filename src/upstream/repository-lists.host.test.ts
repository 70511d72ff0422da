import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changesBetween } from './changes.ts'
import { repositoryFacts } from './facts.ts'
import { hasRevision, makeDefaultsOf } from './repository-lists.ts'
import { archiveRepository } from './repository.ts'
import { makeWork, makeWorld, type World } from './repository.testkit.ts'

let world: World
let gitDir: string
let id: string

beforeAll(async () => {
  world = await makeWorld()
  const work = await makeWork(world)
  const use = (value: string) => `# x\nUSE_EXPAND="${value}"\n`
  id = await work.commit({
    'profiles/base/make.defaults': use('A'),
    'profiles/also/make.defaults': use('A'),
    'profiles/other/make.defaults': use('B'),
    'profiles/plain/make.defaults': 'CFLAGS="-O2"\n',
    'profiles/make.defaults.old': use('C'),
  })
  gitDir = join(work.path, '.git')
})

afterAll(() => world.remove())

const at = (where = gitDir) => ({ gitDir: where, signal: world.signal })

/** Options, names, expressions and paths. */
const NO_IDS = ['--batch', '--output=x', 'HEAD', 'refs/heads/main', ':/m', '../../../x', '', '1'.repeat(39)]

test('whether a mirror has a revision', async () => {
  expect(await hasRevision(id, at())).toBe(true)
  for (const none of ['1'.repeat(40), `${id}\n`, ...NO_IDS]) expect(await hasRevision(none, at()), none).toBe(false)
  const empty = world.fresh('empty')
  expect(await hasRevision(id, at(empty))).toBe(false)
  await mkdir(empty)
  expect(await hasRevision(id, at(empty))).toBe(false)
})

test('the make.defaults that name groups, each once', async () => {
  const found = await makeDefaultsOf(id, at())
  expect(found.map((text) => text.trim()).toSorted()).toEqual(['# x\nUSE_EXPAND="A"', '# x\nUSE_EXPAND="B"'])
})

test.each(NO_IDS)('%j, which is no commit id, reaches neither git nor a path', async (revision) => {
  const refused = {
    code: 'bad-revision',
    message: `gentoomuch.lock names ${JSON.stringify(revision)} as a revision, which is no commit id.`,
    hint: 'restore gentoomuch.lock from git, or run gentoomuch sync',
    exit: 2,
  }
  const before = await readdir(gitDir)
  await expect(makeDefaultsOf(revision, at())).rejects.toMatchObject(refused)
  await expect(repositoryFacts(revision, at())).rejects.toMatchObject(refused)
  await expect(changesBetween(revision, id, at())).rejects.toMatchObject(refused)
  await expect(changesBetween(id, revision, at())).rejects.toMatchObject(refused)
  expect(() => archiveRepository({ name: 'overlay', revision }, at())).toThrow(refused.message)
  expect(await readdir(gitDir)).toEqual(before)
})
