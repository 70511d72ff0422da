import { chmod, cp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { exists } from '../system/files.ts'
import { run } from '../system/process.ts'
import { UserError } from '../errors.ts'
import { fetchAt } from './history.ts'
import { keptSnapshots } from './kept-snapshots.ts'
import { maskedFailure } from './repository-git.ts'
import { keptFacts } from './repository-mirror.ts'
import { archiveRepository, fetchPinned, fetchRepository } from './repository.ts'
import type { Pinned, RepositorySnapshot } from './repository.ts'
import { writeFiles } from '../system/files.testkit.ts'
import { makeWork, makeWorld, type Work, type World } from './repository.testkit.ts'

let world: World
let work: Work
let gitDir: string
let signal: AbortSignal

beforeAll(async () => {
  world = await makeWorld()
  signal = world.signal
})

afterAll(() => world.remove())

beforeEach(async () => {
  work = await makeWork(world)
  gitDir = world.fresh('mirror')
})

const source = (uri = work.path) => world.source({ uri })
const commit = (file: string, content: string, by?: string) =>
  work.commit({ [file]: content }, by === undefined ? {} : { by })

async function list(snapshot: RepositorySnapshot): Promise<{ tar: Buffer; names: string[] }> {
  const tar = await buffer(archiveRepository(snapshot, { gitDir, signal }))
  const listed = await run(['tar', '-tvf', '-', '--numeric-owner'], { input: tar })
  return { tar, names: listed.stdout.trim().split('\n') }
}

describe('fetchRepository', () => {
  test('the signed head of a repository, by path and by file://, one commit deep', async () => {
    await commit('a', '1')
    const id = await commit('a', '2')
    const tree = await work.git('rev-parse', 'HEAD^{tree}')
    const expected = { name: 'overlay', type: 'git', revision: id, time: 1700000000, tree, primary: world.key }
    expect(await fetchRepository(source(), { gitDir, signal })).toEqual(expected)
    expect(await fetchRepository(source(`file://${work.path.replaceAll(' ', '%20')}`), { gitDir, signal })).toEqual(
      expected,
    )
    const depth = await run(['git', '--git-dir', gitDir, 'rev-list', '--count', id])
    expect(depth.stdout.trim()).toBe('1')
  })

  test('a repository that is shallow itself, as Portage keeps it', async () => {
    await commit('a', '1')
    const id = await commit('a', '2')
    const shallow = world.fresh('shallow')
    await run(['git', 'clone', '--quiet', '--depth=1', `file://${work.path}`, shallow])
    expect((await fetchRepository(source(shallow), { gitDir, signal })).revision).toBe(id)
    const next = await commit('a', '3')
    expect((await fetchRepository(source(), { gitDir, signal })).revision).toBe(next)
  })

  test('unsigned, taken as it is where repos.conf waives signatures', async () => {
    const id = await commit('a', '1', 'nobody')
    const found = await fetchRepository({ ...source(), verify: false }, { gitDir, signal })
    expect(found).toMatchObject({ revision: id, primary: undefined })
    expect(await keptFacts(gitDir, id)).toEqual({ type: 'git' })
  })

  test('changes that are not committed do not count, and are told', async () => {
    const id = await work.commit({ a: '1', '.gitignore': '*.swp\n' })
    await writeFile(join(work.path, 'a.swp'), '')
    expect(await fetchRepository(source(), { gitDir, signal })).not.toHaveProperty('dirty')
    for (const file of ['a', 'new']) {
      await writeFile(join(work.path, file), 'other')
      const found = await fetchRepository(source(), { gitDir, signal })
      expect(found, file).toMatchObject({ revision: id, dirty: true })
      await rm(join(work.path, file))
      await work.git('checkout', '--', 'a')
    }
    expect(await fetchRepository(source(), { gitDir, signal })).not.toHaveProperty('dirty')
  })

  test('a change in the very second of the commit, of the same size', async () => {
    const second = async (path: string) => Math.floor((await stat(join(work.path, path))).mtimeMs / 1000)
    const changedInTime = async (content: string): Promise<void> => {
      await commit('a', content)
      await writeFile(join(work.path, 'a'), 'x')
      if ((await second('a')) !== (await second('.git/index'))) await changedInTime(content === '1' ? '2' : '1')
    }
    await changedInTime('1')
    await sleep(1000)
    expect(await fetchRepository(source(), { gitDir, signal })).toMatchObject({ dirty: true })
  })

  test('no program that a local repository names is run', async () => {
    await work.commit({ a: '1', '.gitattributes': '* filter=odd\n' })
    const evil = `touch '${world.root}/filtered'`
    for (const name of ['filter.odd.clean', 'filter.odd.process', 'core.fsmonitor'])
      await work.git('config', name, evil)
    await writeFile(join(work.path, 'a'), '2')
    expect(await fetchRepository(source(), { gitDir, signal })).toMatchObject({ dirty: true })
    expect(await exists(join(world.root, 'filtered'))).toBe(false)
  })

  test('unsigned', async () => {
    await commit('a', '1', 'nobody')
    await expect(fetchRepository(source(), { gitDir, signal })).rejects.toMatchObject({
      code: 'repository-unsigned',
      exit: 3,
    })
  })

  test('signed by a stranger', async () => {
    await commit('a', '1', world.stranger)
    await expect(fetchRepository(source(), { gitDir, signal })).rejects.toMatchObject({
      code: 'repository-unknown-key',
      exit: 3,
    })
  })

  test('a signature moved onto another commit', async () => {
    const id = await commit('a', '1')
    const raw = await work.git('cat-file', 'commit', id)
    const forged = world.fresh('forged')
    await writeFile(forged, `${raw.replace('1700000000', '1700000001')}\n`)
    const other = await work.git('hash-object', '-t', 'commit', '-w', forged)
    await work.git('update-ref', 'HEAD', other)
    await expect(fetchRepository(source(), { gitDir, signal })).rejects.toMatchObject({
      code: 'repository-bad-signature',
      exit: 3,
    })
  })

  test('a time to come', async () => {
    const time = Math.floor(Date.now() / 1000) + 2 * 86_400
    const at = new Date(time * 1000).toISOString()
    await work.commit({ a: '1' }, { time })
    for (const verify of [true, false])
      await expect(fetchRepository({ ...source(), verify }, { gitDir, signal })).rejects.toMatchObject({
        code: 'repository-future',
        message: `The state of overlay that was found is from ${at}, a time that is yet to come.`,
        exit: 3,
      })
    expect(await keptSnapshots({ gitDir, signal })).toEqual([])
  })

  test('a path where no git repository is any more', async () => {
    await commit('a', '1')
    await rm(join(work.path, '.git'), { recursive: true })
    await expect(fetchRepository(source(), { gitDir, signal })).rejects.toMatchObject({
      code: 'no-git-repository',
      message: `The repository overlay is to come from git, and ${work.path} is no git repository.`,
      hint: 'name one in env/repositories/overlay; without sync-type in the [overlay] section of repos.conf a plain folder will do',
      exit: 2,
    })
    await expect(fetchRepository(source(`${work.path}/none`), { gitDir, signal })).rejects.toMatchObject({
      code: 'repository-fetch',
    })
  })

  test('no password of an address is shown', async () => {
    const secret = source('http://me:secret@127.0.0.1:9/x.git')
    const errorOf = async (failing: Promise<unknown>) => {
      const error = await failing.catch((thrown: unknown) => thrown)
      const { message, cause } = error as Error
      return [message, (cause as Error).message]
    }
    for (const said of [
      await errorOf(fetchRepository(secret, { gitDir, signal })),
      await errorOf(fetchAt(secret, '2026-01-01', { gitDir, signal })),
    ]) {
      expect(said[0]).toContain('could not be fetched from http://***@127.0.0.1:9/x.git.')
      expect(said.join()).not.toContain('secret')
    }
    const { message } = maskedFailure(new UserError('x', 'one\nhttp://me:secret@example.org/ two', { exit: 1 }))
    expect(message).toBe('one\nhttp://***@example.org/ two')
  })

  test('no keys at all, and Gentoo by its pin alone', async () => {
    await commit('a', '1')
    const keyless = { ...source(), name: 'other' }
    await expect(fetchRepository(keyless, { gitDir, signal })).rejects.toMatchObject({
      code: 'no-trusted-keys',
      exit: 3,
    })
  })

  test('an address is never an option or a command', async () => {
    for (const uri of ['--upload-pack=touch hacked', `ext::touch ${world.root}/hacked`]) {
      await expect(fetchRepository(source(uri), { gitDir, signal })).rejects.toMatchObject({ code: 'repository-fetch' })
    }
    expect(await exists(join(world.root, 'hacked'))).toBe(false)
  })
})

describe('fetchPinned', () => {
  const pinOf = ({ type, revision, tree, time, primary }: RepositorySnapshot): Pinned => ({
    type,
    revision,
    tree,
    time,
    ...(primary === undefined ? {} : { signedBy: primary }),
  })
  let pin: Pinned

  beforeEach(async () => {
    await commit('a', '1')
    pin = pinOf(await fetchRepository(source(), { gitDir, signal }))
    await commit('a', '2')
    await fetchRepository(source(), { gitDir, signal })
  })

  test('kept after the head has moved, without network; fetched where it is not', async () => {
    const { signedBy, ...same } = pin
    expect(await fetchPinned(source('/nowhere'), pin, { gitDir, signal })).toMatchObject({ ...same, primary: signedBy })
    const other = { gitDir: world.fresh('other'), signal }
    expect((await fetchPinned(source(), pin, other)).revision).toBe(pin.revision)
    const unknown = { ...pin, revision: '1'.repeat(40) }
    await expect(fetchPinned(source(), unknown, other)).rejects.toMatchObject({ code: 'repository-fetch', exit: 1 })
  })

  test('a lock that was tampered with', async () => {
    for (const wrong of [{ tree: '2'.repeat(40) }, { time: 1 }])
      await expect(fetchPinned(source(), { ...pin, ...wrong }, { gitDir, signal })).rejects.toMatchObject({
        code: 'lock-mismatch',
        message: `gentoomuch.lock says other things of overlay at ${pin.revision} than the commit itself.`,
        exit: 3,
      })
  })

  test('another signer than the lock tells of', async () => {
    const other = { ...pin, signedBy: world.stranger }
    const message = (found: string) =>
      `gentoomuch.lock says that ${world.stranger} signed overlay at ${pin.revision}, and ${found}.`
    for (const mirror of [gitDir, world.fresh('other')])
      await expect(fetchPinned(source(), other, { gitDir: mirror, signal })).rejects.toMatchObject({
        code: 'lock-mismatch',
        message: message(`it is signed by ${world.key}`),
        hint: 'restore gentoomuch.lock from git, or run gentoomuch sync',
        exit: 3,
      })
    await expect(fetchPinned({ ...source(), verify: false }, other, { gitDir, signal })).resolves.toMatchObject({
      revision: pin.revision,
    })
    // A mirror that once took it unverified, and the folder of a `.git` that went away.
    gitDir = world.fresh('other')
    const unverified = { ...source(), verify: false }
    await fetchPinned(unverified, pin, { gitDir, signal })
    const folder = { ...source(), type: 'folder' as const }
    await expect(fetchPinned(folder, other, { gitDir, signal })).rejects.toMatchObject({
      code: 'lock-mismatch',
      message: message('it was taken unsigned'),
    })
  })

  test('a key that expired since does no harm to what this host believed, whatever the lock says', async () => {
    const wrapper = world.fresh('gpg')
    await writeFile(wrapper, '#!/bin/sh\nexec gpg --faked-system-time 20200103T000000 "$@"\n', { mode: 0o755 })
    const old = await world.keys.makeKey('old@example.org', { at: '20200101T000000', expires: '10d' })
    const expired = await world.keys.publicKey(old)
    await work.git('config', 'gpg.program', wrapper)
    await commit('a', '3', old)
    await world.keys.gpg('--faked-system-time', '20200105T000000', '--quick-set-expire', old, '0')
    const trustedKeys = world.fresh('trusted')
    const file = join(trustedKeys, 'repository', 'overlay', 'old.asc')
    await writeFiles(trustedKeys, { 'repository/overlay/old.asc': String(await world.keys.publicKey(old)) })
    const by = { ...source(), keys: { ...source().keys, trustedKeys } }
    const now = pinOf(await fetchRepository(by, { gitDir, signal }))
    expect(now.signedBy).toBe(old)
    await writeFile(file, expired)
    expect(await fetchPinned(by, now, { gitDir, signal })).toMatchObject({ primary: old })
    const refused = { code: 'repository-expired-key', exit: 3 }
    gitDir = world.fresh('other')
    await expect(fetchPinned(by, now, { gitDir, signal })).rejects.toMatchObject(refused)
    await fetchPinned({ ...by, verify: false }, now, { gitDir, signal })
    await expect(fetchPinned(by, now, { gitDir, signal })).rejects.toMatchObject(refused)
  })

  test('what is no commit id reaches neither git nor a path', async () => {
    for (const revision of ['HEAD', '--output=/tmp/x', 'refs/gentoomuch/fetched', '../x', pin.revision.slice(1), ''])
      await expect(fetchPinned(source(), { ...pin, revision }, { gitDir, signal })).rejects.toMatchObject({
        code: 'bad-revision',
      })
  })

  test('a kept one is believed as long as its key is', async () => {
    const trustedKeys = world.fresh('trusted')
    await cp(join(world.root, 'trusted.keys'), trustedKeys, { recursive: true })
    const file = join(trustedKeys, 'repository', 'overlay', 'upstream.asc')
    await writeFile(file, await world.keys.publicKey(world.stranger))
    const other = { ...source(), keys: { ...source().keys, trustedKeys } }
    await expect(fetchPinned(other, pin, { gitDir, signal })).rejects.toMatchObject({ exit: 3 })
    await expect(fetchPinned({ ...other, verify: false }, pin, { gitDir, signal })).resolves.toMatchObject({
      revision: pin.revision,
    })
  })

  test('a sync-type that was changed since', async () => {
    const other = { gitDir: world.fresh('other'), signal }
    await expect(fetchPinned({ ...source(), type: 'rsync' }, pin, other)).rejects.toMatchObject({
      code: 'repository-gone',
      message:
        'The state of overlay that gentoomuch.lock names is not in this data directory, and it came by sync-type git, and repos.conf says rsync now.',
      hint: 'copy store/git/overlay from the data directory of the machine that synced it, or gentoomuch sync overlay',
    })
    await expect(fetchPinned(source(), { ...pin, type: 'rsync' }, other)).rejects.toMatchObject({
      code: 'repository-gone',
    })
    const rsync = { ...source(), type: 'rsync' as const }
    await expect(fetchPinned(rsync, { ...pin, type: 'rsync' }, other)).rejects.toMatchObject({
      code: 'repository-gone',
    })
  })
})

describe('archiveRepository', () => {
  test('is the tree byte for byte, whatever its attributes ask for', async () => {
    await writeFile(
      join(work.path, '.gitattributes'),
      '[attr]odd export-ignore\n* export-subst ident\nhidden odd\ncrlf.txt text eol=crlf\nu working-tree-encoding=UTF-16\n',
    )
    await writeFile(join(work.path, 'hidden'), 'there')
    await writeFile(join(work.path, 'crlf.txt'), 'one\ntwo\n')
    await writeFile(join(work.path, 'subst'), '$Format:%H$ $Id$\n')
    await writeFile(join(work.path, 'script'), '#!/bin/sh\n')
    await chmod(join(work.path, 'script'), 0o775)
    await symlink('/etc/passwd', join(work.path, 'link'))
    await commit('last', 'x')
    const snapshot = await fetchRepository(source(), { gitDir, signal })
    const { tar, names } = await list(snapshot)
    const time = '2023-11-14 22:13'
    expect(names).toEqual([
      `-rw-r--r-- 0/0             110 ${time} .gitattributes`,
      `-rw-r--r-- 0/0               8 ${time} crlf.txt`,
      `-rw-r--r-- 0/0               5 ${time} hidden`,
      `-rw-r--r-- 0/0               1 ${time} last`,
      `lrwxrwxrwx 0/0               0 ${time} link -> /etc/passwd`,
      `-rwxr-xr-x 0/0              10 ${time} script`,
      `-rw-r--r-- 0/0              17 ${time} subst`,
    ])
    const out = await run(['tar', '-xOf', '-', 'subst', 'crlf.txt'], { input: tar })
    expect(out.stdout).toBe('one\ntwo\n$Format:%H$ $Id$\n')
    expect((await list({ ...snapshot, primary: undefined })).tar.equals(tar)).toBe(true)
  })

  test('a revision that is not there fails the stream', async () => {
    await commit('a', '1')
    const snapshot = await fetchRepository(source(), { gitDir, signal })
    await expect(
      buffer(archiveRepository({ ...snapshot, revision: '2'.repeat(40) }, { gitDir, signal })),
    ).rejects.toMatchObject({ code: 'command-failed' })
  })
})
