import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Folder, GOOD } from '../config/folder.testkit.ts'
import type { Files } from '../system/files.testkit.ts'
import { describeProblem } from '../config/problem.ts'
import { check } from './check.ts'

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

const { signal } = new AbortController()
const git = (...words: string[]) =>
  execFileSync('git', ['-C', folder.path, '-c', 'user.name=T', '-c', 'user.email=t@example.org', ...words], {
    env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', HOME: folder.path },
  }).toString()

async function found(files: Files, names: readonly string[] = []): Promise<string[]> {
  folder.write({ ...GOOD, ...files })
  const checked = await check({ path: folder.path, data: join(folder.path, 'data'), signal, names })
  return checked.problems.map(describeProblem)
}

const NO_GIT = () =>
  `.: the configuration directory is not in a git repository, so nobody can tell what a machine was built from. git -C ${folder.path} init`
const NO_REPOSITORY =
  'portage.global: no piece of gentoomuch/builder and home names a repository, so there is nothing to take packages from. Write portage.global/repos.conf/gentoo.conf as gentoomuch init does.'
const NOTHING_YET =
  'stage4.defines/home/profile:1: the profile default has not been bootstrapped yet. gentoomuch bootstrap default STAGE3'

describe('check', () => {
  test('of a configuration that nothing was bootstrapped for and that names no repository', async () => {
    expect(await found({})).toEqual([NO_GIT(), NO_REPOSITORY, NOTHING_YET])
  })

  test('names the file that names a repository which is not here', async () => {
    expect(await found({ 'portage.locals/group/desk/repos.conf/main': '# ours\n[gentoo]\n' }, ['home'])).toEqual([
      NO_GIT(),
      'portage.locals/group/desk/repos.conf/main:2: the repository gentoo is not here, so atoms, flags and USE_EXPAND groups were not held against it. gentoomuch sync',
      NOTHING_YET,
    ])
  })

  test('a lock that cannot be read is one problem among others; what it would say is not guessed', async () => {
    const problems = await found({
      'gentoomuch.lock': '{',
      'env/jobs': 'many',
      'portage.global/repos.conf': '[gentoo]\n',
    })
    expect(problems.map((line) => line.replace(/: .*/, ''))).toEqual(['.', 'env/jobs:1', 'gentoomuch.lock'])
  })

  test('mistakes in nodes and in the compression', async () => {
    const problems = await found({ 'stage4.defines/home/nodes': 'nonsense\n', 'env/compression': 'lzma' }, ['home'])
    expect(problems).toContain(
      'env/compression:1: "lzma" is not a compression. write zstd, xz, gzip or none, and a level behind it if you want another than the usual: "zstd 19"',
    )
    expect(problems).toContain(
      'stage4.defines/home/nodes:1: wanted [-m MODE] NAME TYPE MAJOR MINOR, as in "-m 600 /dev/console c 5 1".',
    )
  })

  test('a profile of a repository that nobody names', async () => {
    const files = { 'portage.global/repos.conf': '[gentoo]\n', 'portage.global/profile': 'gento:default\n' }
    expect(await found(files)).toContain(
      'portage.global/profile:1: the profile gento:default stands in the repository gento, which no piece of gentoomuch/builder and home names; there are gentoo. Did you mean gentoo?',
    )
  })

  test('goes on behind every error: reading, composing, nodes, compression, repositories', async () => {
    const problems = await found({
      'env/jobs': 'many',
      'env/compression': 'lzma',
      'stage3.defines/desk/cpu': 'genric',
      'portage.global/make.conf': 'USE="a\n',
      'portage.global/repos.conf': '[gentoo]\nsync-uri = /srv/gentoo\n',
      'portage.locals/group/desk/package.use': 'nocategory b\n',
      'package.sets/tools': 'a/a-1\n',
      'stage4.defines/home/nodes': '/dev/null c 1 3\nnonsense\n',
    })
    expect(problems.map((line) => line.replace(/: .*/, ''))).toEqual([
      '.',
      'env/compression:1',
      'env/jobs:1',
      'package.sets/tools:1',
      'portage.global/make.conf:1',
      'portage.global/repos.conf:1',
      'portage.locals/group/desk/package.use:1',
      'stage3.defines/desk/cpu:1',
      'stage4.defines/home/nodes:2',
      'stage4.defines/home/profile:1',
    ])
    expect(problems).toContain(
      'portage.global/repos.conf:1: the repository gentoo is not here, so atoms, flags and USE_EXPAND groups were not held against it. gentoomuch sync',
    )
  })

  test('a mistake that many machines read is said once', async () => {
    const machines = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [
        [`stage4.defines/${name}/stage3`, 'desk'],
        [`stage4.defines/${name}/profile`, 'default'],
      ]),
    )
    const problems = await found({
      ...machines,
      'stage3.defines/desk/portage.local': 'group/desk\nother\n',
      'portage.locals/group/desk/package.use': 'a/a b\n',
      'portage.locals/other/package.use': 'a/a -b\n',
    })
    expect(problems.filter((line) => line.includes('contradicts'))).toEqual([
      'portage.locals/other/package.use:1: package.use: "a/a -b" contradicts its sibling\'s "a/a b" (portage.locals/group/desk/package.use:1); in a, b, c and 3 more the later one wins. Decide it in one of them, or in the machine itself.',
    ])
  })

  test('of one definition leaves the others and what is unused alone', async () => {
    const files = { 'portage.locals/other/package.use': 'nocategory x\n', 'package.sets/unused': 'a/b\n' }
    expect(await found(files)).toContain('package.sets/unused: no definition uses this package set.')
    expect(await found(files, ['gentoomuch/builder'])).toEqual([NO_GIT(), NO_REPOSITORY.replace(' and home', '')])
    await expect(found(files, ['hom'])).rejects.toMatchObject({
      code: 'unknown-definition',
      hint: 'Did you mean home?',
    })
  })

  const changes = async (files: Files = {}) =>
    (await found(files)).find((line) => line.startsWith('.: '))?.replace(/^.*not committed: (.*)\. git -C .*$/, '$1')

  test('says what is not committed', async () => {
    folder.write(GOOD)
    git('init', '-q')
    git('add', '-A')
    git('commit', '-q', '-m', 'all')
    expect(await found({})).toEqual([NO_REPOSITORY, NOTHING_YET])
    folder.write({ 'env/jobs': '4', 'env/arch': 'amd64\n', 'portage.global/bashrc': 'x', 'package.sets/new': 'a/a' })
    const checked = await check({ path: folder.path, data: join(folder.path, 'data'), signal, names: [] })
    expect(describeProblem(checked.problems[0] ?? fail())).toBe(
      `.: 4 changes in the configuration directory not committed: env/arch, env/jobs, package.sets/new and 1 more. git -C ${folder.path} status`,
    )
  })

  test('takes for a change what git takes for one', async () => {
    folder.write({ ...GOOD, 'notes/x': '' })
    git('init', '-q')
    git('add', '-A', '--', '.', ':!notes')
    git('commit', '-q', '-m', 'all')
    expect(await changes()).toBe('notes/')
    writeFileSync(join(folder.path, '.git/info/exclude'), 'notes\n')
    git('config', 'core.fileMode', 'false')
    chmodSync(join(folder.path, 'env/arch'), 0o755)
    expect(await changes()).toBeUndefined()
    git('config', 'core.fileMode', 'true')
    expect(await changes()).toBe('env/arch')
  })

  test('a piece that git ignores is not committed; what nothing reads may be ignored', async () => {
    folder.write({ ...GOOD, '.gitignore': '*~\n*.bak\nsecret\nnotes\nenv/jobs\n' })
    git('init', '-q')
    git('add', '-A')
    git('commit', '-q', '-m', 'all')
    const leftovers = {
      'portage.global/x~': '',
      'portage.global/package.use/x.bak': '',
      'notes/x': '',
      'user.files/web/x~': '',
    }
    expect(await changes(leftovers)).toBeUndefined()
    expect(await changes({ 'portage.locals/secret/make.conf': '', 'user.files/web/x.bak': '' })).toBe(
      'portage.locals/secret/ (ignored by git), user.files/web/x.bak (ignored by git)',
    )
  })

  test('a configuration below the top of a repository', async () => {
    const top = folder.path
    git('init', '-q')
    folder.write({ '.gitignore': 'secret\n', 'portage.global/secret': '' })
    folder.write(Object.fromEntries(Object.entries(GOOD).map(([path, text]) => [`machines/${path}`, text])))
    git('add', '-A')
    git('commit', '-q', '-m', 'all')
    folder.write({ 'machines/user-files/secret/x': '', 'machines/env/jobs': '9' })
    const { problems } = await check({ path: join(top, 'machines'), data: join(top, 'data'), signal, names: [] })
    expect(describeProblem(problems[0] ?? fail())).toContain(
      'not committed: machines/env/jobs, machines/user-files/secret/ (ignored by git).',
    )
  })

  test('a submodule is committed where the commit that is named is there, and nothing in it is changed', async () => {
    const inside = (...words: string[]) => git('-C', 'portage.locals/shared', ...words)
    const piece = 'portage.locals/shared/desk/make.conf'
    const files = { 'stage3.defines/desk/portage.local': 'shared/desk' }
    folder.write({ ...GOOD, ...files, [piece]: 'A="1"\n' })
    for (const repository of [inside, git]) {
      repository('init', '-q')
      repository('add', '-A')
      repository('commit', '-q', '-m', 'one')
    }
    expect(await changes(files)).toBeUndefined()
    expect(await changes({ ...files, [piece]: 'A="2"\n' })).toBe(piece)
    inside('commit', '-q', '-a', '-m', 'two')
    expect(await changes(files)).toBe('portage.locals/shared')
    git('add', '-A')
    expect(await changes(files)).toBe('portage.locals/shared')
  })

  test('runs nothing that the configuration directory brings for git to run', async () => {
    folder.write({ ...GOOD, '.gitattributes': '* filter=evil\n' })
    git('init', '-q')
    git('config', 'filter.evil.clean', `touch ${folder.path}/ran; cat`)
    git('config', 'core.fsmonitor', `touch ${folder.path}/ran`)
    const problems = await found({})
    expect(problems[0]).toContain('not committed')
    expect(problems.join('\n')).not.toContain('ran,')
    expect(() => execFileSync('test', ['-e', join(folder.path, 'ran')])).toThrow('Command failed')
  })
})

function fail(): never {
  throw new Error('there is no problem')
}
