import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lock } from '../config/lock.ts'
import type { Repository } from '../portage/model.ts'
import { cacheFolder } from '../system/cache.ts'
import { run } from '../system/process.ts'
import { ensurePinned, repositorySource } from './pinned.ts'
import { fetchRepository } from './repository.ts'
import { makeWork, makeWorld, type World } from './repository.testkit.ts'

let world: World
let folder: string
let bare: string

beforeAll(async () => {
  world = await makeWorld()
  folder = world.fresh('folder')
  bare = world.fresh('bare')
  await mkdir(join(folder, 'inside'), { recursive: true })
  await run(['git', 'init', '--quiet', '--template=', folder])
  await run(['git', 'init', '--quiet', '--bare', '--template=', bare])
})

afterAll(() => world.remove())

const repository = (more: Partial<Repository>): Repository => ({
  name: 'overlay',
  location: '/var/db/repos/overlay',
  syncType: undefined,
  syncUri: undefined,
  main: false,
  autoSync: true,
  verify: { git: true, webrsync: true, rsync: true },
  options: {},
  ...more,
})
const config = (here: readonly (readonly [string, string])[] = []) => ({
  path: join(world.root, 'config'),
  env: { repositories: new Map(here), mirrors: ['/mirror'], keyServer: undefined },
})
const source = (more: Partial<Repository>, here?: readonly (readonly [string, string])[]) =>
  repositorySource(config(here), repository(more), world.signal)

test('the sync-type decides; without one a path is what lies there', async () => {
  const types = async (more: Partial<Repository>) => (await source(more)).type
  for (const syncType of ['git', 'rsync'] as const)
    expect(await types({ syncType, syncUri: join(folder, 'inside') })).toBe(syncType)
  expect(await types({ syncType: 'webrsync' })).toBe('webrsync')
  expect(await types({ syncUri: folder })).toBe('git')
  expect(await types({ syncUri: bare })).toBe('git')
  expect(await types({ syncUri: `file://${bare.replaceAll(' ', '%20')}` })).toBe('git')
  // Inside a repository is not a repository.
  expect(await types({ syncUri: join(folder, 'inside') })).toBe('folder')
  expect(await types({ syncType: '', syncUri: '/nowhere' })).toBe('folder')
  expect(await types({ syncUri: 'rsync://example.org/x' })).toBe('rsync')
  expect(await types({ syncUri: 'https://example.org/x.git' })).toBe('git')
})

test('what the source is made of; env/repositories outranks repos.conf', async () => {
  const expected = {
    name: 'overlay',
    type: 'webrsync',
    uri: '',
    verify: true,
    mirrors: ['/mirror', 'https://distfiles.gentoo.org'],
  }
  const { keys, ...found } = await source({ syncType: 'webrsync' })
  expect(found).toEqual(expected)
  expect(keys).toEqual({
    trustedKeys: join(world.root, 'config/env/trusted.keys'),
    fetched: join(cacheFolder(), 'keys'),
    signal: world.signal,
  })
  const here = await source({ syncType: 'git', syncUri: 'https://example.org/x.git' }, [['overlay', bare]])
  expect(here).toMatchObject({ type: 'git', uri: bare })
})

test('env/repositories gives another address; what is git stays git, whatever lies there', async () => {
  const plain = join(folder, 'inside')
  const typeAt = async (syncType: string | undefined, uri: string) =>
    (await source({ syncType, syncUri: 'rsync://example.org/x' }, [['overlay', uri]])).type
  for (const uri of [folder, bare, plain, '/nowhere', 'https://example.org/x.git'])
    expect(await typeAt('git', uri), uri).toBe('git')
  for (const syncType of ['rsync', 'webrsync', 'svn', '', undefined]) {
    expect(await typeAt(syncType, bare)).toBe('git')
    expect(await typeAt(syncType, plain)).toBe('folder')
    expect(await typeAt(syncType, 'rsync://example.org/y')).toBe('rsync')
    expect(await typeAt(syncType, 'https://example.org/x.git')).toBe('git')
  }
})

test('signatures count as repos.conf says for the type that is used', async () => {
  const only = (type: 'git' | 'webrsync' | 'rsync') => ({ git: false, webrsync: false, rsync: false, [type]: true })
  const uris = { git: bare, folder: join(folder, 'inside'), rsync: 'rsync://example.org/x' }
  const verified = async (type: 'git' | 'webrsync' | 'rsync', uri: string) => {
    const { type: used, verify } = await source({ syncType: 'rsync', verify: only(type) }, [['overlay', uri]])
    return [used, verify]
  }
  expect(await verified('git', uris.git)).toEqual(['git', true])
  expect(await verified('rsync', uris.git)).toEqual(['git', false])
  expect(await verified('git', uris.folder)).toEqual(['folder', true])
  expect(await verified('rsync', uris.folder)).toEqual(['folder', false])
  expect(await verified('rsync', uris.rsync)).toEqual(['rsync', true])
  expect(await verified('git', uris.rsync)).toEqual(['rsync', false])
  expect(await source({ syncType: 'webrsync', verify: only('webrsync') })).toMatchObject({ verify: true })
  expect(await source({ syncType: 'webrsync', verify: only('git') })).toMatchObject({ verify: false })
})

test('a key server is asked only where one is named', async () => {
  const named = { ...config(), env: { ...config().env, keyServer: 'hkps://keys.example.org' } }
  const { keys } = await repositorySource(named, repository({ syncType: 'webrsync' }), world.signal)
  expect(keys.fetchKey).toBeTypeOf('function')
})

test('what cannot be synced', async () => {
  await expect(source({ syncType: 'svn', syncUri: 'svn://example.org' })).rejects.toMatchObject({
    code: 'unknown-sync-type',
    message: 'overlay has sync-type svn; what can be synced is git, webrsync, rsync and plain folders.',
    hint: 'say sync-type = git and a git address as sync-uri in the [overlay] section, or no sync-type and the absolute path of a folder',
    exit: 2,
  })
  for (const syncType of ['git', undefined])
    await expect(source({ syncType })).rejects.toMatchObject({
      code: 'no-sync-uri',
      message: 'repos.conf has no sync-uri for overlay.',
    })
})

test('ensurePinned: each at exactly what the lock says', async () => {
  const work = await makeWork(world)
  await work.commit({ a: '1' })
  const layout = { git: world.fresh('git') }
  const overlay = repository({
    syncType: 'git',
    syncUri: work.path,
    verify: { git: false, webrsync: true, rsync: true },
  })
  const options = { gitDir: join(layout.git, 'overlay'), signal: world.signal }
  const { revision, tree, time } = await fetchRepository(world.source({ uri: work.path, verify: false }), options)
  const lock = (more: object = {}): Lock => ({
    version: 1,
    profiles: {},
    repositories: { overlay: { revision, tree, time, ...more } },
  })
  const ensure = (wanted: Lock) => ensurePinned(config(), wanted, [overlay], { layout, signal: world.signal })
  await ensure(lock())
  await expect(ensure(lock({ time: 1 }))).rejects.toMatchObject({ code: 'lock-mismatch', exit: 3 })
  await expect(ensure({ ...lock(), repositories: {} })).rejects.toMatchObject({
    code: 'not-synced',
    message: 'The repository overlay has not been synced yet.',
    hint: 'gentoomuch sync',
  })
})
