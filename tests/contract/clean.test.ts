/** clean on a data directory with an engine, links, strangers and hard links: what goes, what stays, and that nothing else is touched. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { link, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Folder, GOOD } from '../../src/config/folder.testkit.ts'
import { writeLock, type Lock } from '../../src/config/lock.ts'
import { readConfig } from '../../src/config/read.ts'
import type { TreeRef } from '../../src/engine/engine.ts'
import { HANDLERS } from '../../src/execute/handlers.ts'
import { realiseSteps } from '../../src/execute/realise.ts'
import type { Event } from '../../src/events.ts'
import { withRun, type Run } from '../../src/execute/run.ts'
import type { Json } from '../../src/plan/json.ts'
import { stepKey, type Step } from '../../src/plan/step.ts'
import { rememberConfiguration } from '../../src/store/configurations.ts'
import { layoutOf } from '../../src/store/layout.ts'
import { clean, type Cleaned } from '../../src/workbench/clean/clean.ts'
import { tarOf } from './tar-writer.ts'

const MIB = 1024 ** 2
const DAY = 24 * 60 * 60 * 1000

let config: Folder
let data: string
let events: Event[]
beforeEach(async () => {
  config = new Folder()
  config.write(GOOD)
  data = await mkdtemp(join(tmpdir(), 'gm-clean-'))
  events = []
  await writeLock(config.path, LOCK)
})
afterEach(async () => {
  // Trees belong to ids of their own.
  await during(async ({ openEngine }) => {
    for (const name of await openEngine.preserved()) await openEngine.discard(name)
    await openEngine.prune([])
  })
  config.remove()
  await rm(data, { recursive: true, force: true })
})

const SEED = 'a'.repeat(128)
const LOCK: Lock = {
  version: 1,
  profiles: { default: { stage3: 'stage3.tar.xz', sha512: SEED, signedBy: 'A'.repeat(40) } },
  repositories: {},
}

function during<T>(work: (run: Run) => Promise<T>): Promise<T> {
  const logs = join(data, 'logs', '20260601T000000Z-clean')
  return withRun(
    {
      data,
      engine: 'embedded',
      jobs: 1,
      mirrors: [],
      command: 'gentoomuch clean',
      logs,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      shellIn: (name) => name,
      room: 'not needed',
      asks: false,
    },
    work,
  )
}

const cleaned = (options: { dryRun?: boolean; keep?: number; older?: number } = {}): Promise<Cleaned> =>
  during(async (run) =>
    clean(await readConfig(config.path), run, {
      keep: options.keep ?? 1,
      older: options.older,
      dryRun: options.dryRun ?? false,
      agreed: () => Promise.resolve(true),
    }),
  )

const at = (path: string) => join(data, path)

function put(path: string, bytes: string | Uint8Array = 'x'): void {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), bytes)
}

const hex = (letter: string, length = 64) => letter.repeat(length)

/** Two states of the machine `home`: a tree, a package that both have, one that only its state has, a tarball. */
async function twoStates(run: Run): Promise<{ old: TreeRef; now: TreeRef }> {
  const tree = (content: string) => run.openEngine.importTree(tarOf([{ name: 'f', content }]))
  const states = { old: await tree('old'), now: await tree('now') }
  const keep = (id: string, key: string, value: Json) =>
    run.steps.keep({ id, kind: id.split(':')[0] ?? '', key, output: { digest: key, value }, seconds: 1 }, {})
  for (const [letter, state] of [
    ['1', states.old],
    ['2', states.now],
  ] as const) {
    const own = hex(letter)
    await keep('compile:default/home', hex(`${letter}c`, 32), { fingerprints: { 'a/a-1': hex('f'), 'a/b-1': own } })
    await keep('root:default/home', hex(`${letter}d`, 32), { tree: state as unknown as Json })
    await keep('pack:default/home', own, { folder: own })
    put(`store/packages/${own}/package.gpkg.tar`, Buffer.alloc(MIB, 1))
    put(`store/packed/${own}/stage4.tar`, Buffer.alloc(MIB, 1))
    put(`stages/home/build-${letter}/.keep`)
    await link(at(`store/packed/${own}/stage4.tar`), at(`stages/home/build-${letter}/stage4.tar`))
  }
  put(`store/packages/${hex('f')}/package.gpkg.tar`, Buffer.alloc(MIB, 1))
  await rememberConfiguration(run.layout, config.path)
  return states
}

