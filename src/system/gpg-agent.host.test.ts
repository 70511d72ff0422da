import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdAgent } from './gpg-agent.ts'
import { makeKeyHome } from './gpg.testkit.ts'
import type { KeyHome } from './gpg.testkit.ts'
import { run } from './process.ts'

let keys: KeyHome

beforeAll(async () => {
  keys = await makeKeyHome()
})

afterAll(() => keys.remove())

async function agents(): Promise<string[]> {
  const { stdout } = await run(['pgrep', '-f', `gpg-agent --homedir ${keys.home} --`], { accept: [0, 1] })
  return stdout.split('\n').filter((line) => line !== '')
}

/** Ending takes a moment. */
async function noneIn(seconds: number): Promise<boolean> {
  for (let tries = 0; tries < seconds * 10; tries++) {
    if ((await agents()).length === 0) return true
    await sleep(100)
  }
  return false
}

test('the last one that holds it ends it', async () => {
  const [one, two] = [holdAgent(keys.home), holdAgent(keys.home)]
  await one.there
  const begun = await agents()
  expect(begun).toHaveLength(1)
  await one.release()
  expect(await agents()).toEqual(begun)
  await two.release()
  // Sooner than it would end by itself.
  expect(await noneIn(2)).toBe(true)
})

test('one that ran before is left alone', async () => {
  await launch()
  const before = await agents()
  expect(before).toHaveLength(1)
  const held = holdAgent(keys.home)
  await held.there
  await held.release()
  expect(await agents()).toEqual(before)
  await run(['gpgconf', '--homedir', keys.home, '--kill', 'all'])
})

/** As another run starts it. */
const THEIRS = ['sh', '-c', 'cat; exec gpgconf --homedir "$0" --kill all'] as const

test('one that gpg starts because that of another run went away ends with us', async () => {
  const other = spawn('gpg-agent', ['--homedir', keys.home, '--daemon', ...THEIRS, keys.home], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  other.stdin.write('there\n')
  await once(other.stdout, 'data')
  const held = holdAgent(keys.home)
  await held.there
  other.stdin.end()
  await once(other, 'exit')
  expect(await noneIn(2)).toBe(true)
  await launch()
  expect(await agents()).toHaveLength(1)
  await held.release()
  expect(await noneIn(2)).toBe(true)
})

test('what the user has in place of an agent of his own stays', async () => {
  await launch()
  const held = holdAgent(keys.home)
  await held.there
  await run(['gpgconf', '--homedir', keys.home, '--kill', 'all'])
  expect(await noneIn(2)).toBe(true)
  await launch()
  const now = await agents()
  expect(now).toHaveLength(1)
  await held.release()
  expect(await agents()).toEqual(now)
  await run(['gpgconf', '--homedir', keys.home, '--kill', 'all'])
})

/** As gpg does it where there is none. */
async function launch(): Promise<void> {
  await run(['gpgconf', '--homedir', keys.home, '--launch', 'gpg-agent'])
}

/** What the agent was told to run, a child of ours. */
const beside = ['-f', '-P', String(process.pid), 'gpgconf --homedir'] as const

test('whoever kills us ends the agent too: the pipe closes', async () => {
  const held = holdAgent(keys.home)
  await held.there
  expect(await agents()).toHaveLength(1)
  const { stdout } = await run(['pgrep', ...beside])
  await run(['pkill', '-KILL', '-x', '-P', stdout.trim(), 'cat'])
  // Sooner than it would end by itself.
  expect(await noneIn(2)).toBe(true)
  await held.release()
})

test('an agent that nobody would end any more ends by itself', async () => {
  const held = holdAgent(keys.home)
  await held.there
  await run(['pkill', '-KILL', ...beside])
  expect(await noneIn(10)).toBe(true)
  await held.release()
}, 20_000)
