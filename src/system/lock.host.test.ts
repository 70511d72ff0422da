import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Interrupted } from '../errors.ts'
import { exists } from './files.ts'
import { lockArgv, lockDirectory, tryLock } from './lock.ts'

let folder = ''
let lock = ''
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
  lock = join(folder, 'data', 'lock')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

const quietly = { purpose: 'test', onWait: () => undefined }

/** Another process that holds the lock in the way we do, until it is killed: node runs the very command line. */
async function otherHolder(): Promise<ChildProcess> {
  await mkdir(join(folder, 'data'))
  const [file, ...args] = lockArgv(lock, true)
  const script = `
    const child = require('node:child_process').spawn(${JSON.stringify(file)}, ${JSON.stringify(args)}, { detached: true })
    child.stdin.write('x')
    child.stdout.once('data', () => console.log('held'))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

test('the command line of what holds the lock', () => {
  expect(lockArgv('/d/lock', false).join(' ')).toBe(
    'setpriv --pdeathsig KILL flock --exclusive --nonblock --conflict-exit-code 75 --no-fork /d/lock cat',
  )
})

test('the holder is named beside the lock, and no longer once it is released', async () => {
  const held = await lockDirectory(lock, { ...quietly, purpose: 'stage build minimal' })
  const words = await readFile(`${lock}.holder`, 'utf8')
  expect(words).toMatch(/^stage build minimal \(process \d+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)\n$/u)
  await held.release()
  await held.release()
  expect(await exists(`${lock}.holder`)).toBe(false)
})

test('who only asks does not wait, and is told who has it', async () => {
  const first = await lockDirectory(lock, { ...quietly, purpose: 'first' })
  expect(await tryLock(lock, { purpose: 'question' })).toMatch(/^first \(process \d+, since /u)
  await first.release()
  const asking = await tryLock(lock, { purpose: 'question' })
  if (typeof asking === 'string') return expect.unreachable(asking)
  expect(await readFile(`${lock}.holder`, 'utf8')).toMatch(/^question \(process /u)
  await asking.release()
})

test('a second one waits, says for whom, and then has it', async () => {
  const first = await lockDirectory(lock, { ...quietly, purpose: 'first' })
  const told: string[] = []
  let got = false
  const second = lockDirectory(lock, { purpose: 'second', onWait: (holder) => told.push(holder) }).then((held) => {
    got = true
    return held
  })
  await expect.poll(() => told).toEqual([expect.stringMatching(/^first \(process \d+, /u)])
  expect(got).toBe(false)
  await first.release()
  const held = await second
  expect(await readFile(`${lock}.holder`, 'utf8')).toMatch(/^second /u)
  await held.release()
})

test('a holder killed with -9 frees the lock at once', async () => {
  const other = await otherHolder()
  const told: string[] = []
  const waiting = lockDirectory(lock, { purpose: 'we', onWait: (holder) => told.push(holder) })
  await expect.poll(() => told).toEqual(['another run'])
  const since = Date.now()
  other.kill('SIGKILL')
  const held = await waiting
  expect(Date.now() - since).toBeLessThan(2000)
  await held.release()
})

test('who waits can be interrupted, and has then taken nothing', async () => {
  const first = await lockDirectory(lock, quietly)
  const stop = new AbortController()
  const waiting = lockDirectory(lock, { purpose: 'second', onWait: () => stop.abort(), signal: stop.signal })
  await expect(waiting).rejects.toBeInstanceOf(Interrupted)
  await first.release()
  const third = await lockDirectory(lock, { purpose: 'third', onWait: () => expect.unreachable() })
  await third.release()
  await expect(lockDirectory(lock, { ...quietly, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted)
})

test('a signal after the lock was taken does not take it away', async () => {
  const stop = new AbortController()
  const held = await lockDirectory(lock, { ...quietly, signal: stop.signal })
  stop.abort()
  await sleep(50)
  const told: string[] = []
  const other = new AbortController()
  const second = lockDirectory(lock, {
    purpose: 'second',
    onWait: (holder) => {
      told.push(holder)
      other.abort()
    },
    signal: other.signal,
  })
  await expect(second).rejects.toBeInstanceOf(Interrupted)
  expect(told).toHaveLength(1)
  await held.release()
})

test('a place that cannot be locked is named', async () => {
  await lockDirectory(lock, quietly).then((held) => held.release())
  await expect(lockDirectory(join(lock, 'below'), quietly)).rejects.toThrow()
  await expect(lockDirectory(join(folder, 'x\0y'), quietly)).rejects.toThrow()
})