test('the earlier state goes with what it alone has; published builds keep their blocks, and those are not counted', async () => {
  const { old, now } = await during(twoStates)
  const dry = await cleaned({ dryRun: true })
  expect(dry.removed).toBe(false)
  expect(await readdir(at('store/packages'))).toHaveLength(3)
  const done = await cleaned()
  expect(done.items).toEqual(dry.items)
  const sum = (what: string) =>
    done.items.filter((item) => item.what === what).reduce((bytes, item) => bytes + (item.bytes ?? 0), 0)
  expect(done.items.map(({ what }) => what).toSorted()).toEqual([
    'package',
    'packed',
    'record',
    'record',
    'record',
    'tree',
  ])
  expect(sum('package')).toBeGreaterThanOrEqual(MIB)
  expect(sum('packed')).toBeLessThan(MIB / 2)
  expect(sum('tree')).toBeGreaterThan(0)
  expect((await readdir(at('store/packages'))).toSorted()).toEqual([hex('2'), hex('f')])
  expect(await readdir(at('store/packed'))).toEqual([hex('2')])
  expect((await lstat(at('stages/home/build-1/stage4.tar'))).size).toBe(MIB)
  await during(async ({ openEngine }) => {
    expect(await openEngine.has(old)).toBe(false)
    expect(await openEngine.has(now)).toBe(true)
  })
  expect((await cleaned()).items).toEqual([])
})

test('a step that has its output already uses it: what one went back to is the newest state', async () => {
  const step: Step = { id: 'seed:default', kind: 'seed', label: 'seed', input: { sha512: SEED }, parents: {} }
  const key = stepKey(step, HANDLERS.seed.recipe, {})
  await during(async (run) => {
    const tree = await run.openEngine.importTree(tarOf([{ name: 'f', content: 'seed' }]))
    const output = { digest: 'd', value: { tree } as unknown as Json }
    await run.steps.keep({ id: step.id, kind: 'seed', key, output, seconds: 1 }, {})
    await run.steps.keep({ id: step.id, kind: 'seed', key: hex('8'), output, seconds: 1 }, {})
    await rememberConfiguration(run.layout, config.path)
  })
  const going = async () => (await cleaned({ dryRun: true })).items.map(({ name }) => name)
  expect(await going()).toEqual([key])
  const { failures } = await during((run) => realiseSteps([step], run))
  expect([...failures.keys()]).toEqual([])
  expect(await going()).toEqual([hex('8')])
})

test('interrupted wherever: the next one sees the rest, and a record that stays is whole', async () => {
  const { now } = await during(twoStates)
  const left = new Set<number>()
  for (let removed = 0; removed < 8; removed++) {
    const stop = new AbortController()
    let looks = removed
    await during(async (run) => {
      const interrupted = { ...run, signal: stop.signal }
      // A getter that fires in the middle: the n-th look at the signal aborts.
      Object.defineProperty(interrupted, 'signal', {
        get() {
          if (looks-- <= 0) stop.abort()
          return stop.signal
        },
      })
      await clean(await readConfig(config.path), interrupted, {
        keep: 1,
        older: undefined,
        dryRun: false,
        agreed: () => Promise.resolve(true),
      }).catch(() => undefined)
    })
    left.add((await steps()).length)
    await during(async ({ openEngine, steps: store }) => {
      expect(await openEngine.has(now)).toBe(true)
      expect(await store.find(hex('2d', 32))).toBeDefined()
      expect((await readdir(at('store/packages'))).filter((name) => name !== hex('1')).toSorted()).toEqual([
        hex('2'),
        hex('f'),
      ])
    })
  }
  // It was in the middle of the records, too.
  expect(left.size).toBeGreaterThan(2)
  await cleaned()
  expect((await cleaned()).items).toEqual([])
  expect(await readdir(at('store/packed'))).toEqual([hex('2')])
})

