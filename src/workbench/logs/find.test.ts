import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Event } from '../../events.ts'
import { findLogs } from './find.ts'
import { listRuns, showLogs } from './logs.ts'

let data: string
beforeEach(async () => void (data = await mkdtemp(join(tmpdir(), 'gm-logs-'))))
afterEach(() => rm(data, { recursive: true, force: true }))

const place = () => ({ logs: join(data, 'logs') })
const WISH = { all: false, now: Date.UTC(2026, 0, 5) }
const OLD = '20260101T000000Z-pipeline'
const NEW = '20260102T000000Z-stage-build'

const ran = (id: string): Event => ({ type: 'step-done', id, label: `do ${id}`, how: 'ran', seconds: 1 })
const had = (id: string): Event => ({ type: 'step-done', id, label: `do ${id}`, how: 'have', seconds: 0 })
const said = (id: string): Event => ({ type: 'step-output', id, line: 'x' })
const DONE: Event = { type: 'run-done', seconds: 3, ok: true }

/** A run's folder. @param files name → text */
async function write(name: string, events: readonly Event[], files: Readonly<Record<string, string>> = {}) {
  const folder = join(data, 'logs', name)
  await mkdir(join(folder, 'portage'), { recursive: true })
  const lines = events.map((event) => JSON.stringify({ time: '2026-01-02T00:00:00.000Z', ...event }))
  await writeFile(join(folder, 'events.jsonl'), `${lines.join('\n')}\n`)
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  return folder
}

const BUILD = ' * Package:    app-misc/greet-1.0\n'
const MERGE = '>>> Extracting info\n'

test('the first that fits: last, a run, what a run worked on, a package', async () => {
  await write(OLD, [ran('root:demo/router'), DONE], { 'portage/app-misc:router-1:20260101-000001.log': BUILD })
  await write(NEW, [had('root:demo/router'), ran('root:demo/desk'), DONE])
  for (const question of ['why', 'why-2', 'news', 'config-explain', 'pipeline-dry-run', 'stage-build-dry-run-3'])
    await write(`20260103T000000Z-${question}`, [DONE])
  expect(await findLogs('last', place())).toMatchObject({ kind: 'run', run: { name: NEW } })
  expect(await findLogs(OLD, place())).toMatchObject({ kind: 'run', run: { name: OLD } })
  expect(await findLogs('20260101', place())).toMatchObject({ kind: 'run', run: { name: OLD } })
  // What was there already is not worked on.
  for (const word of ['router', 'demo/router'])
    expect(await findLogs(word, place())).toMatchObject({
      kind: 'subject',
      run: { name: OLD },
      steps: [{ id: 'root:demo/router' }],
    })
  expect(await findLogs('app-misc/router', place())).toMatchObject({ kind: 'package', log: { run: OLD } })
  await expect(findLogs('2026', place())).rejects.toMatchObject({ code: 'ambiguous-run' })
  await expect(findLogs('roter', place())).rejects.toMatchObject({ code: 'no-log', hint: 'Did you mean router?' })
})

test('where nothing but questions ran, the last is one of them', async () => {
  await write('20260103T000000Z-why', [DONE])
  expect(await findLogs('last', place())).toMatchObject({ run: { name: '20260103T000000Z-why' } })
})

test('the newest build of a package, whatever was merged since; a merge where nothing was built', async () => {
  await write(OLD, [DONE], {
    'portage/app-misc:greet-1.0-r1:20260101-000001.log': BUILD,
    'portage/app-misc:greet-1.1:20260101-000005.log': BUILD,
    'portage/dev-libs:glibc-2:20260101-000005.log': MERGE,
    'portage/no log': '',
  })
  await write(NEW, [DONE], { 'portage/app-misc:greet-1.1:20260102-000001.log': MERGE })
  const log = async (word: string) => {
    const found = await findLogs(word, place())
    return found.kind === 'package' ? [found.log.cpv, found.built, found.others.map(({ cpv }) => cpv)] : found.kind
  }
  for (const word of ['greet', 'app-misc/greet'])
    expect(await log(word)).toEqual(['app-misc/greet-1.1', true, ['app-misc/greet-1.0-r1']])
  for (const word of ['greet-1.0-r1', 'app-misc/greet-1.0-r1'])
    expect(await log(word)).toEqual(['app-misc/greet-1.0-r1', true, []])
  expect(await log('glibc')).toEqual(['dev-libs/glibc-2', false, []])
  await expect(findLogs('app-misc/gret', place())).rejects.toMatchObject({ hint: 'Did you mean app-misc/greet?' })
})

