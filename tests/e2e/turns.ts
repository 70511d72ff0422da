/** Two runs on one data directory take turns: who waits says for whom, can be told to stop, and questions do not wait. */
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Person } from './kit.ts'
import { until } from './remains.ts'

const HOLDER = /waiting +for gentoomuch freshroot \(process \d+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)/

export function turns(whose: () => Person): void {
  test('the second run waits, says for whom and goes on; Ctrl-C ends the wait; questions are answered meanwhile', async () => {
    const who = whose()
    const shell = who.start(['freshroot', ...who.flags, '-q', '--', 'sleep', '600'])
    const shellEnded = new Promise((done) => shell.once('exit', done))
    try {
      await until(() => eventIn(who, 'freshroot', 'run-started').then((there) => there && lockIsHeld(who)), 'no lock')

      const first = await who.newestRun('pipeline')
      const second = who.start(['pipeline', ...who.flags])
      const ended = new Promise<number | null>((done) => second.once('exit', (status) => done(status)))
      await waits(who, first)
      const since = performance.now()
      process.kill(second.pid ?? expect.unreachable('it did not start'), 'SIGINT')
      expect(await ended).toBe(130)
      expect(performance.now() - since).toBeLessThan(3000)

      for (const question of [
        ['stage', 'ls'],
        ['logs'],
        ['why', 'porch'],
        ['why', 'porch', 'libgreet'],
        ['pipeline', '--dry-run'],
        ['profile', 'ls'],
      ]) {
        const { stdout, stderr } = await who.gentoomuch([...question, ...who.flags])
        expect([question, stdout]).not.toEqual([question, ''])
        expect(stderr).not.toContain('waiting')
      }
      expect(await lockIsHeld(who)).toBe(true)

      const before = await who.newestRun('pipeline')
      const third = who.gentoomuch(['pipeline', ...who.flags])
      await waits(who, before)
      shell.kill('SIGINT')
      await shellEnded
      expect((await third).stderr).toMatch(HOLDER)
    } finally {
      // Who comes after this would wait for it else.
      shell.kill('SIGINT')
    }
  })
}

/** @param before the newest run before the one that is to wait */
async function waits(who: Person, before: string | undefined): Promise<void> {
  const isNew = async () => (await who.newestRun('pipeline')) !== before
  await until(async () => (await isNew()) && eventIn(who, 'pipeline', 'waiting'), 'it does not wait')
}

async function eventIn(who: Person, command: string, type: string): Promise<boolean> {
  const newest = await who.newestRun(command)
  if (newest === undefined) return false
  const text = await readFile(join(newest, 'events.jsonl'), 'utf8').catch(() => '')
  return text.includes(`"type":"${type}"`)
}

async function lockIsHeld(who: Person): Promise<boolean> {
  const words = await readFile(join(who.data, 'lock.holder'), 'utf8').catch(() => '')
  return words.startsWith('gentoomuch freshroot ')
}
