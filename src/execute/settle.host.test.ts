import { chmod, lstat, mkdtemp, readFile, readdir, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFiles, type Files } from '../system/files.testkit.ts'
import { run } from '../system/process.ts'
import { projectRoot } from '../system/project.ts'

const EPOCH = 1_700_000_000
let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gm-settle-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = (files: Files) => writeFiles(folder, files)
const read = (path: string) => readFile(join(folder, path), 'utf8')

/** @returns its status and what it says */
async function settle(asked: readonly string[], packages: readonly string[]) {
  const plan = { portage: join(folder, 'final'), profile: '../../var/profile', asked, packages, epoch: EPOCH }
  await put({ 'plan.json': JSON.stringify({ settle: plan }) })
  const program = join(projectRoot(), 'src/execute/programs/settle.py')
  const script = 'python3 -B "$1" "$2"; echo "$?"'
  const { stdout } = await run(['bash', '-c', script, 'bash', program, join(folder, 'plan.json')], {
    env: { ROOT: join(folder, 'root') },
  })
  return stdout.trim()
}

beforeEach(async () => {
  await put({
    'final/make.conf': 'USE=""\n',
    'final/package.use/own': 'a/b c\n',
    'final/bin/hook': '#!/bin/sh\n',
    'root/etc/portage/repos.conf/old': 'x',
    'root/var/lib/portage/world': 'a/left\n',
    'root/var/db/pkg/a/first-1/COUNTER': '30',
    'root/var/db/pkg/b/second-1/COUNTER': '20',
  })
  await chmod(join(folder, 'final/make.conf'), 0o600)
  await chmod(join(folder, 'final/bin/hook'), 0o700)
})

test('the root carries the composed directory, readable, and what the machine asked for', async () => {
  expect(await settle(['@mine', '@system-tools'], ['a/first-1', 'b/second-1'])).toBe('0')
  const etc = join(folder, 'root/etc/portage')
  expect((await readdir(etc, { recursive: true })).toSorted()).toEqual([
    'bin',
    'bin/hook',
    'make.conf',
    'make.profile',
    'package.use',
    'package.use/own',
  ])
  expect(await readlink(join(etc, 'make.profile'))).toBe('../../var/profile')
  const mode = async (path: string) => (await lstat(join(etc, path))).mode & 0o7777
  expect([await mode('.'), await mode('bin'), await mode('bin/hook'), await mode('make.conf')]).toEqual([
    0o755, 0o755, 0o755, 0o644,
  ])
  expect((await lstat(join(etc, 'make.conf'))).mtimeMs).toBe(EPOCH * 1000)
  expect(await read('root/var/lib/portage/world')).toBe('')
  expect(await read('root/var/lib/portage/world_sets')).toBe('@mine\n@system-tools\n')
  expect(await read('root/var/db/pkg/a/first-1/COUNTER')).toBe('2\n')
})

test('a machine of @system alone asks for no set', async () => {
  expect(await settle([], ['a/first-1', 'b/second-1'])).toBe('0')
  expect(await readdir(join(folder, 'root/var/lib/portage'))).toEqual(['world'])
})

test('a root that lost a package, or has one that nobody asked for, is told', async () => {
  expect(await settle([], ['a/first-1', 'a/lost-1', 'b/second-1'])).toBe(
    '!!! the root does not hold what was resolved: missing a/lost-1, unasked nothing\n1',
  )
  expect(await settle([], ['a/first-1'])).toBe(
    '!!! the root does not hold what was resolved: missing nothing, unasked b/second-1\n1',
  )
})
