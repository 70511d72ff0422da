import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { pack, type Headers } from 'tar-stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { gitSetting } from '../system/git.ts'
import { run } from '../system/process.ts'
import { programSource } from '../system/stream.ts'
import { importFolder } from './import-folder.ts'
import { importTar } from './import-tar.ts'
import { listTree, type TreeEntry } from './git-objects.ts'
import { importFiles } from './import.ts'
import { isTreeName } from './import-names.ts'
import { withMirror } from './repository.ts'
import { writeFiles } from '../system/files.testkit.ts'
import { makeWork, makeWorld, type World } from './repository.testkit.ts'

let world: World
let gitDir: string
let folder: string

beforeAll(async () => {
  world = await makeWorld()
})

afterAll(() => world.remove())

beforeEach(async () => {
  gitDir = world.fresh('mirror')
  folder = world.fresh('folder')
  await mkdir(folder)
  await withMirror(gitDir, world.signal, () => Promise.resolve())
})

const options = () => ({ git: gitSetting(gitDir), name: 'overlay', signal: world.signal })
const ours = async (...args: readonly string[]) => (await run(['git', '--git-dir', gitDir, ...args])).stdout
const takeFolder = (more: { time?: number; known?: { tree: string; time: number } } = {}) =>
  importFolder({ ...options(), folder, ...more })

/** The same files as git itself commits them. */
async function treeByGit(): Promise<string> {
  const work = await makeWork(world)
  await run(['cp', '-a', '--', `${folder}/.`, work.path])
  await work.git('add', '--all', '--force', '.')
  return await work.git('write-tree')
}

describe('importFolder', () => {
  test('the tree that git makes of it: modes, links, names and contents of every kind', async () => {
    const odd = Buffer.concat([Buffer.from(`${folder}/k\u00e4se "quoted\\" \n`), Buffer.from([0xff, 0x01])])
    await writeFile(odd, Buffer.from([0, 255, 10, 13]))
    await writeFiles(folder, {
      empty: '',
      'a/b/c/d': 'deep\n',
      'a/b.x': 'sorts before b/',
      a0: '',
      'a-': '',
      'metadata/md5-cache/x/y-1': '_md5_=\n'.repeat(1000),
      script: '#!/bin/sh\n',
      group: 'executable for the group only',
      'done\n': 'done\n',
    })
    await chmod(join(folder, 'script'), 0o755)
    await chmod(join(folder, 'group'), 0o654)
    await symlink('../\u00fcber all', join(folder, 'link'))
    await mkdir(join(folder, 'nothing/in/it'), { recursive: true })
    const { tree, revision, leftOut } = await takeFolder({ time: 1_700_000_000 })
    expect(tree).toBe(await treeByGit())
    expect(leftOut).toEqual([])
    expect(await ours('cat-file', 'commit', revision)).toBe(
      `tree ${tree}\nauthor Gentoomuch <gentoomuch@localhost> 1700000000 +0000\n` +
        'committer Gentoomuch <gentoomuch@localhost> 1700000000 +0000\n\noverlay\n',
    )
    expect(await ours('fsck', '--full', '--strict', revision)).toBe('')
    expect(await ours('count-objects', '-v')).toMatch(/^count: 0\n[^]*\npacks: 1\n/)
  })

  test('two hosts make one commit of it; the time is that of the newest file', async () => {
    await writeFiles(folder, { a: '1', 'b/c': '2' })
    await utimes(join(folder, 'a'), 5, 1_600_000_000.9)
    await utimes(join(folder, 'b/c'), 5, 1_500_000_000)
    const first = await takeFolder()
    expect(first.time).toBe(1_600_000_000)
    gitDir = world.fresh('mirror')
    await withMirror(gitDir, world.signal, () => Promise.resolve())
    expect(await takeFolder()).toEqual(first)
  })

  test('a known tree keeps its time', async () => {
    await writeFiles(folder, { a: '1' })
    const first = await takeFolder({ time: 1_600_000_000 })
    await utimes(join(folder, 'a'), 5, 1_650_000_000)
    expect(await takeFolder({ known: first })).toEqual(first)
    await writeFile(join(folder, 'a'), '2')
    await utimes(join(folder, 'a'), 5, 1_650_000_000)
    expect((await takeFolder({ known: first })).time).toBe(1_650_000_000)
  })

  test('what version control keeps there is left out, and so is what git cannot hold', async () => {
    const kept = ['.gitignore', 'CVSROOT', 'files.git']
    for (const path of ['.git/HEAD', 'a/.svn/x', 'b/CVS/Root', 'c/.hg/x', 'd/.GIT/x', ...kept])
      await writeFiles(folder, { [path]: 'x' })
    await writeFiles(folder, { 'worktree/.git': 'gitdir: elsewhere' })
    await run(['mkfifo', join(folder, 'pipe')])
    const { tree, leftOut } = await takeFolder()
    expect((await ours('ls-tree', '-r', '--name-only', tree)).trim().split('\n')).toEqual(kept)
    expect(leftOut.toSorted()).toEqual(['d/.GIT', 'pipe'])
  })

  test('an empty folder is an empty tree', async () => {
    expect(await takeFolder()).toMatchObject({ tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904', time: 0 })
  })

  test('what cannot be read is named', async () => {
    await expect(importFolder({ ...options(), folder: join(folder, 'gone') })).rejects.toMatchObject({
      code: 'unreadable-repository',
      message: `${join(folder, 'gone')} went away while it was read.`,
      hint: 'run it again',
    })
    await writeFile(join(folder, 'file'), '')
    await expect(importFolder({ ...options(), folder: join(folder, 'file') })).rejects.toMatchObject({
      message: `${join(folder, 'file')} cannot be read (ENOTDIR).`,
      hint: 'give this user the right to read the whole repository',
    })
  })

  test('too much of it, a failure and an interruption leave the mirror as it was', async () => {
    await writeFiles(folder, { a: 'x'.repeat(100), b: 'x'.repeat(100) })
    const { revision } = await takeFolder()
    await writeFile(join(folder, 'a'), 'y'.repeat(100))
    await expect(importFolder({ ...options(), folder, maxBytes: 150 })).rejects.toMatchObject({
      code: 'repository-too-big',
      message: 'overlay has more than 0 MiB of files, which no ebuild repository has.',
      hint: 'see whether the address is that of an ebuild repository',
    })
    await expect(importFiles(options(), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    const stopped = { ...options(), signal: AbortSignal.abort() }
    await expect(importFolder({ ...stopped, folder })).rejects.toMatchObject({ code: 'interrupted' })
    expect((await ours('rev-parse', 'refs/gentoomuch/fetched')).trim()).toBe(revision)
    const late = importFiles(options(), async (into) => {
      for (let at = 0; at < 50; at += 1) await into.add(`${at}`, '100644', 100_000, [randomBytes(100_000)])
      throw new Error('late')
    })
    await expect(late).rejects.toThrow('late')
    expect((await readdir(join(gitDir, 'objects', 'pack'))).filter((name) => !name.startsWith('pack-'))).toEqual([])
    expect(await ours('fsck', '--full', '--strict')).toBe('')
  })
})

const anyName = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x22 : byte))).toString('latin1'))
  .filter((name) => isTreeName(name))

