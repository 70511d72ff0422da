/**
 * Each change of a data directory, killed before and after every call it makes on files, and with a disk that is full at
 * every one: what stands is the old or the new, whole; what is swept leaves nothing; and done again it comes out right.
 */
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepFiles } from '../src/execute/sweep.ts'
import { layoutOf, type Layout } from '../src/store/layout.ts'
import { PackageStore } from '../src/store/packages.ts'
import { StepStore } from '../src/store/steps.ts'
import { exists } from '../src/system/files.ts'
import { run } from '../src/system/process.ts'
import { change, type ChangeName } from './faults/changes.ts'
import { callsIn, compileInjector, faulty, faultWords, type Fault } from './faults/injector.ts'
import { compileProgram } from './kit/compiled.ts'

let folder: string
let library: string
let program: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-faults-'))
  library = await compileInjector(folder)
  program = await compileProgram('tests/faults/acts.ts', folder)
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What a change leaves: `old`, `new`, or `none` where the old may be gone already, since it can be made again. */
type Found = 'old' | 'new' | 'none'

interface Act {
  readonly name: ChangeName
  /** From another file system, where this host has one: what cannot be renamed is copied first. */
  readonly across: boolean
  readonly found: (layout: Layout) => Promise<Found>
  /** Whether the old may be gone before the new is there. */
  readonly gap?: boolean
}

const text = async (path: string): Promise<string> => readFile(path, 'utf8').catch(() => 'none')
const inFolder = async (path: string): Promise<Found> => {
  const names = (await readdir(path).catch(() => [])).toSorted()
  if (names.length === 0) return (await exists(path)) ? expect.unreachable('an empty folder') : 'none'
  expect(names).toEqual(['a', 'b'])
  const [a, b] = await Promise.all(names.map((name) => text(join(path, name))))
  expect(a).toBe(b)
  return a as Found
}

const CHANGES: readonly Omit<Act, 'across'>[] = [
  { name: 'write', found: async ({ configurations }) => (await text(configurations)) as Found },
  { name: 'file', found: async ({ configurations }) => (await text(configurations)) as Found },
  {
    name: 'package',
    found: async (layout) => {
      const store = new PackageStore(layout)
      const entry = await store.find('f')
      if (entry === undefined) return 'none'
      expect(await store.verified('f')).toEqual(entry)
      return (await text(join(layout.packages, 'f/package.gpkg.tar'))) as Found
    },
    gap: true,
  },
  {
    name: 'record',
    found: async (layout) => ((await new StepStore(layout).find('k'))?.output.digest ?? 'none') as Found,
  },
  { name: 'folder', found: ({ packed }) => inFolder(join(packed, 'k')), gap: true },
  {
    name: 'publish',
    found: async ({ stages }) => {
      expect(await inFolder(join(stages, 'porch/old'))).toBe('old')
      if (await exists(join(stages, 'porch/new'))) expect(await inFolder(join(stages, 'porch/new'))).toBe('new')
      const latest = await readlink(join(stages, 'porch/latest'))
      expect(await inFolder(join(stages, 'porch', latest))).toBe(latest)
      return latest as Found
    },
  },
]

const ACTS: readonly Act[] = CHANGES.flatMap((one) => [
  { ...one, across: false },
  // A record is written in its place, never moved there.
  ...(['file', 'folder', 'publish'].includes(one.name) ? [{ ...one, across: true }] : []),
])

