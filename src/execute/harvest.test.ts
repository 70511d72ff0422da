import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Container, Io } from '../engine/engine.ts'
import { layoutOf } from '../store/layout.ts'
import { PackageStore } from '../store/packages.ts'
import { emerge } from './emerge.ts'
import type { Tools } from './handler.ts'
import { Harvest } from './harvest.ts'

let folder: string
let store: PackageStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harvest-'))
  const layout = layoutOf(folder)
  await Promise.all([layout.scratch, layout.packages].map((path) => mkdir(path, { recursive: true })))
  store = new PackageStore(layout)
})
afterEach(() => rm(folder, { recursive: true }))

const names = ['app/tiny-1', 'app/huge-1', 'app/last-1']
const wanted = new Map(names.map((cpv) => [cpv, { fingerprint: cpv.replace('/', '-'), ingredients: {} }]))
const lacks = new Map([...wanted].map(([cpv, { fingerprint }]) => [cpv, fingerprint]))

/**
 * A container in which emerge says these lines, and then works on.
 * @param whole a package, and a word of the line that is said when it becomes complete
 */
async function whileWorking(lines: readonly string[], whole: { cpv: string; after: string }): Promise<void> {
  const taken: string[] = []
  const end = new AbortController()
  const killed = new Promise((done) => end.signal.addEventListener('abort', done))
  let isThere = false
  const container = {
    async keepFiles(path: string) {
      // As long as it takes to look.
      const found = isThere
      await sleep(5)
      if (!found || !path.endsWith(`/${whole.cpv}.gpkg.tar`)) throw new Error('tar: not there')
      const file = join(folder, 'taken')
      await writeFile(file, whole.cpv)
      return { path: file }
    },
    async run(_argv: unknown, { stdout }: Io) {
      for (const line of lines) {
        stdout?.write(`${line}\n`)
        // Whoever looks because of this line has looked by then.
        await sleep(20)
        isThere ||= line.includes(whole.after)
      }
      await killed
      throw new Error('killed')
    },
  } as unknown as Container
  const tools = {
    line: () => undefined,
    progress: () => undefined,
    signal: end.signal,
    packages: store,
    notFull: () => Promise.resolve(),
    packageDone: (cpv: string) => taken.push(cpv),
  } as unknown as Tools
  const harvest = new Harvest(container, tools, wanted, lacks)
  const working = emerge(container, ['emerge'], tools, {
    purpose: 'testing',
    onPackage: (cpv) => harvest.seen(cpv),
    onJobEnded: () => harvest.jobEnded(),
  }).catch(() => undefined)
  await expect.poll(() => taken, { timeout: 3000 }).toEqual([whole.cpv])
  end.abort()
  await working
}

test('what is complete is in the store although emerge turns to nothing any more', async () => {
  const jobs = (words: string) => `>>> Jobs: ${words.padEnd(40)}Load avg: 1.00, 1.00, 1.00`
  const lines = [
    jobs('0 of 2 complete, 1 running'),
    '>>> Emerging (1 of 2) app/tiny-1::lab',
    jobs('0 of 2 complete, 2 running'),
    '>>> Emerging (2 of 2) app/huge-1::lab',
    jobs('0 of 2 complete, 1 running'),
    jobs('1 of 2 complete, 1 running'),
  ]
  await whileWorking(lines, { cpv: 'app/tiny-1', after: 'huge' })
  expect(await store.verified('app-tiny-1')).toMatchObject({ cpv: 'app/tiny-1' })
})

test('of an emerge that does not tell of its jobs, what came before the package that it turns to is taken', async () => {
  const lines = ['>>> Emerging (1 of 3) app/tiny-1::lab', '>>> Emerging (2 of 3) app/huge-1::lab']
  await whileWorking(lines, { cpv: 'app/tiny-1', after: 'tiny' })
  expect(await store.verified('app-tiny-1')).toMatchObject({ cpv: 'app/tiny-1' })
})

/** Looks that end when the test says so; what is looked for is in `looked`. */
function slowly(whole: ReadonlySet<string>) {
  const looked: string[] = []
  const waiting: (() => void)[] = []
  const container = {
    async keepFiles(path: string) {
      const name = path.replace(/^.*\/([^/]+)\.gpkg\.tar$/, '$1')
      looked.push(name)
      await new Promise<void>((done) => waiting.push(done))
      if (!whole.has(name)) throw new Error('tar: not there')
      const file = join(folder, name)
      await writeFile(file, name)
      return { path: file }
    },
  }
  const endOne = async () => {
    await expect.poll(() => waiting.length).toBeGreaterThan(0)
    waiting.shift()?.()
  }
  return { container, looked, endOne }
}

test('what ends while it is looked for something is looked for together', async () => {
  const { container, looked, endOne } = slowly(new Set(['huge-1', 'last-1']))
  const harvest = new Harvest(
    container,
    { packages: store, packageDone: () => undefined, notFull: () => Promise.resolve() },
    wanted,
    lacks,
  )
  for (const cpv of names) harvest.seen(cpv)
  harvest.jobEnded()
  await expect.poll(() => looked).toEqual(['tiny-1'])
  for (let n = 0; n < 5; n++) harvest.jobEnded()
  const finished = harvest.finish()
  for (let n = 0; n < 4; n++) await endOne()
  await finished
  // Huge and last are found the first time; for tiny, which is never whole, it is looked once more.
  expect(looked).toEqual(['tiny-1', 'huge-1', 'last-1', 'tiny-1'])
})

test('a package that cannot be taken into the store is told when emerge has ended, and not before', async () => {
  const { container, endOne } = slowly(new Set(['tiny-1']))
  const packages = { keep: () => Promise.reject(new Error('ENOSPC')) } as unknown as PackageStore
  const harvest = new Harvest(
    container,
    { packages, packageDone: () => undefined, notFull: () => Promise.resolve() },
    wanted,
    lacks,
  )
  harvest.seen('app/tiny-1')
  harvest.jobEnded()
  await endOne()
  // Whoever does not handle it in time ends the program.
  await sleep(20)
  await expect(harvest.finish()).rejects.toThrow('ENOSPC')
})
