import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { serveFolder } from '../../tests/kit/mirror-server.ts'
import { run } from '../system/process.ts'
import { keptSnapshots } from './kept-snapshots.ts'
import { keptFacts } from './repository-mirror.ts'
import { fetchPinned, fetchRepository } from './repository.ts'
import { writeFiles } from '../system/files.testkit.ts'
import { makeWorld, type World } from './repository.testkit.ts'

/** 2026-01-16 00:45:01 UTC: what mirrors call the snapshot of the 15th. */
const TIME = 1_768_524_301
let world: World
let mirror: string
let gitDir: string

beforeAll(async () => {
  world = await makeWorld()
})

afterAll(() => world.remove())

beforeEach(async () => {
  mirror = world.fresh('root')
  gitDir = world.fresh('mirror')
  await mkdir(join(mirror, 'snapshots'), { recursive: true })
})

const at = (name: string) => join(mirror, 'snapshots', name)
const source = (more: Parameters<World['source']>[0] = {}) =>
  world.source({ type: 'webrsync', mirrors: [mirror], ...more })
const options = () => ({ gitDir, signal: world.signal })
const fetch = (more: Parameters<World['source']>[0] = {}) => fetchRepository(source(more), options())

interface Made {
  readonly time?: number
  readonly names?: readonly string[]
  readonly by?: string
  readonly content?: string
}

/** A snapshot under these names, signed. */
async function publish({ time = TIME, names = ['latest', '20260115'], by, content = '1' }: Made = {}): Promise<void> {
  const top = join(world.fresh('tree'), 'overlay')
  await writeFiles(top, {
    'profiles/repo_name': 'overlay\n',
    'metadata/timestamp.x': `${time} in words\n`,
    'dev-libs/foo/foo-1.ebuild': content,
  })
  const archive = at('made')
  await run(['tar', '-C', dirname(top), '-cJf', archive, '--mtime=@5', 'overlay'])
  for (const name of names) {
    await cp(archive, at(`overlay-${name}.tar.xz`))
    await sign(at(`overlay-${name}.tar.xz`), by)
  }
  await rm(archive)
}

async function sign(file: string, by: string = world.key): Promise<void> {
  await rm(`${file}.gpgsig`, { force: true })
  await world.keys.gpg('--local-user', by, '--armor', '--output', `${file}.gpgsig`, '--detach-sign', file)
}

test('the newest: verified, taken in, and under which name it can be fetched again', async () => {
  await publish()
  const found = await fetch()
  expect(found).toMatchObject({ type: 'webrsync', time: TIME, primary: world.key, from: 'overlay-20260115.tar.xz' })
  expect(await keptFacts(gitDir, found.revision)).toEqual({
    type: 'webrsync',
    signedBy: world.key,
    from: 'overlay-20260115.tar.xz',
  })
  const listed = await run(['git', '--git-dir', gitDir, 'ls-tree', '-r', '--name-only', found.revision])
  expect(listed.stdout).toBe('dev-libs/foo/foo-1.ebuild\nmetadata/timestamp.x\nprofiles/repo_name\n')
  expect(await readdir(join(gitDir, 'gentoomuch'))).toEqual(['kept'])
})

test('a mirror that has the newest under no name of its own', async () => {
  await publish({ names: ['latest'] })
  await publish({ names: ['20260115', '20260116'], content: 'another' })
  expect(await fetch()).not.toHaveProperty('from')
})

test('where a download folder is given, nothing stays in it', async () => {
  await publish()
  const downloads = world.fresh('downloads')
  await fetchRepository(source(), { ...options(), downloads })
  expect(await readdir(downloads)).toEqual([])
})

test('another host makes the same of the locked name', async () => {
  await publish()
  const { primary: signedBy = '', ...found } = await fetch()
  await publish({ names: ['latest'], time: TIME + 86_400, content: '2' })
  gitDir = world.fresh('mirror')
  const { signal } = world
  const again = await fetchPinned(source(), { ...found, signedBy }, { gitDir, signal })
  expect(again).toEqual({ ...found, primary: signedBy })
  // Kept, it needs no mirror.
  expect(await fetchPinned(source({ mirrors: [] }), { ...found, signedBy }, { gitDir, signal })).toEqual(again)

  gitDir = world.fresh('mirror')
  await publish({ names: ['20260115'], content: '3' })
  await expect(fetchPinned(source(), found, { gitDir, signal })).rejects.toMatchObject({
    code: 'lock-mismatch',
    message: `The mirror's overlay-20260115.tar.xz is not the state ${found.revision} of overlay that gentoomuch.lock names.`,
    hint: 'take it from another mirror, or gentoomuch sync overlay',
    exit: 3,
  })
  await rm(join(mirror, 'snapshots'), { recursive: true })
  await expect(fetchPinned(source(), found, { gitDir, signal })).rejects.toMatchObject({
    code: 'repository-gone',
    message:
      'The state of overlay that gentoomuch.lock names is not in this data directory, and it came as overlay-20260115.tar.xz, which no mirror has any more.',
  })
  const { from, ...nameless } = found
  expect(from).toBe('overlay-20260115.tar.xz')
  await expect(fetchPinned(source(), nameless, { gitDir, signal })).rejects.toMatchObject({ code: 'repository-gone' })
})

