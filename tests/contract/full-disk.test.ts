import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demandRoom } from '../../src/execute/room.ts'
import { withRun, type Run, type RunOptions } from '../../src/execute/run.ts'
import type { Judged } from '../../src/plan/verdict.ts'
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

function during<T>(room: RunOptions['room'], work: (run: Run) => Promise<T>): Promise<T> {
  const options = {
    data: join(disk.at, 'data'),
    engine: 'embedded',
    jobs: 1,
    mirrors: [],
    command: 'gentoomuch pipeline',
    logs: join(folder, 'logs'),
    emit: () => undefined,
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
