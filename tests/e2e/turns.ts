/** Two runs on one data directory take turns: who waits says for whom, can be told to stop, and questions do not wait. */
import { join } from 'node:path'
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Person } from './kit.ts'
import { until } from './remains.ts'

const HOLDER = /waiting +for gentoomuch freshroot \(process \d+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)/

export function turns(whose: () => Person): void {
  test('the second run waits, says for whom and goes on; Ctrl-C ends the wait; questions are answered meanwhile', async () => {
    const who = whose()
    const shell = who.start(['freshroot', ...who.flags, '-q', '--', 'sleep', '600'])
    const shellEnded = new Promise((done) => shell.once('exit', done))
    await until(() => eventIn(who, '-freshroot', 'run-started').then((there) => there && lockIsHeld(who)), 'no lock')

    const second = who.start(['pipeline', ...who.flags])
    const ended = new Promise<number | null>((done) => second.once('exit', (status) => done(status)))
    await until(() => eventIn(who, '-pipeline', 'waiting'), 'it does not wait')
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

    const third = who.gentoomuch(['pipeline', ...who.flags])
    await until(() => eventIn(who, '-pipeline', 'waiting'), 'it does not wait')
    shell.kill('SIGINT')
    await shellEnded
    expect((await third).stderr).toMatch(HOLDER)
  })
}

/** Of the newest run of a command. */
async function eventIn(who: Person, command: string, type: string): Promise<boolean> {
  const logs = join(who.data, 'logs')
  const newest = (await readdir(logs))
    .filter((name) => name.includes(command))
    .toSorted()
    .at(-1)
  if (newest === undefined) return false
  const text = await readFile(join(logs, newest, 'events.jsonl'), 'utf8').catch(() => '')
  return text.includes(`"type":"${type}"`)
}

async function lockIsHeld(who: Person): Promise<boolean> {
  const words = await readFile(join(who.data, 'lock.holder'), 'utf8').catch(() => '')
  return words.startsWith('gentoomuch freshroot ')
}
