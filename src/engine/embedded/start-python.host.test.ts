import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { run } from '../../system/process.ts'
import { startPython } from './start-python.ts'

const PIPES = { stdio: Array.from({ length: 40 }, () => 'pipe' as const) }

test('a process that may open no more files says so, and no error is nobody’s', async () => {
  const { stdout: soft } = await run([
    'prlimit',
    '--pid',
    String(process.pid),
    '--nofile',
    '--output=SOFT',
    '--noheadings',
  ])
  const open = await readdir('/proc/self/fd')
  const few = open.length + 10
  // Started before: it has to give back what it takes.
  const script = 'prlimit --pid "$0" --nofile="$1:"; echo; read; prlimit --pid "$0" --nofile="$2:"; echo'
  const limiter = spawn('bash', ['-c', script, String(process.pid), String(few), soft.trim()])
  await once(limiter.stdout, 'data')
  let thrown: unknown
  try {
    startPython('python3', ['-c', ''], PIPES)
  } catch (error) {
    thrown = error
  }
  limiter.stdin.end('\n')
  await once(limiter, 'exit')
  expect(thrown).toMatchObject({ step: 'to start', reason: { code: 'EMFILE', syscall: 'spawn python3' } })
  const { child } = startPython('python3', ['-c', ''], PIPES)
  expect((await once(child, 'exit'))[0]).toBe(0)
})