test('whatever bytes names and contents are of', async () => {
  const anyFile = fc.record({ content: fc.uint8Array({ maxLength: 3000 }), executable: fc.boolean() })
  const anyFiles = fc.dictionary(anyName, fc.dictionary(anyName, anyFile, { minKeys: 1, maxKeys: 4 }), { maxKeys: 4 })
  await fc.assert(
    fc.asyncProperty(anyFiles, async (folders) => {
      const files = Object.entries(folders).flatMap(([above, inside]) =>
        Object.entries(inside).map(([name, file]) => ({ path: `${above}/${name}`, ...file })),
      )
      const { tree } = await importFiles(options(), async (into) => {
        for (const { path, content, executable } of files)
          await into.add(path, executable ? '100755' : '100644', content.length, [content])
        return 5
      })
      const listed: TreeEntry[] = []
      await listTree(gitSetting(gitDir), tree, (entry) => listed.push(entry), world.signal)
      const idOf = (content: Uint8Array) =>
        createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
      const expected = files.map(({ path, content }) => ({ path, id: idOf(content) }))
      const byPath = (a: TreeEntry, b: TreeEntry) => (a.path < b.path ? -1 : 1)
      expect(listed.toSorted(byPath)).toEqual(expected.toSorted(byPath))
    }),
    { numRuns: 15 },
  )
}, 30_000)

type Member = Headers & { readonly name: string; readonly content?: string }

const read = (tar: Readable) =>
  importTar({ ...options(), tar, wanted: ['metadata/timestamp.x'], time: ({ newest }) => newest })

async function take(members: readonly Member[], more: { wanted?: readonly string[] } = {}) {
  const tar = pack()
  for (const { content, ...header } of members)
    tar.entry({ mode: 0o644, mtime: new Date(5000), ...header }, content ?? '')
  tar.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of tar) chunks.push(chunk)
  let found: unknown
  const imported = await importTar({
    ...options(),
    tar: Readable.from(chunks),
    wanted: more.wanted ?? [],
    time: (told) => {
      found = told
      return told.newest
    },
  })
  return { ...imported, found }
}

