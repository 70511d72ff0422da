/** A Python of its own for a shell: it sits at the caller's terminal itself, which no resident process does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline'
import { PorterFailure } from './porter.ts'
import { programs } from './programs.ts'
import type { Started, Starting } from './started.ts'

/** Its `ended` rejects with a PorterFailure where it could not even be started. */
export function startAtTerminal({ program, env, who, mapIds }: Starting): Started {
  const argv = ['-I', '-S', '-c', programs().enclose.BOOT, 'terminal', String(process.pid), who]
  const child = spawn(program, argv, { env, cwd: '/', stdio: ['inherit', 'inherit', 'pipe', 'pipe', 'pipe', 'pipe'] })
  const [, , complaints, status, stderr, answers] = child.stdio as unknown as Readable[]
  const failure = (reason: unknown) => new PorterFailure('to start', '', reason)
  const ended = new Promise<number>((resolve, reject) => {
    const broken = (reason: unknown) => {
      child.kill('SIGKILL')
      reject(failure(reason))
    }
    child.once('error', broken)
    child.once('close', (code, killedBy) => resolve(code ?? 128 + constants.signals[killedBy ?? 'SIGKILL']))
    createInterface({ input: status as Readable }).on('line', (line) => {
      if (line === 'map') mapIds(child.pid ?? 0).then(() => (answers as unknown as Writable).write('mapped\n'), broken)
    })
  })
  return {
    stdin: undefined,
    stdout: undefined,
    stderr: stderr as Readable,
    complaints: complaints as Readable,
    status: status as Readable,
    answers: answers as unknown as Writable,
    exited: once(child, 'exit'),
    ended,
    kill: () => child.kill('SIGKILL'),
  }
}
