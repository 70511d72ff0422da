/** Told by a stand-in for notify-send that writes down its arguments. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openReporter, type ReporterOptions } from './open.ts'

let folder = ''
let path: string | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-announce-'))
  path = process.env['PATH']
  process.env['PATH'] = `${folder}:${path}`
})
afterEach(async () => {
  process.env['PATH'] = path
  await rm(folder, { recursive: true, force: true })
})

async function standIn(script: string): Promise<void> {
  await writeFile(join(folder, 'notify-send'), `#!/bin/bash\n${script}\n`)
  await chmod(join(folder, 'notify-send'), 0o755)
}

const BUS = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }

interface Ending {
  readonly by: 'none' | 'bell' | 'desktop'
  readonly seconds?: number
  readonly env?: NodeJS.ProcessEnv
  readonly options?: Partial<ReporterOptions>
  readonly isTTY?: boolean
  readonly aborted?: boolean
}

/** @returns what standard error got */
async function ending({ by, seconds = 60, env = BUS, options = {}, isTTY = false, aborted = false }: Ending) {
  let text = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  const signal = aborted ? AbortSignal.abort() : new AbortController().signal
  const reporter = await openReporter({
    json: false,
    quiet: true,
    verbose: false,
    stderr: Object.assign(sink, { isTTY }),
    env,
    announce: { by, signal },
    ...options,
  })
  reporter.emit({ type: 'run-started', run: '7', command: 'stage build', logs: '/data/logs/7' })
  reporter.emit({ type: 'run-done', seconds, ok: true })
  await reporter.close()
  return text
}

const told = () => readFile(join(folder, 'told'), 'utf8').catch(() => '')

test('a long run is told to the desktop, by arguments, over the session bus', async () => {
  await standIn('printf "%s\\n" "$DBUS_SESSION_BUS_ADDRESS" "$@" > "$(dirname "$0")/told"')
  await ending({ by: 'desktop' })
  expect(await told()).toBe(
    'unix:path=/nowhere\n--app-name=gentoomuch\n--urgency=normal\n--\ngentoomuch stage build\nfinished in 1 min\n',
  )
})

test('where there is a bus in the runtime folder alone, it is that one', async () => {
  await standIn('echo "$DBUS_SESSION_BUS_ADDRESS" > "$(dirname "$0")/told"')
  await writeFile(join(folder, 'bus'), '')
  await ending({ by: 'desktop', env: { XDG_RUNTIME_DIR: folder } })
  expect(await told()).toBe(`unix:path=${folder}/bus\n`)
})

test('a short run, an interrupted one, and one for nobody are not told', async () => {
  await standIn('touch "$(dirname "$0")/told"; echo x > "$(dirname "$0")/told"')
  await ending({ by: 'desktop', seconds: 9 })
  await ending({ by: 'desktop', aborted: true })
  await ending({ by: 'none' })
  await ending({ by: 'bell' })
  expect(await told()).toBe('')
  await ending({ by: 'desktop' })
  expect(await told()).toBe('x\n')
})

test('what cannot be told is no trouble; -v says why', async () => {
  expect(await ending({ by: 'desktop', env: {} })).toBe('')
  const verbose = { options: { quiet: false, verbose: true } }
  expect(await ending({ by: 'desktop', env: {}, ...verbose })).toContain('There is no session bus')
  await standIn('echo "no daemon" >&2; exit 1')
  expect(await ending({ by: 'desktop' })).toBe('')
  expect(await ending({ by: 'desktop', ...verbose })).toMatch(/could not be notified: .*no daemon/)
})

test('the bell rings on a terminal alone', async () => {
  expect(await ending({ by: 'bell', isTTY: true })).toBe('\u0007')
  expect(await ending({ by: 'bell', isTTY: false })).toBe('')
})
