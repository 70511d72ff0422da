import { expect, test, vi } from 'vitest'
import type { Container, Io } from '../engine/engine.ts'
import { emerge, type EmergeOptions } from './emerge.ts'
import type { Tools } from './handler.ts'

const tools = {
  line: () => undefined,
  progress: () => undefined,
  preserved: () => undefined,
  shellIn: (name: string) => `shell ${name}`,
  logs: '/nowhere',
  signal: new AbortController().signal,
} as unknown as Tools

/** A container on a full disk: nothing can be copied out of it. */
function full(status: number, says = ''): Container {
  return {
    run: (_argv: unknown, { stdout, stderr }: Io) => {
      stdout?.write(says)
      stderr?.write(' * ERROR: app-misc/a-1::gentoo failed (install phase):\n')
      return Promise.resolve({ status })
    },
    keepFiles: () => Promise.reject(new Error('tar: Cannot write: No space left on device')),
    preserve: () => Promise.resolve('c'),
  } as unknown as Container
}

const told = (status: number, options: Partial<EmergeOptions> = {}, says?: string) =>
  emerge(full(status, says), ['emerge'], tools, { purpose: 'testing', ...options }).then(
    () => 'nothing',
    (error: unknown) => error,
  )

test('a package that failed is named, with its shell, also where its logs cannot be kept', async () => {
  expect(await told(1)).toMatchObject({
    failure: { package: 'app-misc/a-1', phase: 'install', shell: 'shell c' },
  })
})

test('logs of what came out right are missed', async () => {
  expect(await told(0)).toMatchObject({ message: 'tar: Cannot write: No space left on device' })
})

test('nobody looks for logs that are not wanted, unless something failed', async () => {
  expect(await told(0, { takeLogs: false })).toBe('nothing')
  const keepFiles = vi.fn<Container['keepFiles']>(() => Promise.reject(new Error('no room')))
  await emerge({ ...full(1), keepFiles }, ['emerge'], tools, { purpose: 'testing', takeLogs: false }).catch(() => {})
  expect(keepFiles).toHaveBeenCalledOnce()
})

test('a program of ours says whether there are logs', async () => {
  const takeLogs = 'if told'
  expect(await told(0, { takeLogs }, '>>> Installing (1 of 1) app-misc/a-1\n')).toBe('nothing')
  expect(await told(0, { takeLogs }, '>>> Build logs are left\n')).toMatchObject({
    message: 'tar: Cannot write: No space left on device',
  })
  // The word of a program that was not asked counts for nothing.
  expect(await told(0, { takeLogs: false }, '>>> Build logs are left\n')).toBe('nothing')
})
