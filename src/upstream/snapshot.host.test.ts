import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { gitSetting } from '../system/git.ts'
import { writeFiles } from '../system/files.testkit.ts'
import { run } from '../system/process.ts'
import { listTree, readBlobs } from './git-objects.ts'
import { snapshotOf } from './snapshot.ts'

const { signal } = new AbortController()
let root: string
let work: string
let cacheFolder: string
let revision: string
let count = 0

const FILES: Readonly<Record<string, string>> = {
  'profiles/categories': 'dev-libs\nvirtual\n',
  'profiles/default/linux/amd64/parent': '..\n',
  'profiles/default/linux/eapi': '8\n',
  'profiles/arch.list': '# stable\namd64\n',
  'profiles/license_groups': 'FREE MIT\n',
  'sets.conf': '[big sets]\nmultiset = true\ndirectory = ${repository:big}/sets/\n',
  'sets/k\u00e4se': 'dev-libs/foo\n',
  'dev-libs/foo/foo-1.ebuild': 'EAPI=8\n',
  'dev-libs/foo/foo-2-r1.ebuild': 'EAPI=8\n',
  'dev-libs/foo/Manifest': '',
  'dev-libs/foo/files/foo-3.ebuild': '',
  'virtual/bar/bar-0.ebuild': 'EAPI=8\n',
  'metadata/md5-cache/dev-libs/foo-1': 'IUSE=+ssl\nKEYWORDS=amd64\nSLOT=0/1\n',
  'metadata/md5-cache/dev-libs/foo-2-r1': `DEPEND=${'x'.repeat(200_000)}\nIUSE=doc -ssl\nSLOT=2\n`,
  'metadata/md5-cache/dev-libs/gone-1': 'SLOT=0\n',
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  work = join(root, 'work')
  await git('init', '--quiet', '--template=', work)
  revision = await commit(FILES)
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

beforeEach(() => {
  count += 1
  cacheFolder = join(root, `cache ${count}`)
})

async function git(...args: readonly string[]): Promise<string> {
  const settings = ['user.name=T', 'user.email=t@example.org', 'gc.auto=0'].flatMap((setting) => ['-c', setting])
  const env = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
  const ran = await run(['git', ...settings, ...(args[0] === 'init' ? [] : ['-C', work]), ...args], { env })
  return ran.stdout.trim()
}

async function commit(files: Readonly<Record<string, string>>): Promise<string> {
  await writeFiles(work, files)
  await git('add', '-A')
  await git('commit', '--quiet', '-m', 'x')
  return await git('rev-parse', 'HEAD')
}

const options = (more: { revision?: string; name?: string } = {}) => ({
  gitDir: join(work, '.git'),
  revision,
  name: 'big',
  cacheFolder,
  signal,
  ...more,
})

/** As if nothing could be read: only the cache is left. */
const fromCache = () => snapshotOf({ ...options(), gitDir: join(root, 'nowhere') })

test('what a revision has, and nothing that was not committed', async () => {
  await writeFile(join(work, 'dev-libs/foo/foo-9.ebuild'), '')
  const snapshot = await snapshotOf(options())
  await rm(join(work, 'dev-libs/foo/foo-9.ebuild'))
  expect(snapshot).toMatchObject({
    repository: 'big',
    revision,
    names: ['dev-libs/foo', 'virtual/bar'],
    categories: ['dev-libs', 'virtual'],
    arches: ['amd64'],
    licenseGroups: new Map([['FREE', ['MIT']]]),
    sets: ['k\u00e4se'],
    profiles: ['default', 'default/linux', 'default/linux/amd64'],
  })
  const foo = { category: 'dev-libs', package: 'foo', repository: 'big' }
  expect(snapshot.versionsOf('dev-libs/foo')).toEqual([
    { ...foo, version: '1', slot: '0', subSlot: '1', keywords: ['amd64'], iuse: ['ssl'] },
    { ...foo, version: '2-r1', slot: '2', subSlot: '2', keywords: [], iuse: ['doc', 'ssl'] },
  ])
  expect(snapshot.versionsOf('virtual/bar')).toMatchObject([{ version: '0', slot: undefined, iuse: undefined }])
})

test('a repository without any of it', async () => {
  const empty = await git('commit-tree', '-m', 'x', await git('mktree', '--missing'))
  const snapshot = await snapshotOf(options({ revision: empty }))
  expect(snapshot).toMatchObject({
    names: [],
    categories: [],
    arches: [],
    licenseGroups: new Map(),
    sets: [],
    profiles: [],
  })
})

test('the second time it comes from the cache, and says the same', async () => {
  const [first, second] = [await snapshotOf(options()), await fromCache()]
  expect(second).toMatchObject({ ...first, versionsOf: expect.any(Function) as unknown })
  expect(second.names.map(second.versionsOf)).toEqual(first.names.map(first.versionsOf))
})

test('a damaged cache is made anew', async () => {
  await snapshotOf(options())
  const file = join(cacheFolder, 'big', revision)
  const whole = await readFile(file, 'utf8')
  const damages = [
    '',
    'x',
    whole.replace('snapshot 2 ', 'snapshot 1 '),
    whole.replace('+ssl', '+sst'),
    whole.slice(0, -1),
    `${whole} `,
  ]
  for (const damaged of damages) {
    await writeFile(file, damaged)
    await expect(fromCache()).rejects.toMatchObject({ code: 'command-failed' })
    await snapshotOf(options())
    expect(await readFile(file, 'utf8')).toBe(whole)
  }
  await truncate(file, 10)
  expect((await snapshotOf(options())).names).toHaveLength(2)
})

test('one of another revision or repository does not count', async () => {
  await snapshotOf(options())
  const whole = await readFile(join(cacheFolder, 'big', revision), 'utf8')
  const other = '2'.repeat(40)
  await writeFile(join(cacheFolder, 'big', other), whole)
  await expect(snapshotOf(options({ revision: other }))).rejects.toMatchObject({ code: 'command-failed' })
  await mkdir(join(cacheFolder, 'small'))
  await writeFile(join(cacheFolder, 'small', revision), whole)
  expect((await snapshotOf(options({ name: 'small' }))).repository).toBe('small')
})

test('only the newest revision of a repository is kept', async () => {
  await snapshotOf(options())
  await snapshotOf(options({ name: 'small' }))
  const next = await commit({ 'dev-libs/new/new-1.ebuild': '' })
  const snapshot = await snapshotOf(options({ revision: next }))
  expect(snapshot.names).toContain('dev-libs/new')
  expect(await readdir(join(cacheFolder, 'big'))).toEqual([next])
  expect(await readdir(join(cacheFolder, 'small'))).toEqual([revision])
})

test('a cache that cannot be written only costs time', async () => {
  await writeFile(cacheFolder, 'a file stands here')
  expect((await snapshotOf(options())).names).toHaveLength(2)
})

test('mistakes of the caller', async () => {
  await expect(snapshotOf(options({ revision: 'HEAD' }))).rejects.toMatchObject({ code: 'bad-revision' })
  await expect(snapshotOf(options({ name: '../x' }))).rejects.toThrow('not the name of a repository: ../x')
})

test('an interrupted one leaves nothing', async () => {
  const stopped = AbortSignal.abort()
  await expect(snapshotOf({ ...options(), signal: stopped })).rejects.toMatchObject({ code: 'interrupted' })
  await expect(readdir(cacheFolder)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('files of every kind, byte for byte', async () => {
  const contents = ['', '\n', 'a blob 3\n', '\0\xff'.repeat(70_000), 'last']
  await symlink('/etc/passwd', join(work, 'link'))
  const id = await commit(Object.fromEntries(contents.map((content, index) => [`kinds/${index}\n\t`, content])))
  const setting = gitSetting(join(work, '.git'))
  const found = new Map<string, string>()
  await listTree(setting, id, (entry) => void found.set(entry.path, entry.id), signal)
  expect(found.has('link')).toBe(true)
  const ids = contents.map((_content, index) => found.get(`kinds/${index}\n\t`) ?? '')
  const read: string[] = []
  await readBlobs(setting, ids, (content, index) => void (read[index] = content.toString()), signal)
  expect(read).toEqual(contents)
})

test('an object that is not there is named', async () => {
  const missing = '3'.repeat(40)
  await expect(readBlobs(gitSetting(join(work, '.git')), [missing], () => {}, signal)).rejects.toMatchObject({
    code: 'mirror-damaged',
    message: `The mirror of an ebuild repository is damaged; git says: ${missing} missing.`,
    exit: 1,
  })
})
