import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freedBy } from './disk-use.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-disk-use-'))
  await mkdir(join(folder, 'one'))
  await mkdir(join(folder, 'two'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const at = (path: string) => join(folder, path)
const MIB = 1024 * 1024

test('a file with a link that stays gives nothing back; one whose links all go counts once, with the last', async () => {
  const [, empty = 0] = await freedBy([at('two'), at('one')])
  await writeFile(at('one/shared'), Buffer.alloc(MIB, 1))
  await link(at('one/shared'), at('two/shared'))
  expect(await freedBy([at('one')])).toEqual([empty])
  expect(await freedBy([at('one'), at('two')])).toEqual([empty, empty + MIB])
})

test('links are not followed, holes take nothing, and what is gone takes nothing', async () => {
  await writeFile(at('outside'), Buffer.alloc(MIB, 1))
  await symlink(at('outside'), at('one/link'))
  await writeFile(at('one/file'), Buffer.alloc(2 * MIB, 1))
  const [bytes = 0] = await freedBy([at('one')])
  expect(bytes).toBeGreaterThanOrEqual(2 * MIB)
  expect(bytes).toBeLessThan(2.5 * MIB)
  expect(await freedBy([at('gone'), at('one/gone')])).toEqual([0, 0])
})