const steps = () => readdir(at('store/steps'))

test('links, files and names that are not ours stay, and are told; what links lead to is not touched', async () => {
  await mkdir(at('elsewhere/deep'), { recursive: true })
  put('elsewhere/deep/file')
  put('store/packages/notes.txt')
  put(`store/packages/${hex('e')}`, 'a file, not a folder')
  put('store/packed/my own folder/file')
  put(`store/trees/README`)
  put('logs/my-notes/file')
  put('distfiles/by-hand.tar')
  await symlink(at('elsewhere/deep'), at(`store/packed/${hex('9')}`))
  await symlink(at('elsewhere'), at('store/seeds'))
  put(`elsewhere/${'b'.repeat(128)}/stage3.tar.xz`)
  const done = await cleaned({ older: 0 })
  expect(done.items).toEqual([])
  expect(done.strange.map((path) => path.slice(data.length + 1)).toSorted()).toEqual([
    'logs/my-notes',
    `store/packages/${hex('e')}`,
    'store/packages/notes.txt',
    `store/packed/${hex('9')}`,
    'store/packed/my own folder',
    'store/seeds',
  ])
  expect(done.strangeSources).toEqual(['by-hand.tar'])
  expect(await readdir(at('elsewhere/deep'))).toEqual(['file'])
  expect(await readdir(at('store/trees'))).toEqual(['README'])
  expect(await readdir(at('elsewhere'))).toHaveLength(2)
})

test('what goes by its name may hold links: they go, and not what they lead to', async () => {
  put('elsewhere/file')
  put(`store/seeds/${'b'.repeat(128)}/stage3.tar.xz`)
  await symlink(at('elsewhere'), at(`store/seeds/${'b'.repeat(128)}/link`))
  put(`store/seeds/${SEED}/stage3.tar.xz`)
  const done = await cleaned({ older: 0 })
  expect(done.items).toMatchObject([{ what: 'stage3', name: 'b'.repeat(128) }])
  expect(await readdir(at('store/seeds'))).toEqual([SEED])
  expect(await readFile(at('elsewhere/file'), 'utf8')).toBe('x')
})

test('where a lock that counts cannot be read, nothing goes, and it is said', async () => {
  const other = new Folder()
  try {
    other.write({ ...GOOD, 'gentoomuch.lock': '<<<<<<< HEAD\n' })
    await during(async ({ layout }) => rememberConfiguration(layout, other.path))
    put(`store/seeds/${'b'.repeat(128)}/stage3.tar.xz`)
    const long = new Date(Date.now() - 31 * DAY)
    await utimes(at(`store/seeds/${'b'.repeat(128)}`), long, long)
    expect(await cleaned()).toMatchObject({ items: [], removed: false })
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'note', text: expect.stringContaining(`the lock of ${other.path}`) as string }),
    )
    // What the other one's lock names is a root like any other.
    await writeLock(other.path, { ...LOCK, profiles: { p: { ...LOCK.profiles['default']!, sha512: 'b'.repeat(128) } } })
    expect(await cleaned()).toMatchObject({ items: [] })
    await writeFile(join(data, 'store/configurations.json'), '["/cut off')
    await writeLock(other.path, LOCK)
    events = []
    expect(await cleaned()).toMatchObject({ items: [], removed: false })
    expect(events).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('configurations.json cannot be read') as string }),
    )
  } finally {
    other.remove()
  }
})

