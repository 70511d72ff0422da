import { expect, test } from 'vitest'
import type { Event } from '../events.ts'
import { readRunLog } from './run-log.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString()
const line = (seconds: number, event: Event) => JSON.stringify({ time: at(seconds), ...event })
const STARTED: Event = { type: 'run-started', run: 'r', command: 'pipeline', logs: '/l', process: 7 }

const log = (...lines: string[]) => readRunLog(`${lines.join('\n')}\n`)

test('what each step came to, with its log under the name it was written', () => {
  const read = log(
    line(0, STARTED),
    line(0, { type: 'step-done', id: 'seed:p', label: 'seed', how: 'have', seconds: 0 }),
    line(1, { type: 'step-started', id: 'fetch:p/m', label: 'fetch' }),
    line(1, { type: 'step-started', id: 'compile:p/m', label: 'compile' }),
    line(2, { type: 'step-output', id: 'compile:p/m', line: '"type":"step-output","id":"x"' }),
    line(2, { type: 'step-output', id: 'fetch:p/m', line: 'b' }),
    line(3, { type: 'step-progress', id: 'fetch:p/m', text: 'x' }),
    line(3, { type: 'step-done', id: 'fetch:p/m', label: 'fetch', how: 'ran', seconds: 2, summary: '1 file' }),
    line(3, { type: 'package', id: 'compile:p/m', cpv: 'a/b-1', seconds: 1.5, bytes: 9 }),
    line(5, {
      type: 'step-failed',
      id: 'compile:p/m',
      label: 'compile',
      failure: { code: 'x', message: 'No.', package: 'a/c-1', phase: 'install', log: '/l/portage/c.log' },
    }),
    line(5, { type: 'step-skipped', id: 'root:p/m', label: 'root', because: 'compile:p/m' }),
    line(6, { type: 'run-done', seconds: 6, ok: false }),
  )
  expect(read).toMatchObject({ command: 'pipeline', process: 7, done: { ok: false, seconds: 6 }, unreadable: 0 })
  expect(read.until).toBe(Date.parse(at(6)))
  expect(read.packages).toMatchObject([{ step: 'compile:p/m', cpv: 'a/b-1', seconds: 1.5, bytes: 9 }])
  expect(read.steps).toEqual([
    { id: 'seed:p', label: 'seed', fate: 'have', seconds: 0, summary: undefined, log: undefined },
    { id: 'fetch:p/m', label: 'fetch', fate: 'ran', seconds: 2, summary: '1 file', log: '02-fetch-p-m.log' },
    {
      id: 'compile:p/m',
      label: 'compile',
      fate: 'failed',
      seconds: 4,
      because: 'No.',
      package: 'a/c-1',
      phase: 'install',
      failureLog: '/l/portage/c.log',
      log: '01-compile-p-m.log',
    },
    { id: 'root:p/m', label: 'root', fate: 'skipped', because: 'compile:p/m', log: undefined },
  ])
})

test('a log that was cut, or that something else was written into, is read as far as it goes', () => {
  const read = log(
    line(0, STARTED),
    'half a li',
    '[1]',
    '{"type":"step-done","id":3}',
    line(2, { type: 'step-started', id: 'a', label: 'A' }),
    '{"time":"2026-01-01T00:00:09.000Z","type":"of-a-later-version","x":1}',
    '{"time":"20',
  )
  expect(read.unreadable).toBe(3)
  expect(read.done).toBeUndefined()
  expect(read.until).toBe(Date.parse(at(9)))
  expect(read.steps).toEqual([{ id: 'a', label: 'A', fate: 'unfinished', log: undefined }])
  expect(readRunLog('')).toEqual({ steps: [], packages: [], unreadable: 0 })
})
