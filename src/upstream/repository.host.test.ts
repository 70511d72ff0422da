import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { exists } from '../system/files.ts'
import { makeKeyHome } from '../system/gpg.testkit.ts'
import type { KeyHome } from '../system/gpg.testkit.ts'
import { run } from '../system/process.ts'
import { archiveRepository, fetchRepository } from './repository.ts'
import type { RepositorySnapshot } from './repository.ts'

const signal = new AbortController().signal
let keys: KeyHome
let root: string
let key: string
let stranger: string
let trusted: string
let work: string
let gitDir: string
let count = 0

beforeAll(async () => {
  keys = await makeKeyHome()
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  key = await keys.makeKey('repo@example.org')
  stranger = await keys.makeKey('stranger@example.org')
  trusted = join(root, 'trusted')
  await mkdir(trusted)
  await writeFile(join(trusted, 'key'), await keys.publicKey(key))
})

afterAll(async () => {
  await keys.remove()
  await rm(root, { recursive: true, force: true })
})

beforeEach(async () => {
  count += 1
  work = join(root, `work ${count}`)
  gitDir = join(root, `mirror ${count}.git`)
  await git('init', '--quiet', '--template=', work)
})

async function git(...args: readonly string[]): Promise<string> {
  const settings = ['user.name=T', 'user.email=t@example.org', 'gc.auto=0'].flatMap((setting) => ['-c', setting])
  const env = {
    GNUPGHOME: keys.home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_COMMITTER_DATE: '1700000000 +0100',
  }
  const ran = await run(['git', ...settings, ...(args[0] === 'init' ? [] : ['-C', work]), ...args], { env })
  return ran.stdout.trim()
}

async function commit(file: string, content: string, by: string | undefined = key): Promise<string> {
  await writeFile(join(work, file), content)
  await git('add', '-A')
  await git('commit', '--quiet', '-m', 'm\u00e9ssage', ...(by === 'nobody' ? [] : [`-S${by}`]))
  return await git('rev-parse', 'HEAD')
}

const source = (uri = work) => ({ name: 'overlay', uri, keys: trusted })

async function list(snapshot: RepositorySnapshot): Promise<{ tar: Buffer; names: string[] }> {
  const tar = await buffer(archiveRepository(snapshot, { gitDir, signal }))
  const listed = await run(['tar', '-tvf', '-', '--numeric-owner'], { input: tar })
  return { tar, names: listed.stdout.trim().split('\n') }
}

describe('fetchRepository', () => {
  test('the signed head of a repository, by path and by file://, one commit deep', async () => {
    await commit('a', '1')
    const id = await commit('a', '2')
    const tree = await git('rev-parse', 'HEAD^{tree}')
    const expected = { name: 'overlay', revision: id, time: 1700000000, tree, primary: key }
    expect(await fetchRepository(source(), { gitDir, signal })).toEqual(expected)
    expect(await fetchRepository(source(`file://${work.replaceAll(' ', '%20')}`), { gitDir, signal })).toEqual(expected)
    const depth = await run(['git', '--git-dir', gitDir, 'rev-list', '--count', id])
    expect(depth.stdout.trim()).toBe('1')
  })

  test('a repository that is shallow itself, as Portage keeps it', async () => {
    await commit('a', '1')
    const id = await commit('a', '2')
    const shallow = join(root, `shallow ${count}`)
    await run(['git', 'clone', '--quiet', '--depth=1', `file://${work}`, shallow])
    expect((await fetchRepository(source(shallow), { gitDir, signal })).revision).toBe(id)
    const next = await commit('a', '3')
    expect((await fetchRepository(source(), { gitDir, signal })).revision).toBe(next)
  })

  test('a pinned revision: kept after the head has moved, fetched where it is not', async () => {
    const first = await commit('a', '1')
    await fetchRepository(source(), { gitDir, signal })
    await commit('a', '2')
    await fetchRepository(source(), { gitDir, signal })
    const gone = source('/nowhere')
    expect((await fetchRepository(gone, { gitDir, revision: first, signal })).revision).toBe(first)
    const other = { gitDir: join(root, `other ${count}.git`), revision: first, signal }
    expect((await fetchRepository(source(), other)).revision).toBe(first)
    const unknown = { ...other, revision: '1'.repeat(40) }
    await expect(fetchRepository(source(), unknown)).rejects.toMatchObject({ code: 'repository-fetch', exit: 1 })
  })

  test('unsigned', async () => {
    await commit('a', '1', 'nobody')
    await expect(fetchRepository(source(), { gitDir, signal })).rejects.toMatchObject({
      code: 'repository-unsigned',
      exit: 3,
    })
  })

  test('signed by a stranger', async () => {
    await commit('a', '1', stranger)
    await expect(fetchRepository(source(), { gitDir, signal })).rejects.toMatchObject({
      code: 'repository-unknown-key',
      exit: 3,
    })
  })

  test('a signature moved onto another commit', async () => {
    const id = await commit('a', '1')
    const raw = await git('cat-file', 'commit', id)
    const forged = join(work, '..', `forged ${count}`)
    await writeFile(forged, `${raw.replace('1700000000', '1700000001')}\n`)
    const other = await git('hash-object', '-t', 'commit', '-w', forged)
    await git('update-ref', 'HEAD', other)
    await expect(fetchRepository(source(), { gitDir, signal })).rejects.toMatchObject({
      code: 'repository-bad-signature',
      exit: 3,
    })
  })

  test('no keys at all, and Gentoo by its pin alone', async () => {
    await commit('a', '1')
    const keyless = { name: 'overlay', uri: work, keys: undefined }
    await expect(fetchRepository(keyless, { gitDir, signal })).rejects.toMatchObject({
      code: 'no-trusted-keys',
      exit: 3,
    })
  })

  test('an address is never an option or a command', async () => {
    for (const uri of ['--upload-pack=touch hacked', `ext::touch ${root}/hacked`]) {
      await expect(fetchRepository(source(uri), { gitDir, signal })).rejects.toMatchObject({ code: 'repository-fetch' })
    }
    expect(await exists(join(root, 'hacked'))).toBe(false)
  })
})

describe('archiveRepository', () => {
  test('is the tree byte for byte, whatever its attributes ask for', async () => {
    await writeFile(
      join(work, '.gitattributes'),
      '[attr]odd export-ignore\n* export-subst ident\nhidden odd\ncrlf.txt text eol=crlf\nu working-tree-encoding=UTF-16\n',
    )
    await writeFile(join(work, 'hidden'), 'there')
    await writeFile(join(work, 'crlf.txt'), 'one\ntwo\n')
    await writeFile(join(work, 'subst'), '$Format:%H$ $Id$\n')
    await writeFile(join(work, 'script'), '#!/bin/sh\n')
    await chmod(join(work, 'script'), 0o775)
    await symlink('/etc/passwd', join(work, 'link'))
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
