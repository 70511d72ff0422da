/** The embedded engine's resident process and the way to a container, where the host is short of something or has odd links. */
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Argv, Container, ContainerSpec, Engine, TreeRef } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import { run } from '../../src/system/process.ts'
import { isRoot } from '../e2e/kit.ts'
import { smallTree } from './small-tree.ts'

const never = new AbortController().signal
let scratch: string
let engine: Engine
let tree: TreeRef

beforeAll(async () => {
  scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-porter-'))
  engine = await openEngine('embedded', { data: join(scratch, 'data') })
  tree = await engine.importTree(createReadStream(await smallTree(scratch)))
})

afterAll(async () => {
  await engine.remove(tree, [])
  await engine.sweep()
  await rm(scratch, { recursive: true })
})

async function within<T>(more: Partial<ContainerSpec>, use: (container: Container) => Promise<T>): Promise<T> {
  const nothing = { mounts: [], folders: [], tmpfs: [], env: { PATH: '/bin' }, network: false }
  const container = await engine.open({ tree, ...nothing, ...more })
  try {
    return await use(container)
  } finally {
    await container.close()
  }
}

async function say(container: Container, script: string, signal = never) {
  const stdout = new PassThrough()
  const words = text(stdout)
  const { status } = await container.run(['bash', '-c', script], { stdout }, signal)
  stdout.end()
  return { status, stdout: await words }
}

/** The resident processes that enter containers for us. */
async function porters(): Promise<string[]> {
  const { stdout } = await run(['pgrep', '-P', String(process.pid), '-f', ` porter ${process.pid} `])
  return stdout.trim().split('\n')
}

test('a data directory whose trees belong to other ids, or to nobody knows whom, is not worked in', async () => {
  const other = join(scratch, 'other')
  const ids = join(other, 'store/embedded-ids.json')
  await openEngine('embedded', { data: other })
  const ours = await readFile(ids, 'utf8')
  await writeFile(ids, ours.replace(/\d+/, '7'))
  await expect(openEngine('embedded', { data: other })).rejects.toMatchObject({ code: 'ids-changed' })
  for (const damaged of ['', '\0\0', ours.slice(1), '"words"']) {
    await writeFile(ids, damaged)
    const message = `${ids} is damaged; it says which subordinate ids the trees in ${other} belong to.`
    await expect(openEngine('embedded', { data: other })).rejects.toMatchObject({ code: 'ids-damaged', message })
  }
  await writeFile(ids, ours)
  await openEngine('embedded', { data: other })
})

test('PATH is searched to its end, past what may not be started', async () => {
  const bins = join(scratch, 'bins')
  for (const [folder, mode] of [
    ['shut', 0o644],
    ['open', 0o755],
  ] as const) {
    await mkdir(join(bins, folder), { recursive: true })
    await writeFile(join(bins, folder, 'tool'), '#!/bin/bash\necho done\n')
    await chmod(join(bins, folder, 'tool'), mode)
  }
  const mounts = [{ source: bins, target: '/bins', readOnly: true as const }]
  const status = (path: string) =>
    within({ mounts, env: { PATH: path } }, async (container) => (await container.run(['tool'], {}, never)).status)
  expect(await status('/bins/shut:/nowhere:/bins/open')).toBe(0)
  expect(await status('/bins/shut:/nowhere')).toBe(126)
  expect(await status('/nowhere')).toBe(127)
})

test.skipIf(!isRoot)('what is reached over a link, or by a path with too many slashes, is not hidden', async () => {
  const there = await mkdtemp('/mnt/gentoomuch-porter-')
  try {
    await chmod(there, 0o755)
    await writeFile(join(there, 'file'), 'here')
    await symlink(there, join(scratch, 'link'))
    for (const source of [join(scratch, 'link'), `/${there}`]) {
      const mounts = [{ source, target: '/there', readOnly: true as const }]
      const script = 'cat /there/file; (: > /there/new) 2>/dev/null && echo writable'
      expect(await within({ mounts }, (container) => say(container, script))).toMatchObject({ stdout: 'here' })
    }
    const data = join(scratch, 'link', 'data')
    const elsewhere = await openEngine('embedded', { data })
    const copy = await elsewhere.importTree(createReadStream(await smallTree(scratch)))
    const container = await elsewhere.open({ tree: copy, mounts: [], folders: [], tmpfs: [], env: {}, network: false })
    expect(await container.run(['/bin/id'], {}, never)).toMatchObject({ status: 0 })
    await container.close()
    await elsewhere.remove(copy, [])
    await elsewhere.sweep()
  } finally {
    await rm(there, { recursive: true })
  }
})

test.skipIf(isRoot)(
  'where this user may have no more processes, that entry fails and says why, and others go on',
  async () => {
    await within({}, (busy) =>
      within({}, async (other) => {
        const slow = say(busy, 'sleep 2; echo done')
        // It has begun.
        await sleep(1000)
        await withPorters(['prlimit', '--nproc=1:', '--pid'], ['prlimit', '--nproc=4000:', '--pid'], async () => {
          await expect(say(other, 'echo never')).rejects.toMatchObject({
            code: 'engine-failed',
            message: expect.stringContaining('fork: Resource temporarily unavailable') as string,
          })
          expect(await slow).toEqual({ status: 0, stdout: 'done\n' })
        })
        expect(await say(other, 'echo again')).toEqual({ status: 0, stdout: 'again\n' })
      }),
    )
  },
)

test('a resident process that somebody stopped ends what it has to end', async () => {
  await within({}, async (container) => {
    const stop = new AbortController()
    const running = say(container, 'sleep 600', stop.signal)
    const ended = expect(running)
      .rejects.toMatchObject({ code: 'interrupted' })
      .then(() => 'it ends')
    await sleep(500)
    try {
      await withPorters(['kill', '-STOP'], ['kill', '-CONT'], async () => {
        stop.abort()
        expect(await Promise.race([ended, sleep(10_000, 'it hangs')])).toBe('it ends')
      })
    } finally {
      stop.abort()
      await ended
    }
  })
}, 20_000)

/** Something that is done to each resident process, and undone whatever happens. One that has nothing left to do may end meanwhile. */
async function withPorters(doing: Argv, undoing: Argv, work: () => Promise<void>): Promise<void> {
  const reached: string[] = []
  try {
    for (const pid of await porters()) if (await done(doing, pid)) reached.push(pid)
    expect(reached).not.toEqual([])
    await work()
  } finally {
    for (const pid of reached) await done(undoing, pid)
  }
}

async function done(doing: Argv, pid: string): Promise<boolean> {
  return (await run([...doing, pid], { accept: [0, 1] })).status === 0
}
