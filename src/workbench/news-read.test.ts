import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { markRead, readMarks } from './news-read.ts'

let data: string
let newsRead: string
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'gm-read-'))
  newsRead = join(data, 'news.read')
})
afterEach(() => rm(data, { recursive: true }))

test('marks are lines, sorted, each once', async () => {
  expect(await readMarks({ newsRead })).toEqual(new Set())
  await markRead({ newsRead }, ['gentoo/b', 'glsa-1'])
  await markRead({ newsRead }, ['gentoo/a', 'gentoo/b'])
  expect(await readFile(newsRead, 'utf8')).toBe('gentoo/a\ngentoo/b\nglsa-1\n')
})

test('a file edited by hand is read as it is meant', async () => {
  await writeFile(newsRead, ' gentoo/a \r\n\n\ngentoo/b')
  expect(await readMarks({ newsRead })).toEqual(new Set(['gentoo/a', 'gentoo/b']))
  await markRead({ newsRead }, ['gentoo/a'])
  expect(await readFile(newsRead, 'utf8')).toBe(' gentoo/a \r\n\n\ngentoo/b')
})
