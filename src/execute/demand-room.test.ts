import { statfsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Json } from '../plan/json.ts'
import type { Step } from '../plan/step.ts'
import type { Judged } from '../plan/verdict.ts'
import { Durations } from '../store/durations.ts'
import { layoutOf } from '../store/layout.ts'
import { PackageStore } from '../store/packages.ts'
import { StepStore } from '../store/steps.ts'
import { demandRoom, type Freeable } from './room.ts'
import type { Run } from './run.ts'

/** More than any disk of today. */
const HUGE = 1024 ** 6

let data: string
beforeEach(async () => void (data = await mkdtemp(join(tmpdir(), 'gm-room-'))))
afterEach(() => rm(data, { recursive: true, force: true }))

async function runWith(learn: (durations: Durations, steps: StepStore) => Promise<void> | void): Promise<Run> {
  const layout = layoutOf(data)
  const [steps, durations] = [new StepStore(layout), await Durations.read(layout)]
  await learn(durations, steps)
  return { layout, steps, durations, packages: new PackageStore(layout) } as unknown as Run
}

const judged = (
  id: string,
  verdict: Judged['verdict']['word'],
  more: Partial<Step> & { value?: Json } = {},
): Judged => {
  const kind = id.split(':')[0] as Step['kind']
  const { value = null, ...rest } = more
  const output = { digest: 'd', value }
  const words = { have: { word: 'have', key: 'k', output }, run: { word: 'run', key: 'k', because: [] } } as const
  return {
    step: { id, kind, label: id, input: null, parents: {}, ...rest },
    verdict: verdict === 'unknown' ? { word: 'unknown', waitsFor: [] } : words[verdict],
  }
}

const packed = (steps: StepStore) =>
  steps.keep(
    {
      id: 'pack:p/m',
      kind: 'pack',
      key: 'k',
      output: { digest: 'd', value: { packed: { tarball: { bytes: HUGE } } } },
      seconds: 1,
    },
    {},
  )

const failureOf = (steps: readonly Judged[], run: Run, freed?: Freeable) =>
  demandRoom(steps, run, () => Promise.resolve(freed)).then(
    () => undefined,
    (error: unknown) => error,
  )

test('what took more than there is the last time is refused, with what is missing and what clean would free', async () => {
  const run = await runWith((_, steps) => packed(steps))
  const steps = [judged('finish:p/m', 'have'), judged('pack:p/m', 'unknown')]
  const MIB = 1024 ** 2
  expect(await failureOf(steps, run, { usually: 3 * MIB, atMost: 5 * MIB })).toMatchObject({
    code: 'no-room',
    exit: 1,
    message: expect.stringMatching(
      /^The file system of .*store has .* free, and this run is judged to need 1048576\.0 TiB: about .* are missing\. Nothing was begun\.$/,
    ) as string,
    hint: 'make room there; gentoomuch clean would free about 3.0 MiB, gentoomuch clean --keep 1 --older 0d about 5.0 MiB',
  })
  expect(await failureOf(steps, run, { usually: 0, atMost: 0 })).toMatchObject({
    hint: 'make room there; gentoomuch clean finds nothing that could go',
  })
  expect(await failureOf(steps, run)).toMatchObject({ hint: 'make room there' })
})

test('what is there already, and what was never made, needs none', async () => {
  const run = await runWith((_, steps) => packed(steps))
  expect(await failureOf([judged('pack:p/m', 'have')], run)).toBeUndefined()
  expect(await failureOf([judged('pack:p/other', 'run')], run)).toBeUndefined()
})

test('a stage3 that was never unpacked is judged by its tarball', async () => {
  const run = await runWith(() => undefined)
  const seed = judged('seed:p', 'run', { input: { sha512: 'a', name: 's.tar.xz' } })
  expect(await failureOf([seed], run)).toBeUndefined()
  await mkdir(join(run.layout.seeds, 'a'), { recursive: true })
  const { bavail, bsize } = statfsSync(data)
  // A hole takes no room itself.
  await writeFile(join(run.layout.seeds, 'a/s.tar.xz'), '')
  await truncate(join(run.layout.seeds, 'a/s.tar.xz'), Math.ceil((bavail * bsize) / 4))
  expect(await failureOf([seed], run)).toMatchObject({ code: 'no-room' })
})

test('packages that are lacking count once, however many machines want them', async () => {
  const size = (await runWith(() => undefined)).layout
  const entry = {
    id: 'target:a/b-1',
    cpv: 'a/b-1',
    name: 'a/b',
    version: '1',
    slot: '0',
    subslot: '0',
    repository: 'r',
  }
  const answer = { packages: [{ ...entry, use: [], needs: [], madeFrom: 'x' }], installed: [], toolchain: null }
  const machines = ['m', 'n', 'o'].flatMap((name) => [
    judged(`resolve:p/${name}`, 'have', { value: answer as unknown as Json }),
    judged(`compile:p/${name}`, 'unknown', { parents: { resolved: `resolve:p/${name}` } }),
  ])
  const { bavail, bsize } = statfsSync(size.data)
  const half = (bavail * bsize) / 2
  const wanting = (bytes: number) => runWith((durations) => durations.learnPackage('a/b-1', { bytes }))
  expect(await failureOf(machines, await wanting(half))).toBeUndefined()
  expect(await failureOf(machines, await wanting(half * 3))).toMatchObject({ code: 'no-room' })
})

test('a run that could not even begin as it should makes nothing', async () => {
  const run = { ...(await runWith(() => undefined)), full: new Error('ENOSPC') }
  expect(await failureOf([judged('pack:p/other', 'run')], run)).toBe(run.full)
  expect(await failureOf([judged('pack:p/m', 'have')], run)).toBeUndefined()
})
