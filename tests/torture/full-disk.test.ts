/**
 * A small disk that is full at moments of chance while a machine of the lab is built on it: before the run, where what it
 * needs is known and where it is not, and while it works. Whatever came of it, it was said that room was wanting, what had
 * been published is there; a run that has room again gives the bytes of an undisturbed build and leaves nothing.
 * GENTOOMUCH_TORTURE_SEED repeats the moments, GENTOOMUCH_TORTURE_MOMENTS says how many there are.
 */
import { mkdtemp, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRoot, type Person } from '../e2e/kit.ts'
import { leftovers, nothingRuns } from '../e2e/remains.ts'
import { run } from '../../src/system/process.ts'
import { forget } from './forget.ts'
import { Random } from './random.ts'
import { SmallDisk } from './small-disk.ts'
import { somebody, type Tortured } from './somebody.ts'
import { publishedSum, undisturbed } from './undisturbed.ts'

const MOMENTS = Number(process.env['GENTOOMUCH_TORTURE_MOMENTS'] ?? 20)
const SEED = Number(process.env['GENTOOMUCH_TORTURE_SEED'] ?? Date.now() % 1_000_000)
const MACHINE = 'lab-1'
const BUILD = ['stage', 'build', MACHINE]

/** Room for the demo's data and a build beside it. */
const DISK_MIB = 1500

/** How the disk comes to be full: the run could know, it could not, it becomes so while the run works. */
const WAYS = ['known', 'unknown', 'during', 'during'] as const

let tortured: Tortured
let who: Person
let folder: string
let disk: SmallDisk
beforeAll(async () => {
  if (!isRoot) return
  tortured = await somebody({ packages: 8, small: true })
  folder = await mkdtemp(join(tortured.who.home, 'full-'))
  disk = await SmallDisk.mount(folder, DISK_MIB)
  who = tortured.who.with(join(disk.at, 'data'))
  await run(['cp', '-a', '--', tortured.who.data, who.data])
})
afterAll(async () => {
  if (!isRoot) return
  await disk.unmount()
  await rm(folder, { recursive: true })
  await tortured.leave()
})

test.skipIf(!isRoot)(`a disk that is full at ${MOMENTS} moments, seed ${SEED} (root mounts it)`, async () => {
  console.log(`GENTOOMUCH_TORTURE_SEED=${SEED} GENTOOMUCH_TORTURE_MOMENTS=${MOMENTS}`)
  const random = new Random(SEED)
  const { sha512, whole } = await undisturbed(who, MACHINE)
  for (let moment = 0; moment < MOMENTS; moment++) {
    const way = WAYS[moment % WAYS.length] ?? 'during'
    const left = way === 'known' ? random.below(32) : way === 'unknown' ? 33 + random.below(12) : random.below(3)
    const after = random.below(Math.ceil(whole * 0.8))
    const why = `seed ${SEED}, moment ${moment + 1}: ${left} MiB left ${way === 'during' ? `after ${after} ms` : way}`
    if (way === 'unknown')
      await run(['rm', '-rf', join(who.data, 'store/last'), join(who.data, 'store/durations.json')])
    if (way !== 'during') await disk.leave(left)
    const running = who.gentoomuch([...BUILD, ...who.flags], [0, 1])
    if (way === 'during') {
      await Promise.race([sleep(after), running])
      await disk.leave(left)
    }
    const { status, stderr } = await running
    expect(stderr, why).not.toMatch(/This is a bug|^\s+at /m)
    if (status !== 0)
      expect(stderr, why).toMatch(/ free, and this run is judged to need|A file system was full|has only/)
    if (way === 'known') expect(stderr, why).toMatch(/about .* are missing\. Nothing was begun\./)
    const said = status === 0 ? 'it ended' : /judged to need|was full|has only/.exec(stderr)?.[0]
    console.log(`${moment + 1}: ${way}, ${left} MiB left${way === 'during' ? ` after ${after} ms` : ''}: ${said}`)
    await nothingRuns(who)
    await disk.relieve()
    // The next moments find what this one left, before a run with room ends what they began.
    if (status !== 0 && moment % WAYS.length !== WAYS.length - 1 && moment !== MOMENTS - 1) continue
    const before = await latest()
    const next = await who.gentoomuch([...BUILD, ...who.flags])
    expect(next.stderr, why).not.toContain('This is a bug')
    if (before !== undefined) expect(await latest(), why).toBe(before)
    expect(await publishedSum(who, MACHINE), why).toBe(sha512)
    await nothingRuns(who)
    expect(await leftovers(who), why).toEqual([])
    await forget(who, MACHINE)
  }
})

async function latest(): Promise<string | undefined> {
  return readlink(join(who.data, 'stages', MACHINE, 'latest')).catch(() => undefined)
}