describe('importTar', () => {
  test.each(['gnu', 'pax', 'ustar', 'posix'])('the tree of the folder that was packed as %s', async (format) => {
    await writeFiles(folder, {
      [`${'long/'.repeat(12)}k\u00e4se`]: 'x',
      ...(format === 'ustar' ? {} : { ['n'.repeat(180)]: 'long name' }),
      'a/script': '#!/bin/sh\n',
      'b b': 'y'.repeat(100_000),
      hard: 'link',
    })
    await chmod(join(folder, 'a/script'), 0o755)
    await symlink('a/script', join(folder, 'soft'))
    await run(['ln', join(folder, 'hard'), join(folder, 'harder')])
    if (format === 'gnu') await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe4])]), 'latin1')
    const expected = await takeFolder({ time: 7 })
    const packed = programSource([
      'tar',
      '-C',
      folder,
      '-cf',
      '-',
      `--format=${format}`,
      '--mtime=@9',
      '--transform=s,^\\.,top-1,',
      '.',
    ])
    expect(await read(packed)).toMatchObject({ tree: expected.tree, folder: 'top-1', time: 9 })
  })

  test('small files that were asked for are handed out', async () => {
    const { found, tree } = await take(
      [
        { name: 'top/metadata/timestamp.x', content: '5 x', mtime: new Date(8000) },
        { name: './top/big', content: 'x' },
      ],
      { wanted: ['metadata/timestamp.x', 'none'] },
    )
    expect(found).toEqual({ files: new Map([['metadata/timestamp.x', Buffer.from('5 x')]]), newest: 8, folder: 'top' })
    expect(await ours('ls-tree', '-r', '--name-only', tree)).toBe('big\nmetadata/timestamp.x\n')
  })

  test.each<[string, readonly Member[], string]>([
    ['climbs', [{ name: 'top/../../etc/passwd' }], 'bad-path'],
    ['is absolute', [{ name: '/top/x' }], 'bad-path'],
    ['git refuses', [{ name: 'top/.git/config' }], 'bad-path'],
    ['git refuses on other systems', [{ name: 'top/a/.GiT' }], 'bad-path'],
    ['is a file and a folder', [{ name: 'top/a' }, { name: 'top/a/b' }], 'bad-path'],
    [
      'is a folder through a link',
      [{ name: 'top/a', type: 'symlink', linkname: '/etc' }, { name: 'top/a/b' }],
      'bad-path',
    ],
    ['is in another folder', [{ name: 'top/x' }, { name: 'other/x' }], 'bad-archive'],
    ['is in no folder', [{ name: 'x' }], 'bad-archive'],
    ['is a device', [{ name: 'top/null', type: 'character-device', devmajor: 1, devminor: 3 }], 'bad-archive'],
    ['is a pipe', [{ name: 'top/pipe', type: 'fifo' }], 'bad-archive'],
    ['links to a later one', [{ name: 'top/x', type: 'link', linkname: 'top/y' }, { name: 'top/y' }], 'bad-archive'],
    ['links outside', [{ name: 'top/x', type: 'link', linkname: '/etc/passwd' }], 'bad-path'],
    ['is missing', [], 'bad-archive'],
  ])('a member that %s is refused', async (_what, members, code) => {
    await expect(take(members)).rejects.toMatchObject({ code, exit: 3 })
    await expect(ours('rev-parse', '--verify', 'refs/gentoomuch/fetched')).rejects.toMatchObject({
      code: 'command-failed',
    })
  })

  test('the sentences', async () => {
    await expect(take([{ name: 'top/../x' }])).rejects.toMatchObject({
      message: 'overlay has a file whose name no repository may have: "top/../x".',
      hint: 'take the repository from its real source',
    })
    await expect(take([{ name: 'top/p', type: 'fifo' }])).rejects.toMatchObject({
      message: 'The archive of overlay is not that of an ebuild repository: "p" is neither file, folder nor link.',
      hint: 'take the snapshot from its real source, or from another mirror',
    })
  })

  test('what is no tar, or only a part of one', async () => {
    const refused = { code: 'bad-archive', exit: 3 }
    await expect(read(Readable.from([Buffer.alloc(2048, 'x')]))).rejects.toMatchObject(refused)
    await writeFiles(folder, { a: 'x'.repeat(5000) })
    const packed = programSource(['tar', '-C', join(folder, '..'), '-cf', '-', folder.split('/').at(-1) ?? ''])
    const chunks: Buffer[] = []
    for await (const chunk of packed) chunks.push(chunk as Buffer)
    await expect(read(Readable.from([Buffer.concat(chunks).subarray(0, 3000)]))).rejects.toMatchObject(refused)
  })

  test('a name that a pax header may not have', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe4])]), 'latin1')
    const packed = programSource(['tar', '-C', folder, '-cf', '-', '--format=pax', '--transform=s,^\\.,top,', '.'])
    await expect(read(packed)).rejects.toMatchObject({
      message: 'The archive of overlay is not that of an ebuild repository: the name "top/\ufffd" is not UTF-8.',
      exit: 3,
    })
  })

  test('a stream that fails is what went wrong', async () => {
    await expect(read(programSource(['sh', '-c', 'exit 3']))).rejects.toMatchObject({ code: 'command-failed' })
  })
})