test("a machine's logs follow each other; which steps they are of is said beside them", async () => {
  const folder = await write(
    OLD,
    [said('fetch:demo/router'), ran('fetch:demo/router'), said('root:demo/router'), ran('root:demo/router'), DONE],
    { '01-fetch-demo-router.log': 'first\n', '02-root-demo-router.log': 'second\n' },
  )
  const told = await showLogs(data, 'router', WISH)
  expect(told.text).toBe(
    `==> ${folder}/01-fetch-demo-router.log <==\nfirst\n\n==> ${folder}/02-root-demo-router.log <==\nsecond`,
  )
  expect(told.notice).toMatch(
    /^20260101T000000Z-pipeline: done in 3 s: 2 steps\n {6}ran {9}do fetch:demo\/router {2}1 s {2}01-/,
  )
  await rm(join(folder, '01-fetch-demo-router.log'))
  expect((await showLogs(data, 'router', WISH)).text).toBe(`==> ${folder}/02-root-demo-router.log <==\nsecond`)
})

test('runs, newest first: how each ended', async () => {
  await write(OLD, [ran('root:demo/router'), DONE])
  await write('20260101T000001Z-pipeline', [
    {
      type: 'step-failed',
      id: 'compile:demo/router',
      label: 'compile router',
      failure: { code: 'x', message: 'a/b-1 failed.', package: 'a/b-1', phase: 'compile' },
    },
    { type: 'run-done', seconds: 70, ok: false },
  ])
  await write('20260101T000002Z-sync', [{ type: 'run-done', seconds: 0.25, ok: false, because: 'No net.\nAt all.' }])
  const began = (process: number): Event => ({ type: 'run-started', run: '', command: 'x', logs: '', process })
  await write('20260101T000003Z-pipeline', [
    began(2 ** 30),
    { type: 'step-started', id: 'compile:demo/router', label: 'compile router' },
  ])
  // A process of that id is there, but it is younger than the run.
  await write('20260101T000004Z-pipeline', [began(process.pid)])
  await mkdir(join(data, 'logs', '20260101T000005Z-news'))
  await mkdir(join(data, 'logs', 'something else'))
  const { text } = await listRuns(data, WISH)
  expect(text.split('\n')).toEqual([
    '20260101T000005Z-news      ended without a word',
    '20260101T000004Z-pipeline  ended without a word after 0 s',
    '20260101T000003Z-pipeline  ended without a word after 0 s: compile router',
    '20260101T000002Z-sync      stopped after 0.3 s: No net.',
    '20260101T000001Z-pipeline  failed after 1 min 10 s: compile router: a/b-1 in its compile phase',
    '20260101T000000Z-pipeline  done in 3 s: 1 step',
  ])
})

test('one that works says so', async () => {
  const folder = await write('20260101T000000Z-pipeline', [])
  const since = Date.now()
  const started = {
    time: new Date(since).toISOString(),
    type: 'run-started',
    command: 'pipeline',
    process: process.pid,
  }
  await writeFile(join(folder, 'events.jsonl'), JSON.stringify(started))
  const { text } = await listRuns(data, { all: false, now: since + 65_000 })
  expect(text).toBe('20260101T000000Z-pipeline  going on for 1 min 5 s')
})

test('of many runs a list has the newest', async () => {
  for (let second = 10; second < 35; second++)
    await write(`202601010000${second}`.replace(/(\d{8})/, '$1T') + 'Z-sync', [DONE])
  const { text, notice } = await listRuns(data, WISH)
  expect(text.split('\n')).toHaveLength(20)
  expect(text).toMatch(/^20260101T000034Z-sync/)
  expect(notice).toBe('5 older runs are left out: logs --all')
  expect((await listRuns(data, { ...WISH, all: true })).text.split('\n')).toHaveLength(25)
})

test('where nothing has run', async () => {
  expect((await listRuns(data, WISH)).text).toBe('Nothing has run yet.')
  await expect(findLogs('last', place())).rejects.toMatchObject({ code: 'no-runs' })
})
