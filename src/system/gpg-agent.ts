/**
 * gpg's agent for a home of the user's. One of the user's is used and left alone; one of ours ends with us, kill -9 included.
 * Where another run's was there and went with that run, gpg starts one when it needs it, which the last of us ends.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { hostEnvironment, run } from './process.ts'

interface Agent {
  end(): Promise<void>
}

/** How many of us use the agent of a home. */
const users = new Map<string, { count: number; readonly agent: Promise<Agent> }>()

export interface Held {
  /** There is an agent now, so that gpg starts none. */
  readonly there: Promise<unknown>
  /** The last of us ends the agent, if it is ours. */
  release(): Promise<void>
}

/** @param home absolute path */
export function holdAgent(home: string): Held {
  const use = users.get(home) ?? { count: 0, agent: startAgent(home) }
  use.count += 1
  users.set(home, use)
  // Whoever waits for it says so.
  use.agent.catch(() => undefined)
  return {
    there: use.agent,
    async release() {
      use.count -= 1
      if (use.count > 0) return
      users.delete(home)
      // Where it could not be started, nobody has called gpg.
      const agent = await use.agent.catch(() => undefined)
      await agent?.end()
    },
  }
}

/** Ends what gpg started for a home: its agent would stay for ever. */
export async function endAgent(home: string): Promise<void> {
  await run(['gpgconf', '--homedir', home, '--kill', 'all'], { purpose: 'to end the agent' })
}

/**
 * What an agent is told to run beside itself: a `cat` on a pipe from us, so that it goes on when the pipe closes, however we
 * ended, and ends what gpg started. Were it killed itself, the agent would notice within seconds.
 */
const UNTIL_CLOSED = 'cat; exec gpgconf --homedir "$0" --kill all'

async function startAgent(home: string): Promise<Agent> {
  const [file, ...args] = agentArgv(home)
  // Its own session: the Ctrl-C of a terminal must not take the agent away from a signature.
  const child = spawn(file, args, { env: hostEnvironment(), detached: true, stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.on('error', () => undefined).write('ours\n')
  const began = once(child.stdout, 'data').then(() => true)
  // It does not begin where one runs.
  const ended = once(child, 'exit').then(
    () => false,
    () => false,
  )
  if (!(await Promise.race([began, ended]))) return notOurs(home, await agentOf(home))
  child.unref()
  for (const stream of [child.stdin, child.stdout])
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
  return {
    async end() {
      child.ref()
      child.stdin.end()
      await ended
    },
  }
}

/** Pure. */
function agentArgv(home: string): [string, ...string[]] {
  return ['gpg-agent', '--homedir', home, '--daemon', 'sh', '-c', UNTIL_CLOSED, home]
}

/** One that ran before: of the user, or of another run of ours. */
function notOurs(home: string, before: Running | undefined): Agent {
  return {
    async end() {
      // Another run's goes when that run does. The user's own stays, and so does what he starts in its place.
      if (before?.by !== 'a run') return
      const now = await agentOf(home)
      if (now?.by === 'gpg' && now.pid !== before.pid) await endAgent(home)
    },
  }
}

interface Running {
  readonly pid: number
  /** Who started it, by its command line. */
  readonly by: 'a run' | 'gpg' | 'somebody'
}

async function agentOf(home: string): Promise<Running | undefined> {
  const pid = await pidOf(home)
  if (pid === undefined) return undefined
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const by = words.includes(UNTIL_CLOSED) ? 'a run' : words.includes('--use-standard-socket') ? 'gpg' : 'somebody'
  return { pid, by }
}

/** The process id of the agent that runs for a home. */
async function pidOf(home: string): Promise<number | undefined> {
  const ask = ['gpg-connect-agent', '--homedir', home, '--no-autostart', 'GETINFO pid', '/bye'] as const
  const ran = await run(ask, { accept: [0, 1, 2], purpose: "to ask for gpg's agent" })
  const pid = ran.status === 0 ? /^D (\d+)/m.exec(ran.stdout)?.[1] : undefined
  return pid === undefined ? undefined : Number(pid)
}
