import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Event } from '../events.ts'
import { openReporter, type ReporterOptions } from './open.ts'
import type { Terminal } from './terminal.ts'

let logs = ''
beforeEach(async () => {
  logs = await mkdtemp(join(tmpdir(), 'report-'))
})
afterEach(async () => {
  await rm(logs, { recursive: true })
})

function collector(isTTY: boolean): { stream: Terminal; text: () => string } {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  return { stream: Object.assign(stream, { isTTY, columns: 80, rows: 24 }), text: () => text }
}

const failure = {
  code: 'package-failed',
  message: 'app-misc/broken-1 failed.',
  package: 'app-misc/broken-1',
  phase: 'compile',
}
const events: Event[] = [
  { type: 'run-started', run: '7', command: 'stage build minimal', logs: '/data/logs/7' },
  { type: 'waiting', for: 'sync (process 12)' },
  {
    type: 'planned',
    steps: [
      { id: 's', label: 'seed amd64', verdict: 'have' },
      { id: 'c', label: 'compile minimal', verdict: 'run' },
      { id: 'r', label: 'root minimal', verdict: 'unknown' },
    ],
  },
  { type: 'step-done', id: 's', label: 'seed amd64', how: 'have', seconds: 0 },
  { type: 'step-started', id: 'c', label: 'compile minimal' },
  { type: 'step-progress', id: 'c', text: 'compiling app-misc/broken-1 (1 of 2)', done: 0, total: 2 },
  { type: 'step-output', id: 'c', line: 'cc \u001B[31merror\u001B[0m' },
  { type: 'note', level: 'info', text: 'by the way' },
  { type: 'note', level: 'warning', text: 'careful', hint: 'look here' },
  { type: 'step-failed', id: 'c', label: 'compile minimal', failure },
  { type: 'step-skipped', id: 'r', label: 'root minimal', because: 'compile minimal failed' },
  { type: 'run-done', seconds: 72, ok: false },
]

async function report(
  told: readonly Event[],
  options: Partial<ReporterOptions> & { tty?: boolean } = {},
): Promise<string> {
  const { stream, text } = collector(options.tty ?? false)
  const env = { TERM: 'xterm' }
  const base = { json: false, quiet: false, verbose: false, stderr: stream, logs, env, now: () => 0 }
  const reporter = await openReporter({ ...base, ...options })
  for (const event of told) reporter.emit(event)
  await reporter.close()
  reporter.emit({ type: 'note', level: 'warning', text: 'too late' })
  return text()
}

const failed = `failed   compile minimal
  app-misc/broken-1 failed.
  package  app-misc/broken-1
  phase    compile
  last lines:
  | cc error
  log      LOGS/01-c.log
`

test('without a terminal: plain lines, in order', async () => {
  expect((await report(events)).replaceAll(logs, 'LOGS')).toBe(`run      7 (stage build minimal), logs in /data/logs/7
waiting  for sync (process 12)
plan     3 steps: 1 reused, 1 to run, 1 known later
have     seed amd64
start    compile minimal
         compile minimal: compiling app-misc/broken-1 (1 of 2)
note     by the way
warning  careful
         look here
${failed}skipped  root minimal: compile minimal failed
1 step failed, 1 skipped, after 1 min 12 s:
  compile minimal: app-misc/broken-1 in its compile phase
  root minimal: skipped, compile minimal failed
`)
})

test('verbose adds what the steps say', async () => {
  expect(await report(events, { verbose: true })).toContain('\ncompile minimal | cc error\n')
})

test('quiet leaves warnings, failures, and whom it waits for', async () => {
  const text = await report(events, { quiet: true })
  expect(text).toMatch(
    /^waiting {2}for sync \(process 12\)\nwarning {2}careful\n {9}look here\nfailed {3}compile minimal\n/u,
  )
  expect(text).not.toContain('by the way')
})

test('with --json only what failed is said', async () => {
  expect((await report(events, { json: true })).replaceAll(logs, 'LOGS')).toBe(failed)
})

test('a good run ends with what it did', async () => {
  const good: Event[] = [
    { type: 'step-done', id: 's', label: 'seed', how: 'have', seconds: 0 },
    { type: 'step-done', id: 'c', label: 'compile', how: 'ran', seconds: 3.04, summary: '4 packages compiled' },
    { type: 'run-done', seconds: 4, ok: true },
  ]
  const want = 'have     seed\ndone     compile in 3.0 s: 4 packages compiled\nfinished in 4 s: 1 step ran, 1 reused\n'
  expect(await report(good)).toBe(want)
})

test('the log folder has every event, with its time, and the output of each step', async () => {
  await report(events)
  const lines = (await readFile(join(logs, 'events.jsonl'), 'utf8')).trimEnd().split('\n')
  expect(lines).toHaveLength(events.length)
  expect(lines.map((line) => (JSON.parse(line) as Event).type)).toEqual(events.map((event) => event.type))
  expect(JSON.parse(lines[1] ?? '')).toEqual({ time: '1970-01-01T00:00:00.000Z', ...events[1] })
  expect(await readFile(join(logs, '01-c.log'), 'utf8')).toBe('cc \u001B[31merror\u001B[0m\n')
})

test('an event is on disk as soon as it was emitted', async () => {
  const reporter = await openReporter({
    json: true,
    quiet: false,
    verbose: false,
    stderr: collector(false).stream,
    logs,
  })
  reporter.emit({ type: 'waiting', for: 'x' })
  expect(await readFile(join(logs, 'events.jsonl'), 'utf8')).toMatch(/"type":"waiting","for":"x"\}\n$/u)
  await reporter.close()
})

test('a log that cannot be written is said once and stops nothing', async () => {
  const file = join(logs, 'file')
  await writeFile(file, '')
  const text = await report(events, { logs: join(file, 'below') })
  expect(text.match(/The log of this run ends here/gu)).toHaveLength(1)
  expect(text).toContain('1 step failed')
})

test('a terminal gets a live part that is gone at the end, and never hides the cursor', async () => {
  const text = await report(events.slice(0, 6), { tty: true })
  expect(text).toContain('compiling app-misc/broken-1 (1 of 2)')
  expect(text).not.toContain('\u001B[?25l')
  expect(text.lastIndexOf('\u001B[2K')).toBeGreaterThan(text.lastIndexOf('compiling'))
})

test('colours only on a terminal, and not where NO_COLOR is set', async () => {
  expect(await report(events, { tty: true })).toContain('\u001B[31mfailed  \u001B[39m')
  expect(await report(events, { tty: true, env: { NO_COLOR: '1', TERM: 'xterm' } })).not.toContain('\u001B[31mfailed')
  expect(await report(events)).not.toContain('\u001B[')
})
