import { afterAll, beforeAll, expect, test } from 'vitest'
import { join } from 'node:path'
import { changesBetween } from './changes.ts'
import { repositoryFacts } from './facts.ts'
import { makeWork, makeWorld, type Work, type World } from './repository.testkit.ts'

let world: World
let work: Work

beforeAll(async () => {
  world = await makeWorld()
})

beforeAll(async () => {
  work = await makeWork(world)
})

afterAll(() => world.remove())

const at = () => ({ gitDir: join(work.path, '.git'), signal: world.signal })

test('two revisions, by packages', async () => {
  const from = await work.commit({
    'dev-libs/foo/foo-1.ebuild': '1',
    'dev-libs/foo/foo-2.ebuild': '2',
    'k\u00e4se\n': 'x',
    'metadata/md5-cache/dev-libs/foo-1': '1',
    'metadata/md5-cache/dev-libs/foo-2': '2',
    'sys-apps/bar/bar-1.ebuild': '1',
    'licenses/MIT': '',
  })
  await work.git('mv', 'dev-libs/foo/foo-1.ebuild', 'dev-libs/foo/foo-10.ebuild')
  await work.git('rm', '--quiet', 'licenses/MIT')
  const to = await work.commit({
    'dev-libs/foo/foo-9.ebuild': '9',
    'metadata/md5-cache/dev-libs/foo-2': '2 changed',
    'sys-apps/bar/bar-1.ebuild': 'changed',
    'k\u00e4se\n': 'y',
    'eclass/multi.eclass': '',
  })
  const none = { added: [], removed: [], changed: [], metadata: [], files: false }
  expect(await changesBetween(from, to, at())).toEqual({
    packages: [
      { ...none, name: 'dev-libs/foo', added: ['9', '10'], removed: ['1'], metadata: ['2'] },
      { ...none, name: 'sys-apps/bar', changed: ['1'] },
    ],
    eclasses: ['multi'],
    profiles: false,
    other: 2,
  })
  expect(await changesBetween(to, to, at())).toEqual({ packages: [], eclasses: [], profiles: false, other: 0 })
  await expect(changesBetween(from, '1'.repeat(40), at())).rejects.toMatchObject({ code: 'command-failed' })
})

test('what a repository says of itself', async () => {
  work = await makeWork(world)
  const bare = await work.commit({ 'profiles/repo_name': 'nice\n', 'a/b/b-1.ebuild': '', 'a/b/b-2.ebuild': '' })
  expect(await repositoryFacts(bare, at())).toEqual({
    name: 'nice',
    masters: [],
    inheritsMain: true,
    cacheFormats: [],
    ebuilds: 2,
    entries: 0,
    cached: false,
  })
  const half = await work.commit({
    'metadata/layout.conf': '# masters = no\nmasters =  gentoo  other \ncache-formats = MD5-dict pms\nrepo-name = x\n',
    'metadata/md5-cache/a/b-1': 'x',
    'metadata/md5-cache/a/gone-1': 'x',
  })
  const said = { name: 'nice', masters: ['gentoo', 'other'], inheritsMain: false, cacheFormats: ['md5-dict', 'pms'] }
  expect(await repositoryFacts(half, at())).toEqual({ ...said, ebuilds: 2, entries: 1, cached: false })
  const whole = await work.commit({ 'metadata/md5-cache/a/b-2': 'x' })
  expect(await repositoryFacts(whole, at())).toMatchObject({ entries: 2, cached: true })
  const other = await work.commit({ 'metadata/layout.conf': 'masters =\ncache-formats = pms\n' })
  expect(await repositoryFacts(other, at())).toMatchObject({ masters: [], inheritsMain: false, cached: false })
  await work.git('rm', '-r', '--quiet', '.')
  const empty = await work.commit({ 'metadata/layout.conf': 'repo-name = late\n' })
  expect(await repositoryFacts(empty, at())).toMatchObject({ name: 'late', ebuilds: 0, cached: true })
})