describe.each(ACTS)('$name, across file systems: $across', (act) => {
  const place = async () => {
    const at = await mkdtemp(join(folder, `${act.name}-`))
    const from = act.across && (await exists('/dev/shm')) ? await mkdtemp('/dev/shm/gm-faults-') : join(at, 'from')
    const layout = layoutOf(join(at, 'data'))
    await old(act.name, layout)
    await fresh(from)
    return { at, from, layout, close: () => Promise.all([at, from].map((path) => rm(path, { recursive: true }))) }
  }
  const perform = (at: { from: string; layout: Layout }, env: Record<string, string>) =>
    run([process.execPath, program, act.name, at.layout.data, at.from], { env, accept: [0, 28, 128] })

  test('at every call', { timeout: 120_000 }, async () => {
    const counted = await place()
    const list = join(counted.at, 'list')
    await perform(counted, faulty(library, counted.layout.data, { list }))
    expect(await act.found(counted.layout)).toBe('new')
    const calls = await callsIn(list)
    await counted.close()
    expect(calls.length).toBeGreaterThan(0)
    // Killed after one call is killed before the next.
    const faults = calls.flatMap((_, n) =>
      (['before', 'full'] as const).map((how): Fault => ({ how, operation: '*', path: '*', nth: n + 1 })),
    )
    faults.push({ how: 'after', operation: '*', path: '*', nth: calls.length })
    for (const fault of faults) await meet(await place(), fault)
  })

  const meet = async (at: Awaited<ReturnType<typeof place>>, fault: Fault) => {
    const why = `${act.name}, ${faultWords(fault)}`
    const { status, stderr } = await perform(at, faulty(library, at.layout.data, { fault }))
    const found = await act.found(at.layout)
    expect(['old', 'new', ...(act.gap === true ? ['none'] : [])], why).toContain(found)
    if (fault.how !== 'full') expect(status, why).toBe(128)
    else if (status === 28) expect(stderr, why).toBe('ENOSPC\n')
    // What does not say that it failed has not.
    else expect([status, found], why).toEqual([0, 'new'])
    const left = await unfinished(at.layout)
    if (fault.how === 'full') expect(left, why).toEqual([])
    await sweepFiles(at.layout)
    expect(await unfinished(at.layout), why).toEqual([])
    await rm(at.from, { recursive: true, force: true })
    await fresh(at.from)
    await change(act.name, at.layout.data, at.from)
    expect(await act.found(at.layout), why).toBe('new')
    await at.close()
  }
})

/** What was there before the change. */
async function old(act: string, layout: Layout): Promise<void> {
  for (const path of [layout.scratch, layout.packages, layout.packed, layout.steps, layout.last, layout.stages])
    await mkdir(path, { recursive: true })
  if (act === 'write' || act === 'file') await writeFile(layout.configurations, 'old')
  if (act === 'record')
    await new StepStore(layout).keep(
      { id: 'i', kind: 'seed', key: 'k', output: { digest: 'old', value: null }, seconds: 1 },
      {},
    )
  if (act === 'package') {
    await writeFile(join(layout.data, 'old'), 'old')
    await new PackageStore(layout).keep(
      { fingerprint: 'f', cpv: 'app-misc/greet-1', ingredients: {} },
      join(layout.data, 'old'),
    )
    // Damaged: the new one takes its place.
    await truncate(join(layout.packages, 'f/package.gpkg.tar'), 0)
  }
  if (act === 'folder') await two(join(layout.packed, 'k'), 'old')
  if (act === 'publish') {
    await two(join(layout.stages, 'porch/old'), 'old')
    await symlink('old', join(layout.stages, 'porch/latest'))
  }
}

/** What the change takes in: a file and a folder. */
async function fresh(from: string): Promise<void> {
  await mkdir(from, { recursive: true })
  await writeFile(join(from, 'new'), 'new')
  await two(join(from, 'build'), 'new')
}

async function two(path: string, content: string): Promise<void> {
  await mkdir(path, { recursive: true })
  for (const name of ['a', 'b']) await writeFile(join(path, name), content)
}

/** Temporary names outside of the working space. */
async function unfinished({ data, scratch }: Layout): Promise<string[]> {
  const all = await readdir(data, { recursive: true })
  return all.filter((path) => !join(data, path).startsWith(scratch) && /\.tmp$|\.unfinished-/.test(path))
}
