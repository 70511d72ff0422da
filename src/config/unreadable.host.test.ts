/** What the system does not let this user read, and says so of. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AS_ORDINARY, asOrdinary } from '../../tests/kit/as-ordinary.ts'
import { Folder, GOOD } from './folder.testkit.ts'
import { readWord } from './lists.ts'
import { inspectConfig } from './read.ts'
import { ConfigTree } from './tree.ts'

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

test('a configuration directory', AS_ORDINARY, async () => {
  await asOrdinary(import.meta.url, async () => {
    folder.write(GOOD)
    for (const mode of [0o000, 0o300, 0o600]) {
      chmodSync(folder.path, mode)
      await expect(inspectConfig(folder.path)).rejects.toMatchObject({ code: 'unreachable-configuration' })
    }
    chmodSync(folder.path, 0o700)
    expect(await folder.problems()).toEqual([])
  })
})

test('a file of it', AS_ORDINARY, async () => {
  await asOrdinary(import.meta.url, async () => {
    folder.write({ 'env/jobs': '2' })
    chmodSync(join(folder.path, 'env/jobs'), 0)
    const tree = new ConfigTree(folder.path)
    readWord(tree, 'env/jobs', 'x', false)
    expect(tree.problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      'env/jobs: this user may not read it.',
    ])
  })
})
