/** The real Portage, asked over a pipe: programs of `tests/oracle/` in a container of the miniature's base. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { ENVIRONMENT, recipe } from '../../miniature/making.ts'
import type { Container } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import { projectRoot } from '../../src/system/project.ts'
import { onMiniature } from '../kit/on-miniature.ts'

export interface Portage {
  /** One request, one answer; requests may be sent without waiting for the answers to earlier ones. */
  ask<Answer>(request: unknown): Promise<Answer>
}

export interface OpenPortage {
  /** Starts a program, hands it over, and ends it; one at a time. */
  with(program: string, work: (portage: Portage) => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** The profile that the oracle's configurations stand on. */
export const PROFILE = '/var/db/repos/gentoo/profiles/default/linux/amd64/miniature'

/** Opens one container; programs are Python files beside this one. */
export async function openPortage(): Promise<OpenPortage> {
  const opened = deferred<OpenPortage>()
  const closing = deferred<void>()
  const done = inContainer(async (container) => {
    opened.resolve({
      async with(program, work) {
        const { portage, end } = start(container, program)
        try {
          await work(portage)
        } finally {
          await end()
        }
      },
      async close() {
        closing.resolve()
        await done
      },
    })
    await closing.promise
  })
  done.catch(opened.reject)
  return opened.promise
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
}

function deferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined
  const promise = new Promise<T>((resolve, reject) => void (settle = { resolve, reject }))
  if (settle === undefined) throw new Error('a promise calls its executor at once')
  return { promise, ...settle }
}

async function inContainer(work: (container: Container) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'gentoomuch-oracle-'))
  const engine = await openEngine('embedded', { data })
  try {
    await onMiniature('ask the real Portage', engine, async ({ base }) => {
      const container = await engine.open({
        tree: await base.tree(),
        mounts: [
          { source: join(projectRoot(), 'tests', 'oracle'), target: '/run/in/oracle', readOnly: true },
          { source: recipe('repository'), target: '/var/db/repos/gentoo', readOnly: true },
        ],
        folders: [],
        tmpfs: [],
        env: { ...ENVIRONMENT, PYTHONDONTWRITEBYTECODE: '1' },
        network: false,
      })
      try {
        await work(container)
      } finally {
        await container.close()
      }
    })
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

function start(container: Container, program: string): { portage: Portage; end: () => Promise<void> } {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const waiting: Deferred<string>[] = []
  createInterface({ input: stdout }).on('line', (line) => waiting.shift()?.resolve(line))
  let said = ''
  stderr.on('data', (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-4000)))
  const ended = container
    .run(['python3', `/run/in/oracle/${program}`], { stdin, stdout, stderr }, new AbortController().signal)
    // Who still waits for an answer gets none: what the program said last tells why.
    .finally(() => waiting.forEach(({ reject }) => reject(new Error(`${program} ended:\n${said}`))))
  const portage: Portage = {
    async ask<Answer>(request: unknown) {
      const answer = deferred<string>()
      waiting.push(answer)
      stdin.write(`${JSON.stringify(request)}\n`)
      return JSON.parse(await answer.promise) as Answer
    },
  }
  return {
    portage,
    async end() {
      stdin.end()
      await ended
    },
  }
}
