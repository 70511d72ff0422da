/** config show, diff and explain before a sync: they answer, and say what they do not know. */
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Folder, GOOD } from '../config/folder.testkit.ts'
import type { CommandFile } from './command.ts'
import * as diff from './config-diff.ts'
import * as explain from './config-explain.ts'
import * as show from './config-show.ts'
import { Context } from './context.ts'

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

test.each<[string, CommandFile, string[]]>([
  ['show', show, ['home']],
  ['diff', diff, ['home', 'desk']],
  ['explain', explain, ['home', 'USE']],
])('config %s', async (_name, command, args) => {
  folder.write({ ...GOOD, 'portage.global/repos.conf': '[gentoo]\n' })
  const { signal } = new AbortController()
  const context = new Context({ config: folder.path, data: join(folder.path, 'data') }, signal)
  const { json, notice } = await command.run(context, args, { offline: true })
  expect(json).toMatchObject({ groupsUnknown: ['gentoo'] })
  expect(notice).toBe(
    'USE_EXPAND groups are not known before gentoomuch sync (not here: gentoo); a build may compose this otherwise.',
  )
})
