import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Folder } from './folder.testkit.ts'
import { readWord } from './lists.ts'
import { readPiece } from './pieces.ts'
import { readScripts } from './scripts.ts'
import { ConfigTree } from './tree.ts'
import { UserFiles } from './user-files.ts'

let folder: Folder
let tree: ConfigTree
beforeEach(() => {
  folder = new Folder()
  tree = new ConfigTree(folder.path)
})
afterEach(() => folder.remove())

const problems = () => tree.problems.map(({ file, message }) => `${file}: ${message}`)

function userFiles() {
  return new UserFiles(tree, 'user.files').named('stage4.defines/home/files').files
}

describe('user files', () => {
  test('dotfiles and READMEs are shipped, what editors leave behind is not', () => {
    const text = { '.bashrc': '', '.config/x.bak': '', README: '', '#odd': '', 'a~': '', '.a.swp': '' }
    folder.write(
      Object.fromEntries(Object.entries(text).map(([path, bytes]) => [`user.files/web/root/${path}`, bytes])),
    )
    folder.write({ 'stage4.defines/home/files': 'web' })
    expect(userFiles().map((file) => file.path)).toEqual([
      'root/#odd',
      'root/.bashrc',
      'root/.config/x.bak',
      'root/README',
    ])
    expect(problems()).toEqual([])
  })

  test('a link stays a link, whatever it points at', () => {
    folder.write({ 'user.files/web/real/file': 'x', 'stage4.defines/home/files': 'web' })
    const links = { folder: 'real', dangling: 'nowhere', absolute: '/etc', self: 'self', up: '..' }
    for (const [path, target] of Object.entries(links)) folder.link(`user.files/web/${path}`, target)
    const files = userFiles()
    expect(
      Object.fromEntries(files.filter((one) => one.link !== undefined).map((one) => [one.path, one.link])),
    ).toEqual(links)
    expect(files.length).toBe(6)
    expect(problems()).toEqual([])
  })

  test('modes are those that git keeps', () => {
    folder.write({ 'user.files/web/a': '', 'user.files/web/b': '', 'user.files/web/c': '' })
    folder.write({ 'stage4.defines/home/files': 'web' })
    for (const [name, mode] of Object.entries({ a: 0o600, b: 0o700, c: 0o4775 }))
      chmodSync(join(folder.path, 'user.files/web', name), mode)
    expect(userFiles().map((file) => file.mode)).toEqual([0o644, 0o755, 0o755])
  })

  test('of two files with one path the later folder’s stands', () => {
    folder.write({ 'user.files/one/a': '1', 'user.files/two/a': '2', 'stage4.defines/home/files': 'two\none\n' })
    expect(userFiles().map(({ path, bytes }) => [path, bytes])).toEqual([['a', '1']])
  })

  test('nothing is put behind a link of another folder', () => {
    folder.link('user.files/one/etc', '/etc')
    folder.write({ 'user.files/two/etc/passwd': '', 'stage4.defines/home/files': 'one\ntwo\n' })
    userFiles()
    expect(problems()).toEqual([
      'user.files/two/etc/passwd: a folder was wanted at etc; user.files/one/etc is a file or a link.',
    ])
  })

  test('a file where a folder is named is a problem', () => {
    folder.write({ 'user.files/web': '', 'stage4.defines/home/files': 'web' })
    userFiles()
    expect(problems()).toEqual([
      'user.files/web: a folder for each definition was wanted; it is a file, which nothing reads.',
      'stage4.defines/home/files: there is no folder in user.files named web.',
    ])
  })
})

describe('what is there and cannot be read', () => {
  test('links that lead nowhere', () => {
    folder.link('portage.global/bashrc', 'nowhere')
    folder.link('env', '/gone')
    expect(readPiece(tree, 'portage.global', 'global', 'g').files).toEqual([])
    readWord(tree, 'env/arch', 'x', true)
    expect(problems()).toEqual([
      'portage.global/bashrc: a link that leads somewhere was wanted; there is nothing at nowhere.',
      'env: a link that leads somewhere was wanted; there is nothing at /gone.',
    ])
  })

  test('links that go in a circle', () => {
    folder.link('portage.global/bashrc', 'bashrc')
    folder.write({ 'portage.global/patches/a/x': '', 'portage.global/patches/b/y': '' })
    folder.link('portage.global/patches/a/more', '../b')
    folder.link('portage.global/patches/b/more', '../a')
    readPiece(tree, 'portage.global', 'global', 'g')
    expect(problems()).toEqual([
      'portage.global/bashrc: a link that leads somewhere was wanted; its links go in a circle.',
      'portage.global/patches/a/more/more: a link to a folder that it stands in itself goes in a circle.',
      'portage.global/patches/b/more/more: a link to a folder that it stands in itself goes in a circle.',
    ])
  })

  test('links inside the directory are followed, folders and files', () => {
    folder.write({ 'portage.locals/a/package.use/one': '1' })
    folder.link('portage.global/package.use', '../portage.locals/a/package.use')
    folder.link('portage.global/package.mask', '../portage.locals/a/package.use/one')
    expect(readPiece(tree, 'portage.global', 'global', 'g').files.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['package.mask', '1'],
      ['package.use/one', '1'],
    ])
    expect(problems()).toEqual([])
  })

  test('a link through a folder that is linked out of the directory reads nothing', () => {
    folder.link('user.scripts', '/etc')
    expect(tree.walk('user.scripts')).toEqual([])
    expect(tree.text('user.scripts/passwd')).toBeUndefined()
    expect(problems()).toEqual([
      'user.scripts: a file inside the configuration directory was wanted; it is a link to /etc.',
    ])
  })

  test('a folder where a file is wanted is told once, a file where a folder is wanted as well', () => {
    folder.write({ 'env/jobs/x': '', 'portage.global': '' })
    readWord(tree, 'env/jobs', 'the value of jobs', true)
    readPiece(tree, 'portage.global', 'global', 'g')
    expect(problems()).toEqual([
      'env/jobs: a file was wanted; it is a folder.',
      'portage.global: a folder was wanted; it is a file.',
    ])
  })

  test('a named script that is a link to nothing', () => {
    folder.link('user.scripts/setup', 'gone.sh')
    folder.write({ scripts: 'setup\n' })
    expect(readScripts(tree, 'scripts', new Map([['setup', 'user.scripts/setup']]))).toEqual([])
    expect(problems()).toEqual([
      'user.scripts/setup: a link that leads somewhere was wanted; there is nothing at gone.sh.',
    ])
  })

  test('a name with control characters is told and not read, but in user files', () => {
    folder.write({ 'portage.global/bashrc/a\nb': '', 'user.files/web/a\nb': '', 'stage4.defines/home/files': 'web' })
    expect(readPiece(tree, 'portage.global', 'global', 'g').files).toEqual([])
    expect(userFiles().map(({ path }) => path)).toEqual(['a\nb'])
    expect(problems()).toEqual([
      'portage.global/bashrc/a\nb: a name without control characters was wanted; found "a\\nb".',
    ])
  })

  test('what is not there is no problem', () => {
    expect([tree.bytes('env/jobs'), tree.kind('a/b'), tree.entries('c')]).toEqual([undefined, undefined, []])
    expect(problems()).toEqual([])
  })
})

test('text is what a person sees: no byte order mark, no carriage returns', () => {
  folder.write({ 'env/arch': '\uFEFFamd64\r\n' })
  expect(tree.text('env/arch')?.text).toBe('amd64\n')
})
