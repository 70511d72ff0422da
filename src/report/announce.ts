/** Tells somebody who looked away that a long run has ended: the terminal's bell, or a notification of the desktop. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Event } from '../events.ts'
import { run } from '../system/process.ts'
import { closingLines, type Tally } from './tally.ts'
import type { Terminal } from './terminal.ts'
import { cleanLine } from './text.ts'

export interface AnnounceOptions {
  readonly by: 'none' | 'bell' | 'desktop'
  /** Whoever stopped a run knows that it has ended. */
  readonly signal: AbortSignal
}

/** Nobody looks away from a run that is shorter. */
const LONG_SECONDS = 10

/** A notification that nobody takes must not keep the run. */
const PATIENCE_MS = 5000

const BELL = '\u0007'

/**
 * What is to be done about an event.
 * @returns a promise that never rejects, with a sentence where the desktop could not be told
 */
export async function announce(
  event: Event,
  command: string,
  tally: Tally,
  to: AnnounceOptions & { readonly stderr: Terminal; readonly env: NodeJS.ProcessEnv },
): Promise<string | undefined> {
  if (event.type !== 'run-done' || event.seconds < LONG_SECONDS || to.signal.aborted) return undefined
  if (to.by === 'bell' && to.stderr.isTTY === true) to.stderr.write(BELL)
  if (to.by !== 'desktop') return undefined
  const bus = busOf(to.env)
  if (bus === undefined) return 'There is no session bus to send a notification to.'
  try {
    const argv = notificationArgv(command, event, tally)
    await run(argv, { env: bus, signal: AbortSignal.timeout(PATIENCE_MS) })
    return undefined
  } catch (error) {
    return `The desktop could not be notified: ${error instanceof Error ? cleanLine(error.message) : String(error)}`
  }
}

/** Pure. Title and text are arguments; the text of a notification is markup. */
export function notificationArgv(
  command: string,
  { ok, seconds }: { readonly ok: boolean; readonly seconds: number },
  tally: Tally,
): [string, ...string[]] {
  const text = closingLines(tally, seconds, ok).map((line) => markup(cleanLine(line)))
  const title = `gentoomuch ${command}`
  return [
    'notify-send',
    '--app-name=gentoomuch',
    `--urgency=${ok ? 'normal' : 'critical'}`,
    '--',
    title,
    text.join('\n'),
  ]
}

function markup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** How the session's bus is reached; undefined where there is none. */
function busOf(env: NodeJS.ProcessEnv): Record<string, string> | undefined {
  const address = env['DBUS_SESSION_BUS_ADDRESS']
  if (address !== undefined && address !== '') return { DBUS_SESSION_BUS_ADDRESS: address }
  const runtime = env['XDG_RUNTIME_DIR']
  if (runtime === undefined || !existsSync(join(runtime, 'bus'))) return undefined
  return { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(runtime, 'bus')}` }
}
