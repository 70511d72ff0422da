import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMachine } from './machine.ts'
import { readPiece } from './pieces.ts'
import { readScripts } from './scripts.ts'
import { ConfigTree } from './tree.ts'
import type { Stage3Define } from './model.ts'

let folder: string
let tree: ConfigTree
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-tree-'))
  tree = new ConfigTree(folder)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function link(path: string, target: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await symlink(target, join(folder, path))
}

const problems = () => tree.problems.map(({ file, message }) => `${file}: ${message}`)

async function userFiles() {
  const desk: Stage3Define = {
    name: 'desk',
    cpu: { rank: 'cpu', name: 'c', files: [] },
    locals: [],
    sets: [],
    scripts: [],
    own: undefined,
  }
  await write({ 'stage4.defines/home/stage3': 'desk', 'stage4.defines/home/profile': 'p' })
  return (await readMachine(tree, 'stage4.defines/home', 'home', new Map([['desk', desk]])))?.files ?? []
}

describe('user files', () => {
  test('dotfiles and READMEs are shipped, what editors leave behind is not', async () => {
    const text = { '.bashrc': '', '.config/x.bak': '', README: '', '#odd': '', 'a~': '', '.a.swp': '' }
    await write(Object.fromEntries(Object.entries(text).map(([path, bytes]) => [`user.files/web/root/${path}`, bytes])))
    await write({ 'stage4.defines/home/files': 'web' })
    expect((await userFiles()).map((file) => file.path)).toEqual([
      'root/#odd',
      'root/.bashrc',
      'root/.config/x.bak',
      'root/README',
    ])
    expect(problems()).toEqual([])
  })

  test('a link stays a link, whatever it points at', async () => {
    await write({ 'user.files/web/real/file': 'x', 'stage4.defines/home/files': 'web' })
    const links = { folder: 'real', dangling: 'nowhere', absolute: '/etc', self: 'self', up: '..' }
    for (const [path, target] of Object.entries(links)) await link(`user.files/web/${path}`, target)
    const files = await userFiles()
    expect(
      Object.fromEntries(files.filter((one) => one.link !== undefined).map((one) => [one.path, one.link])),
    ).toEqual(links)
    expect(files.length).toBe(6)
    expect(problems()).toEqual([])
  })

  test('modes are those that git keeps', async () => {
    await write({ 'user.files/web/a': '', 'user.files/web/b': '', 'user.files/web/c': '' })
    await write({ 'stage4.defines/home/files': 'web' })
    for (const [name, mode] of Object.entries({ a: 0o600, b: 0o700, c: 0o4775 }))
      await chmod(join(folder, 'user.files/web', name), mode)
    expect((await userFiles()).map((file) => file.mode)).toEqual([0o644, 0o755, 0o755])
  })

  test('nothing is put behind a link of another folder', async () => {
    await link('user.files/one/etc', '/etc')
    await write({ 'user.files/two/etc/passwd': '', 'stage4.defines/home/files': 'one\ntwo\n' })
    await userFiles()
    expect(problems()).toEqual([
      'user.files/two/etc/passwd: a folder was wanted at etc; user.files/one/etc is a file or a link.',
    ])
  })

  test('a file where a folder is named is a problem', async () => {
    await write({ 'user.files/web': '', 'stage4.defines/home/files': 'web' })
    await userFiles()
    expect(problems()).toEqual(['user.files/web: a folder was wanted; it is a file.'])
  })
})

describe('what is there and cannot be read', () => {
  test('links that lead nowhere', async () => {
    await link('portage.global/bashrc', 'nowhere')
    await link('env', '/gone')
    expect((await readPiece(tree, 'portage.global', 'global', 'g')).files).toEqual([])
    await tree.word('env/arch', 'x', true)
    expect(problems()).toEqual([
      'portage.global/bashrc: a link that leads somewhere was wanted; there is nothing at nowhere.',
      'env: a link that leads somewhere was wanted; there is nothing at /gone.',
      'env/arch: x was wanted; the file is missing.',
    ])
  })

  test('links that go in a circle', async () => {
    await link('portage.global/bashrc', 'bashrc')
    await write({ 'portage.global/patches/a/x': '', 'portage.global/patches/b/y': '' })
    await link('portage.global/patches/a/more', '../b')
    await link('portage.global/patches/b/more', '../a')
    await readPiece(tree, 'portage.global', 'global', 'g')
    expect(problems()).toEqual([
      'portage.global/bashrc: a link that leads somewhere was wanted; its links go in a circle.',
      'portage.global/patches/a/more/more: a link to a folder that it stands in itself goes in a circle.',
      'portage.global/patches/b/more/more: a link to a folder that it stands in itself goes in a circle.',
    ])
  })

  test('a folder where a file is wanted is told once, a file where a folder is wanted as well', async () => {
    await write({ 'env/jobs/x': '', 'portage.global': '' })
    await tree.word('env/jobs', 'the value of jobs', true)
    await readPiece(tree, 'portage.global', 'global', 'g')
    expect(problems()).toEqual([
      'env/jobs: a file was wanted; it is a folder.',
      'portage.global: a folder was wanted; it is a file.',
    ])
  })

  test('a named script that is a link to nothing', async () => {
    await link('user.scripts/setup', 'gone.sh')
    await write({ scripts: 'setup\n' })
    expect(await readScripts(tree, 'scripts')).toEqual([])
    expect(problems()).toEqual([
      'user.scripts/setup: a link that leads somewhere was wanted; there is nothing at gone.sh.',
    ])
  })

  test.skipIf(process.getuid?.() === 0)('a file that this user may not read', async () => {
    await write({ 'env/jobs': '2' })
    await chmod(join(folder, 'env/jobs'), 0)
    await tree.word('env/jobs', 'x', false)
    expect(problems()).toEqual(['env/jobs: this user may not read it.'])
  })

  test('what is not there is no problem', async () => {
    expect([await tree.bytes('env/jobs'), await tree.kind('a/b'), await tree.entries('c')]).toEqual([
      undefined,
      undefined,
      [],
    ])
    expect(problems()).toEqual([])
  })
})