test('a kept one is believed as long as its key is', async () => {
  await publish()
  const found = await fetch()
  const trustedKeys = world.fresh('trusted')
  await writeFiles(trustedKeys, { 'snapshot/overlay/s.asc': String(await world.keys.publicKey(world.stranger)) })
  const other = source({ keys: { ...source().keys, trustedKeys } })
  await expect(fetchPinned(other, found, options())).rejects.toMatchObject({
    code: 'snapshot-wrong-key',
    message: `The state ${found.revision} of overlay was signed by ${world.key}, a key that may not sign a snapshot now.`,
    hint: 'put that key into env/trusted.keys/snapshot/overlay, or gentoomuch sync overlay',
    exit: 3,
  })
})

test('unsigned, signed by a stranger, changed', async () => {
  await publish({ by: world.stranger })
  await expect(fetch()).rejects.toMatchObject({ code: 'snapshot-unknown-key', exit: 3 })
  await publish()
  await writeFile(at('overlay-latest.tar.xz'), 'x', { flag: 'a' })
  await expect(fetch()).rejects.toMatchObject({ code: 'snapshot-bad-signature', exit: 3 })
  await rm(at('overlay-latest.tar.xz.gpgsig'))
  await expect(fetch()).rejects.toMatchObject({
    code: 'snapshot-unsigned',
    message: 'The snapshot overlay-latest.tar.xz has no signature: overlay-latest.tar.xz.gpgsig is missing.',
    hint: 'take it from a mirror that has both, or say sync-webrsync-verify-signature = no to take it unverified',
    exit: 3,
  })
  await rm(at('overlay-latest.tar.xz'))
  await expect(fetch()).rejects.toMatchObject({ code: 'mirrors-failed', exit: 1 })
  expect(await readdir(join(gitDir, 'objects', 'pack'))).toEqual([])
})

test('taken as it is where repos.conf waives signatures; then nothing says that it is one, later', async () => {
  await publish({ names: ['latest'] })
  await rm(at('overlay-latest.tar.xz.gpgsig'))
  const found = await fetch({ verify: false })
  expect(found).toMatchObject({ time: TIME, primary: undefined })
  await expect(fetchPinned(source(), found, options())).rejects.toMatchObject({
    code: 'repository-unverified',
    message: `The locked state ${found.revision} of overlay was taken unverified, and repos.conf wants signatures now.`,
    hint: 'gentoomuch sync overlay',
    exit: 3,
  })
})

test('a mirror in the middle of its update is asked once more, and no more', async () => {
  await publish({ content: 'old' })
  const old = world.fresh('old')
  await rename(at('overlay-latest.tar.xz'), old)
  await publish({ content: 'new' })
  const now = world.fresh('now')
  await rename(at('overlay-latest.tar.xz'), now)
  const server = await serveFolder(mirror)
  try {
    let archives = 0
    server.fault('/snapshots/overlay-latest.tar.xz', {
      before: async () => {
        archives += 1
        await cp(archives === 1 ? old : now, at('overlay-latest.tar.xz'))
      },
    })
    expect(await fetch({ mirrors: [server.url] })).toMatchObject({ time: TIME })
    expect(archives).toBe(2)
    await cp(old, now)
    await expect(fetch({ mirrors: [server.url] })).rejects.toMatchObject({ code: 'snapshot-bad-signature' })
    expect(archives).toBe(4)
  } finally {
    await server.close()
  }
})

test('mirrors in turn, until one has both the archive and its signature', async () => {
  await publish()
  const [empty, half] = [world.fresh('empty'), world.fresh('half')]
  await mkdir(join(half, 'snapshots'), { recursive: true })
  await cp(at('overlay-latest.tar.xz.gpgsig'), join(half, 'snapshots', 'overlay-latest.tar.xz.gpgsig'))
  const failed: string[] = []
  const onMirror = ({ root }: { readonly root: string }) => void failed.push(root)
  await fetchRepository(source({ mirrors: [empty, half, mirror] }), { ...options(), onMirror })
  expect(failed).toEqual([empty, half])
})

test('no mirror at all', async () => {
  await expect(fetch({ mirrors: [] })).rejects.toMatchObject({
    code: 'no-mirrors',
    message: 'overlay has sync-type webrsync, and no mirror is known to fetch it from.',
    hint: 'put a mirror of Gentoo, one a line, into env/mirrors',
  })
})

test('an older one than what is locked is kept away', async () => {
  await publish()
  const locked = await fetch()
  await publish({ time: TIME - 86_400, names: ['latest'] })
  await expect(fetchRepository(source(), { ...options(), locked })).rejects.toMatchObject({
    code: 'repository-older',
    message:
      'The newest state of overlay that was found is from 2026-01-15T00:45:01.000Z, older than the locked one from 2026-01-16T00:45:01.000Z.',
    hint: 'try another mirror, or take an older state on purpose: gentoomuch sync overlay --to DAY',
    exit: 3,
  })
  const before = { ...locked, type: 'git' as const }
  await expect(fetchRepository(source(), { ...options(), locked: before })).resolves.toMatchObject({
    time: TIME - 86_400,
  })
})

test('a time to come is refused, and nothing of it is kept', async () => {
  await publish({ time: Math.floor(Date.now() / 1000) + 2 * 86_400 })
  await expect(fetch()).rejects.toMatchObject({ code: 'repository-future', exit: 3 })
  await expect(fetch({ verify: false })).rejects.toMatchObject({ code: 'repository-future', exit: 3 })
  expect(await keptSnapshots(options())).toEqual([])
})

test('what is signed and no repository', async () => {
  const file = at('overlay-latest.tar.xz')
  await writeFile(file, 'not xz')
  await sign(file)
  await expect(fetch()).rejects.toMatchObject({ code: 'command-failed' })
})
