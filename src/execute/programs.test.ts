import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layOut } from './programs.ts'

test('the folder of programs is there to be mounted, also for a container that needs none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gm-programs-'))
  try {
    await layOut(join(folder, 'none'), [])
    expect(await readdir(join(folder, 'none'))).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
