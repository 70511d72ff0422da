/**
 * kill -9 at moments of chance while a machine of the lab is built, again and again: each run goes on where the one before
 * was killed. Nothing that was told to be in the store is missing, and whenever a run comes to its end, what it published
 * has the bytes of an undisturbed build and nothing is left behind.
 * GENTOOMUCH_TORTURE_SEED repeats the moments, GENTOOMUCH_TORTURE_KILLS says how many there are.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../e2e/kit.ts'
import { leftovers, nothingRuns } from '../e2e/remains.ts'
import { Random } from './random.ts'
import { forget } from './forget.ts'
import { somebody, type Tortured } from './somebody.ts'
import { publishedSum, undisturbed } from './undisturbed.ts'

const KILLS = Number(process.env['GENTOOMUCH_TORTURE_KILLS'] ?? 100)
const SEED = Number(process.env['GENTOOMUCH_TORTURE_SEED'] ?? Date.now() % 1_000_000)
const MACHINE = 'lab-1'

/** Packages that emerge compiles side by side on the demo, and one on its way into the store. */
const IN_WORK = 2 + 1

/** gpg's own: it leaves the group of whoever started it. */
const AGENTS = /\bgpg-agent\b|\bkeyboxd\b/

let tortured: Tortured
let who: Person
beforeAll(async () => {
  tortured = await somebody({ packages: 8, small: true })
  who = tortured.who
})
afterAll(() => tortured.leave())

test(`${KILLS} kills at moments of chance, seed ${SEED}`, async () => {
  console.log(`GENTOOMUCH_TORTURE_SEED=${SEED} GENTOOMUCH_TORTURE_KILLS=${KILLS}`)
  const random = new Random(SEED)
  const { sha512, whole } = await undisturbed(who, MACHINE)

  const during = new Map<string, number>()
  let [kills, ends, goesOn] = [0, 0, false]
  while (kills < KILLS || goesOn) {
    const group = random.once(2)
    // The last series is let go on to its end.
    const after = kills < KILLS ? random.below(Math.ceil(whole / 2)) : Infinity
    const why = `seed ${SEED}, kill ${kills + 1}, ${group ? 'the group' : 'the program'} after ${after} ms`
    const kept = await packages()
    const logs = new Set(await logFolders())
    const ended = await attempt(after, group)
    const ran = await newestRun(logs)
    // Taken from an earlier run, which said so, or was killed before it could.
    expect(
      ran.begun.filter((cpv) => kept.includes(cpv)),
      why,
    ).toEqual([])
    const now = await packages()
    expect(now, why).toEqual(expect.arrayContaining([...kept, ...ran.taken]))
    if (ended === 'killed') {
      kills++
      goesOn = true
      during.set(ran.at, (during.get(ran.at) ?? 0) + 1)
      await nothingRuns(who, AGENTS)
      if (kills % 10 === 0) console.log(`${kills} kills, ${ends} builds with the same bytes`)
      expect(ran.begun.filter((cpv) => !now.includes(cpv)).length, why).toBeLessThanOrEqual(IN_WORK)
      continue
    }
    expect(ended, why).toBe(0)
    ends++
    await nothingRuns(who)
    expect(await publishedSum(who, MACHINE), why).toBe(sha512)
    expect(await leftovers(who), why).toEqual([])
    goesOn = false
    await forget(who, MACHINE)
  }
  const where = [...during].map(([step, count]) => `${step} ${count}`).join(', ')
  console.log(`${kills} kills (${where}), ${ends} builds with the same bytes; undisturbed ${Math.round(whole)} ms`)
})

const BUILD = ['stage', 'build', MACHINE]

/** A run that is killed, unless it ends before; gives its status then. */
async function attempt(after: number, group: boolean): Promise<'killed' | number | null> {
  const child = who.start([...BUILD, ...who.flags])
  const end = new Promise<'killed' | number | null>((done) => {
    child.once('exit', (status, signal) => done(signal === 'SIGKILL' ? 'killed' : status))
  })
  const enough = new AbortController()
  void end.then(() => enough.abort())
  const waiting = after === Infinity ? end : sleep(after, undefined, { signal: enough.signal }).catch(() => undefined)
  await waiting
  const id = child.pid ?? expect.unreachable('it did not start')
  if (child.exitCode === null && child.signalCode === null) process.kill(group ? -id : id, 'SIGKILL')
  return end
}

/** `category/package-version` of all packages in the store. */
async function packages(): Promise<string[]> {
  const folder = join(who.data, 'store/packages')
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name, 'entry.json'), 'utf8')))
  return texts.map((text) => (JSON.parse(text) as { cpv: string }).cpv)
}

interface Newest {
  /** The kind of the step that began last. */
  readonly at: string
  /** Packages that it began to compile. */
  readonly begun: readonly string[]
  /** Packages that it said are in the store. */
  readonly taken: readonly string[]
}

async function logFolders(): Promise<string[]> {
  return readdir(join(who.data, 'logs'))
}

/** @param before logs that there were: a kill may come before a run has one */
async function newestRun(before: ReadonlySet<string>): Promise<Newest> {
  const newest = (await logFolders()).find((name) => !before.has(name)) ?? 'none'
  const text = await readFile(join(who.data, 'logs', newest, 'events.jsonl'), 'utf8').catch(() => '')
  // A kill may leave half of a last line.
  const events = text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as { type: string; id?: string; cpv?: string; text?: string }]
    } catch {
      return []
    }
  })
  return {
    at: events.findLast(({ type }) => type === 'step-started')?.id?.split(':')[0] ?? 'before the first step',
    begun: events.flatMap(({ type, text: words = '' }) =>
      type === 'step-progress' ? (/^compiling (\S+) \(\d+ of \d+\)$/.exec(words)?.[1] ?? []) : [],
    ),
    taken: events.flatMap(({ type, cpv }) => (type === 'package' && cpv !== undefined ? [cpv] : [])),
  }
}
