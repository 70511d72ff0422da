import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Event } from '../../src/events.ts'
import { rememberFailed } from '../../src/execute/failed.ts'
import { tellingWhenFull } from '../../src/execute/full.ts'
import type { Handler, Tools } from '../../src/execute/handler.ts'
import { storeOf } from '../../src/execute/realise.ts'
import { demandRoom } from '../../src/execute/room.ts'
import { withRun, type Run, type RunOptions } from '../../src/execute/run.ts'
import { asValue } from '../../src/execute/values.ts'
import type { Judged } from '../../src/plan/verdict.ts'
import { layoutOf } from '../../src/store/layout.ts'
import { programBytes } from '../../src/system/stream.ts'
import { isRoot } from '../e2e/kit.ts'
import { SmallDisk } from '../torture/small-disk.ts'

let folder: string
let disk: SmallDisk
beforeEach(async () => {
  if (!isRoot) return
  folder = await mkdtemp(join(tmpdir(), 'gentoomuch-disk-'))
  disk = await SmallDisk.mount(folder, 16)
})
afterEach(async () => {
  if (!isRoot) return
  await disk.unmount()
  await rm(folder, { recursive: true })
})

function during<T>(
  room: RunOptions['room'],
  work: (run: Run) => Promise<T>,
  emit: RunOptions['emit'] = () => undefined,
): Promise<T> {
  const options = {
    data: join(disk.at, 'data'),
    engine: 'embedded',
    jobs: 1,
    mirrors: [],
    command: 'gentoomuch pipeline',
    logs: join(folder, 'logs'),
    emit,
    signal: new AbortController().signal,
    shellIn: (name: string) => name,
    asks: false,
  }
  return withRun({ ...options, room }, work)
}

const PACK: Judged = {
  step: { id: 'pack:p/m', kind: 'pack', label: 'pack m', input: null, parents: {} },
  verdict: { word: 'run', key: 'k', because: [] },
}

test.skipIf(!isRoot)(
  'a disk without a single free block: what begins on it, and what is said (root mounts it)',
  async () => {
    await during('needed', () => Promise.resolve())
    await disk.leave(0)
    const demand = (run: Run) => demandRoom([PACK], run, () => Promise.resolve(undefined))
    await expect(during('needed', demand)).rejects.toMatchObject({ code: 'ENOSPC' })
    await expect(during('judged', demand)).rejects.toMatchObject({
      code: 'no-room',
      message: expect.stringMatching(/ has 0 B free, .* about 32\.0 MiB are missing\. Nothing was begun\.$/) as string,
    })
    expect(await during('not needed', () => Promise.resolve('removed'))).toBe('removed')
    await disk.relieve()
    await during('judged', (run) => {
      expect(run.full).toBeUndefined()
      return Promise.resolve()
    })
    expect(await readdir(join(disk.at, 'data/scratch'))).not.toContain('tmp')
  },
)

test.skipIf(!isRoot)(
  'what a step gave and nobody could write down goes again, and why is told (root mounts it)',
  async () => {
    await during('judged', async (run) => {
      const tar = await programBytes(['tar', '--create', '--file=-', '--directory=/etc', 'hostname'])
      const tree = await run.openEngine.importTree(Readable.from([tar]))
      expect(await run.openEngine.has(tree)).toBe(true)
      await disk.leave(0)
      const record = { ...PACK.step, key: 'k', seconds: 1, output: { digest: 'd', value: asValue({ tree }) } }
      await expect(storeOf(run).keep(record, {}, PACK.step)).rejects.toMatchObject({ failure: { code: 'disk-full' } })
      expect(await run.openEngine.has(tree)).toBe(false)
      await disk.relieve()
    })
  },
)

test.skipIf(!isRoot)(
  'a failed container that nobody could write down goes too, and why its step failed stays what is told (root mounts it)',
  async () => {
    const told: Event[] = []
    const emit = (event: Event) => void told.push(event)
    await during(
      'judged',
      async (run) => {
        const tar = await programBytes(['tar', '--create', '--file=-', '--directory=/etc', 'hostname'])
        const tree = await run.openEngine.importTree(Readable.from([tar]))
        const spec = { tree, mounts: [], folders: [], tmpfs: [], env: {}, network: false }
        const container = await run.openEngine.open(spec)
        const name = await container.preserve()
        await container.close()
        expect(await run.openEngine.preserved()).toEqual([name])
        await disk.leave(0)
        await rememberFailed(PACK.step, { step: PACK.step.id, container: name, folders: [] }, run)
        expect(await run.openEngine.preserved()).toEqual([])
        expect(told).toContainEqual({
          type: 'note',
          level: 'warning',
          text: expect.stringMatching(/^The container of pack m was not kept, .*no space left on device/) as string,
        })
        await disk.relieve()
        await run.openEngine.remove(tree, [])
      },
      emit,
    )
  },
)

test.skipIf(!isRoot)(
  'a step in which a program met a full disk has failed, however it ended (root mounts it)',
  async () => {
    const discarded: unknown[] = []
    const onTheWay: unknown[] = []
    const output = { digest: 'd', value: null }
    const ended = (store: string) => {
      const handler: Handler = {
        recipe: 1,
        present: () => Promise.resolve(true),
        async run(_work, tools) {
          tools.line('save-ebuild-env.sh: line 322: declare: write error: No space left on device')
          // What is kept on the way is not either.
          await tools.notFull().catch((error: unknown) => void onTheWay.push(error))
          return output
        },
      }
      const layout = { ...layoutOf(join(disk.at, 'data')), store, scratch: store }
      const telling = tellingWhenFull(
        handler,
        () => Promise.resolve(undefined),
        async (one) => void discarded.push(one),
      )
      const tools = { layout, signal: new AbortController().signal, line: () => undefined } as unknown as Tools
      return telling.run({ step: PACK.step, key: 'k', parents: {} }, tools)
    }
    expect(await ended(tmpdir())).toBe(output)
    await expect(ended(disk.at)).rejects.toMatchObject({
      failure: { code: 'disk-full', message: expect.stringContaining('declare: write error') as string },
    })
    expect(discarded).toEqual([output])
    expect(onTheWay).toMatchObject([{ failure: { code: 'disk-full' } }])
  },
)