test('a configuration with a mistake keeps its machines, and those that may be its', async () => {
  await during(twoStates)
  await during((run) =>
    run.steps.keep(
      { id: 'sign:default/gone', kind: 'sign', key: hex('7'), output: { digest: 'd', value: null }, seconds: 1 },
      {},
    ),
  )
  const other = new Folder()
  try {
    other.write({ ...GOOD, 'stage4.defines/home/stage3': 'missing' })
    await during(async ({ layout }) => rememberConfiguration(layout, other.path))
    const names = async () =>
      (await cleaned({ dryRun: true })).items.filter(({ what }) => what === 'record').map(({ name }) => name)
    expect(await names()).not.toContain(hex('7'))
    other.write(GOOD)
    expect(await names()).toContain(hex('7'))
  } finally {
    other.remove()
  }
})

test('failed containers go by age, with the folders and trees that are kept for them', async () => {
  const { name, folder } = await during(async (run) => {
    const tree = await run.openEngine.importTree(tarOf([{ name: 'f', content: 'failed' }]))
    const container = await run.openEngine.open({ tree, mounts: [], folders: [], tmpfs: [], env: {}, network: false })
    const preserved = await container.preserve()
    const kept = join(run.layout.scratch, 'compile-abc')
    await mkdir(kept)
    const record = { step: 'compile:default/home', container: preserved, folders: [kept, at('elsewhere')] }
    put(`store/failed/${hex('0')}.json`, JSON.stringify(record))
    return { name: preserved, folder: kept }
  })
  put('elsewhere/file')
  expect((await cleaned({ keep: 1 })).items).toEqual([])
  const long = new Date(Date.now() - 31 * DAY)
  await utimes(at(`store/failed/${hex('0')}.json`), long, long)
  const done = await cleaned()
  expect(done.items.map(({ what }) => what)).toEqual(['container', 'tree'])
  expect(done.items[0]).toMatchObject({ name })
  expect(done.items[0]?.bytes).toBeGreaterThan(0)
  await during(async ({ openEngine }) => expect(await openEngine.preserved()).toEqual([]))
  expect(await readdir(at('store/trees'))).toEqual([])
  expect(await lstat(folder).catch(() => undefined)).toBeUndefined()
  // A path that is not in our working space is not ours, whatever the record says.
  expect(await readdir(at('elsewhere'))).toEqual(['file'])
})

test('downloads that nobody went on with go by the age of what is in them', async () => {
  const long = new Date(Date.now() - 31 * DAY)
  for (const name of ['1'.repeat(16), '2'.repeat(16)]) {
    put(`store/downloads/${name}/stage3.tar.xz.part`)
    await utimes(at(`store/downloads/${name}`), long, long)
  }
  await utimes(at(`store/downloads/${'1'.repeat(16)}/stage3.tar.xz.part`), long, long)
  for (const name of ['gentoo-20260101.tar.xz.part', 'gentoo-20260101.tar.xz.part.json', 'gentoo-notes.tar.xz'])
    put(`store/downloads/${name}`)
  for (const name of ['gentoo-20260101.tar.xz.part', 'gentoo-notes.tar.xz'])
    await utimes(at(`store/downloads/${name}`), long, long)
  const done = await cleaned()
  expect(done.items.map(({ name }) => name)).toEqual(['1'.repeat(16), 'gentoo-20260101.tar.xz.part'])
  expect(done.strange).toEqual([at('store/downloads/gentoo-notes.tar.xz')])
})

test('logs: the newest run and its own stay', async () => {
  for (const run of ['20260101T000000Z-pipeline', '20260201T000000Z-sync', '20260202T000000Z-stage-build-2'])
    put(`logs/${run}/events.jsonl`)
  put('logs/20260601T000000Z-clean/events.jsonl')
  const done = await cleaned({ older: -1 })
  expect(done.items.map(({ name }) => name)).toEqual(['20260101T000000Z-pipeline', '20260201T000000Z-sync'])
  expect(await readdir(layoutOf(data).logs)).toEqual(['20260202T000000Z-stage-build-2', '20260601T000000Z-clean'])
})
