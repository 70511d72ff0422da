import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Folder, GOOD, type Files } from '../config/folder.testkit.ts'
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
const NOTHING_YET =
  'stage4.defines/home/profile:1: the profile default has not been bootstrapped yet. gentoomuch bootstrap default STAGE3'

describe('check', () => {
  test('of a good configuration that nothing was bootstrapped for', async () => {
    expect(await found({})).toEqual([NO_GIT(), NOTHING_YET])
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
      'portage.global/repos.conf',
      'portage.locals/group/desk/package.use:1',
      'stage3.defines/desk/cpu:1',
      'stage4.defines/home/nodes:2',
      'stage4.defines/home/profile:1',
    ])
    expect(problems).toContain(
      'portage.global/repos.conf: the repository gentoo is not here, so atoms, flags and USE_EXPAND groups were not held against it. gentoomuch sync',
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
    expect(await found(files, ['gentoomuch/builder'])).toEqual([NO_GIT()])
    await expect(found(files, ['hom'])).rejects.toMatchObject({
      code: 'unknown-definition',
      hint: 'Did you mean home?',
    })
  })

  test('says what is not committed', async () => {
    folder.write(GOOD)
    git('init', '-q')
    git('add', '-A')
    git('commit', '-q', '-m', 'all')
    expect(await found({})).toEqual([NOTHING_YET])
    folder.write({ 'env/jobs': '4', 'env/arch': 'amd64\n', 'portage.global/bashrc': 'x', 'package.sets/new': 'a/a' })
    const checked = await check({ path: folder.path, data: join(folder.path, 'data'), signal, names: [] })
    expect(describeProblem(checked.problems[0] ?? fail())).toBe(
      `.: 4 changes in the configuration directory not committed: env/arch, env/jobs, package.sets/new and 1 more. git -C ${folder.path} status`,
    )
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
