import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeProblem } from '../config/problem.ts'
import { inspectConfig, readConfig } from '../config/read.ts'
import { writeFilesSync, type Files } from '../system/files.testkit.ts'
import { demoFiles } from './demo/configuration.ts'
import { init } from './init.ts'
import { cpuNameOf, starterFiles, type Host } from './starter.ts'

let folder: string
let config: string
let data: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gm-init-'))
  config = join(folder, 'config')
  data = join(folder, 'data')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (path: string) => readFileSync(join(config, path), 'utf8')

const write = (files: Files) => writeFilesSync(config, files)

const problems = async () => (await inspectConfig(config)).problems.map(describeProblem)

/** Files that are there, with their texts. */
function state(): Record<string, string> {
  const entries = readdirSync(config, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    entries.map((entry) => [
      join(entry.parentPath, entry.name),
      readFileSync(join(entry.parentPath, entry.name), 'utf8'),
    ]),
  )
}

describe('a new configuration', () => {
  test('reads without any problem and has a builder and an example', async () => {
    const done = await init(config, data)
    expect(await problems()).toEqual([])
    const { stage3s, stage4s, env } = await readConfig(config)
    const builder = stage3s.get('gentoomuch/builder')
    expect(builder?.cpu.name).toBe(done.cpu)
    expect(builder?.sets.map((set) => set.name)).toEqual(['gentoomuch-builder'])
    expect(builder?.locals.map((piece) => piece.name)).toEqual(['gentoomuch/builder'])
    expect([...stage4s.keys()]).toEqual(['example'])
    expect([env.uid, env.gid]).toEqual([process.getuid?.(), process.getgid?.()])
    expect(done.inGit).toBe(false)
  })

  test('has a README in every folder that holds definitions', async () => {
    const { written } = await init(config, data)
    const folders = readdirSync(config, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    for (const { name } of folders) expect(written).toContain(`${name}/README.md`)
    expect(folders.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['kernel.configs', 'user.patches', 'user.removes', 'user.files', 'user.scripts']),
    )
    expect(written).toContain('.gitignore')
  })

  test('a second run writes nothing', async () => {
    const first = await init(config, data)
    const before = state()
    const second = await init(config, data)
    expect(second.written).toEqual([])
    expect(second.kept).toEqual(first.written)
    expect(state()).toEqual(before)
  })

  test('without an example and without this host’s CPU it is the same on every host of an architecture', async () => {
    const done = await init(config, data, { example: false, hostCpu: false })
    expect(done.cpu).toBe('generic')
    expect(readdirSync(join(config, 'cpu.defines'))).toEqual(['README.md', 'generic'])
    expect(read('stage3.defines/gentoomuch/builder/cpu')).toBe('generic\n')
    expect(done.written.filter((path) => /example|minimal/.test(path))).toEqual([])
    expect(await problems()).toEqual([])
  })
})

describe('what is there stays', () => {
  test('whatever is in the way of a file, nothing is overwritten', async () => {
    const outside = join(folder, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'file'), 'mine')
    write({ 'env/arch': 'arm64\n', 'user.files': 'a file', 'README.md/odd': '' })
    symlinkSync(join(outside, 'file'), join(config, 'env/uid'))
    symlinkSync('nowhere', join(config, '.gitignore'))
    symlinkSync('nowhere', join(config, 'user.removes'))
    symlinkSync(outside, join(config, 'user.scripts'))
    const done = await init(config, data)
    expect(done.kept).toEqual([
      '.gitignore',
      'README.md',
      'env/arch',
      'env/uid',
      'user.files/README.md',
      'user.removes/README.md',
      'user.scripts/README.md',
    ])
    expect(read('env/arch')).toBe('arm64\n')
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('mine')
    expect(readdirSync(outside)).toEqual(['file'])
    expect(lstatSync(join(config, '.gitignore')).isSymbolicLink()).toBe(true)
  })

  test('spellings in use are kept, and a definition that is there gets no file more', async () => {
    write({
      'cpu-defines/generic/make.conf': '',
      'stage3-defines/gentoomuch-builder/cpu': 'generic\n',
      'portage-global/make.conf': '',
      'stage4-defines/home/stage3': 'gentoomuch-builder\n',
      'stage4-defines/home/profile': 'default\n',
    })
    const { written } = await init(config, data, { hostCpu: false })
    expect(readdirSync(config).filter((name) => /^(cpu|stage|portage)/.test(name))).toEqual([
      'cpu-defines',
      'portage-global',
      'portage.locals',
      'stage3-defines',
      'stage4-defines',
    ])
    expect(written.filter((path) => !/README|^env|^\.git/.test(path))).toEqual([
      'portage-global/repos.conf/gentoo.conf',
    ])
    expect(await problems()).toEqual([])
  })

  test('a git repository is seen, in the folder or above it', async () => {
    mkdirSync(join(folder, '.git'))
    expect((await init(config, data)).inGit).toBe(true)
  })
})

test('own files take the place of the starter’s; null leaves one out', async () => {
  const own = { 'stage3.defines/gentoomuch/builder/cpu': 'generic\n', 'package.sets/gentoomuch-builder': null }
  await init(config, data, { own: { ...own, 'stage3.defines/gentoomuch/builder/packages': null } })
  expect(read('stage3.defines/gentoomuch/builder/cpu')).toBe('generic\n')
  expect(readdirSync(join(config, 'package.sets'))).toEqual(['README.md', 'example'])
  expect(await problems()).toEqual([])
})

test('the host’s CPU is the builder’s and the example’s', async () => {
  const host: Host = {
    arch: 'amd64',
    uid: undefined,
    gid: undefined,
    cpu: { march: 'alderlake', switches: [], flags: ['aes'], model: undefined },
  }
  const files = await starterFiles(host)
  for (const define of ['gentoomuch/builder', 'example'])
    expect(files.get(`stage3.defines/${define}/cpu`)).toBe('alderlake\n')
  expect(files.get('cpu.defines/alderlake/make.conf')).toContain('-march=alderlake"')
  expect(files.has('env/uid')).toBe(false)
  expect(cpuNameOf({ ...host, cpu: undefined })).toBe('generic')
})

test('the demo’s configuration has no problem and takes nothing from this host', async () => {
  const miniature = { repository: '/m/gentoo', distfiles: '/m/distfiles' } as Parameters<typeof demoFiles>[0]
  await init(config, data, { example: false, own: demoFiles(miniature, join(folder, 'keys'), 'ABCD') })
  expect(await problems()).toEqual([])
  const { stage3s, stage4s } = await readConfig(config)
  expect(new Set([...stage3s.values()].map((define) => define.cpu.name))).toEqual(new Set(['generic']))
  expect(stage3s.get('gentoomuch/builder')).toMatchObject({ sets: [], locals: [], scripts: [] })
  expect(stage4s.size).toBe(2)
})
