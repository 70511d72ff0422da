/** A Python of its own for a shell: it sits at the caller's terminal itself, which no resident process does. */
import type { StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import { PorterFailure, startPython } from './start-python.ts'
import { programs } from './programs.ts'
import type { Started, Starting } from './started.ts'

/** Its `ended` rejects with a PorterFailure where it could not even be started. @throws PorterFailure */
export function startAtTerminal({ program, env, who, mapIds }: Starting): Started {
  const argv = ['-I', '-S', '-c', programs().enclose.BOOT, 'terminal', String(process.pid), who]
  const stdio: StdioOptions = ['inherit', 'inherit', 'pipe', 'pipe', 'pipe', 'pipe']
  const { child, sockets } = startPython(program, argv, { env, cwd: '/', stdio })
  const [, , complaints, status, stderr, answers] = sockets as Socket[] as Terminal
  const mapped = async () => {
    await lineOf(status, 'map')
    await mapIds(child.pid ?? 0)
    answers.write('mapped\n')
  }
  const listening = who === 'root' ? Promise.resolve() : mapped()
  const ended = new Promise<number>((resolve, reject) => {
    const broken = (reason: unknown) => {
      child.kill('SIGKILL')
      reject(new PorterFailure('to start', '', reason))
    }
    child.once('error', broken)
    child.once('close', (code, killedBy) => resolve(code ?? 128 + constants.signals[killedBy ?? 'SIGKILL']))
    listening.catch(broken)
  })
  return {
    stdin: undefined,
    stdout: undefined,
    stderr,
    complaints,
    status,
    answers,
    listening,
    exited: once(child, 'exit'),
    ended,
    wake: () => child.kill('SIGCONT'),
    kill: () => child.kill('SIGKILL'),
  }
}

type Terminal = [null, null, Socket, Socket, Socket, Socket]

function lineOf(stream: Readable, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    createInterface({ input: stream }).on('line', (line) => {
      if (line === wanted) resolve()
    })
  })
}
