import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logName, openStepsLog } from './steps-log.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steps-log-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

test.each([
  ['compile:minimal', '01-compile-minimal.log'],
  ['../../etc/passwd', '01-etc-passwd.log'],
  ['.hidden', '01-hidden.log'],
  ['@', '01-step.log'],
  ['x'.repeat(300), `01-${'x'.repeat(80)}.log`],
])('the log of %s is %s', (id, name) => {
  expect(logName(1, id)).toBe(name)
})

test('a file for each step, made when it first says something, added to when it says more', async () => {
  const logs = openStepsLog(folder)
  expect(await readdir(folder)).toEqual([])
  logs.write('seed', 'one')
  logs.write('compile', 'two')
  logs.end('seed')
  logs.write('seed', 'three')
  logs.close()
  expect(await readFile(join(folder, '01-seed.log'), 'utf8')).toBe('one\nthree\n')
  expect(await readFile(join(folder, '02-compile.log'), 'utf8')).toBe('two\n')
  expect(logs.pathOf('compile')).toBe(join(folder, '02-compile.log'))
  expect(logs.pathOf('pack')).toBeUndefined()
})

test('the newest lines are remembered, and no more than 20', () => {
  const logs = openStepsLog(folder)
  for (let n = 1; n <= 25; n++) logs.write('s', `line ${n}`)
  logs.close()
  expect(logs.lastLines('s')).toHaveLength(20)
  expect(logs.lastLines('s').at(-1)).toBe('line 25')
})
