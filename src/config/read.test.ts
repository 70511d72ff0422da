import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readLock, writeLock } from './lock.ts'
import { ConfigError } from './problem.ts'
import { readConfig } from './read.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gm-config-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const GOOD = {
  'env/arch': 'amd64',
  'env/jobs': '3',
  'cpu.defines/generic/make.conf': 'CFLAGS="-O2"',
  'portage.global/make.conf': '',
  'portage.locals/group/desk/package.use': 'a/a b',
  'package.sets/tools': 'a/a',
  'stage3.defines/gentoomuch/builder/cpu': 'generic',
  'stage3.defines/desk/cpu': 'generic # the only one',
  'stage3.defines/desk/packages': '# sets\ntools\n',
  'stage3.defines/desk/portage.local': 'group/desk',
  'stage4.defines/home/stage3': 'desk',
  'stage4.defines/home/profile': 'default',
  'stage4.defines/README.md': 'not a machine',
}

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function problems(): Promise<string[]> {
  const error = await readConfig(folder).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
}

describe('readConfig', () => {
  test('reads a whole configuration', async () => {
    await write(GOOD)
    const config = await readConfig(folder)
    const home = config.stage4s.get('home')
    expect(home?.stage3.sets.map((set) => set.name)).toEqual(['tools'])
    expect(home?.stage3.locals.map((piece) => piece.name)).toEqual(['group/desk'])
    expect([...config.stage3s.keys()].toSorted()).toEqual(['desk', 'gentoomuch/builder'])
    expect(config.env).toMatchObject({
      arch: 'amd64',
      jobs: 3,
      engine: 'embedded',
      compression: 'zstd',
      signer: undefined,
    })
  })

  test('reads the other spellings', async () => {
    await write(
      Object.fromEntries(
        Object.entries(GOOD).map(([path, text]) => [
          path.replace('stage3.defines', 'stage3-defines').replace('cpu.defines', 'cpu-defines'),
          text,
        ]),
      ),
    )
    expect((await readConfig(folder)).stage4s.get('home')?.stage3.cpu.name).toBe('generic')
  })

  test('names every problem at once, with file, line and a suggestion', async () => {
    await write({
      ...GOOD,
      'env/jobs': 'many',
      'stage3.defines/desk/cpu': 'genreic',
      'stage3.defines/desk/packages': '\ntoosl\n',
      'stage4.defines/home/stage3': 'dsek',
      'stage4.defines/home/kernal': 'x',
      'stage4.defines/away/stage3': '',
    })
    expect(await problems()).toEqual([
      'env/jobs:1: a number was wanted; found "many".',
      'stage3.defines/desk/cpu:1: there is no CPU piece named genreic. Did you mean generic?',
      'stage3.defines/desk/packages:2: there is no package set named toosl. Did you mean tools?',
      'stage4.defines/away/profile: the name of a bootstrapped profile was wanted; the file is missing.',
      'stage4.defines/away/stage3: the name of a stage3 definition was wanted; the file is empty.',
      'stage4.defines/home/kernal: nothing reads a file of this name here. Known are stage3, profile, scripts, files, nodes, hostname.',
      'stage4.defines/home/stage3:1: there is no stage3 definition named dsek. Did you mean desk?',
    ])
  })

  test('refuses a link that leaves the directory, both spellings at once, and bytes that are no UTF-8', async () => {
    await write({ ...GOOD, 'stage3-defines/x/cpu': 'generic' })
    await writeFile(join(folder, 'stage4.defines/home/hostname'), Buffer.from([0xff, 0xfe]))
    await symlink('/etc/hostname', join(folder, 'portage.global/bashrc'))
    expect(await problems()).toEqual([
      'portage.global/bashrc: a file inside the configuration directory was wanted; it is a link to /etc/hostname. Copy the file in, so that git keeps it.',
      'stage3-defines: one spelling was wanted; there are both stage3.defines and stage3-defines. Move all into one of them.',
      'stage4.defines/home/hostname: UTF-8 text was wanted; the file holds other bytes.',
    ])
  })

  test('says what to do where there is no configuration', async () => {
    await expect(readConfig(join(folder, 'none'))).rejects.toMatchObject({ code: 'no-configuration' })
  })
})

describe('the lock', () => {
  test('is sorted and comes back as it was written', async () => {
    const lock = {
      version: 1 as const,
      profiles: { b: { stage3: 's', sha512: '1', signedBy: 'k' }, a: { stage3: 's', sha512: '2', signedBy: 'k' } },
      repositories: { gentoo: { revision: 'r', tree: 't', time: 1 } },
    }
    await writeLock(folder, lock)
    expect(await readLock(folder)).toEqual(lock)
    expect(Object.keys((await readLock(folder)).profiles)).toEqual(['a', 'b'])
  })
  test('is refused, not guessed, when it cannot be understood', async () => {
    await writeFile(join(folder, 'gentoomuch.lock'), '{"version": 7}')
    await expect(readLock(folder)).rejects.toMatchObject({ code: 'bad-lock' })
  })
})
