import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AS_ORDINARY, asOrdinary } from '../../tests/kit/as-ordinary.ts'
import { serveFolder } from '../../tests/kit/mirror-server.ts'
import type { MirrorServer } from '../../tests/kit/mirror-server.ts'
import { Interrupted } from '../errors.ts'
import { fetchFrom, isAddress, pathOf, someHas, textFrom } from './mirrors.ts'
import type { FailedMirror, FileFromMirrors } from './mirrors.ts'

const PATH = 'releases/some file+1.tar.xz'
const CONTENT = 'what a mirror has'
const DOWN = 'http://127.0.0.1:9'
let root: string
let folder: string
let to: string
let mirror: MirrorServer
let told: FailedMirror[]

beforeEach(async () => {
  vi.stubEnv('no_proxy', '127.0.0.1')
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  folder = join(root, 'mirror')
  to = join(root, 'here', 'file')
  told = []
  await mkdir(join(folder, 'releases'), { recursive: true })
  await mkdir(join(root, 'here'))
  await mkdir(join(root, 'empty'))
  await writeFile(join(folder, PATH), CONTENT)
  mirror = await serveFolder(folder)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await mirror.close()
  await rm(root, { recursive: true, force: true })
})

const options = (more: Partial<FileFromMirrors> = {}): FileFromMirrors => ({
  signal: new AbortController().signal,
  onMirror: (failed) => told.push(failed),
  ...more,
  patience: { waits: [], ...more.patience },
})
const fetch = (roots: readonly string[], more: Partial<FileFromMirrors> = {}) =>
  fetchFrom(roots, PATH, to, options(more))
const reasons = () => told.map(({ error }) => error.reason)

test.each([
  ['an http address', () => `${mirror.url}/`],
  ['a path', () => folder],
  ['a file address', () => pathToFileURL(folder).href],
])('a mirror may be %s', async (_, address) => {
  expect(await someHas([join(root, 'empty'), 'x', DOWN, address()], PATH, options())).toBe(true)
  expect(await someHas([join(root, 'empty'), 'x', DOWN, address()], 'releases/none', options())).toBe(false)
  await fetch([address()], { bytes: CONTENT.length })
  expect(await readFile(to, 'utf8')).toBe(CONTENT)
  const { root: from, bytes } = await textFrom([address()], PATH, { ...options(), maxBytes: 100 })
  expect([from, bytes.toString()]).toEqual([address(), CONTENT])
  expect(told).toEqual([])
})

test('mirrors are asked in turn, and each that failed is told', async () => {
  const empty = await serveFolder(join(root, 'empty'))
  const wrong = await serveFolder(folder)
  const slow = await serveFolder(folder)
  wrong.fault(`/${PATH}`, { content: 'something longer than that' })
  slow.fault(`/${PATH}`, { bytesPerSecond: 10 })
  const roots = [DOWN, empty.url, wrong.url, slow.url, join(root, 'empty'), 'rsync://host/x', folder, mirror.url]
  const patience = { stallBytes: 100, stallSeconds: 1 }
  expect(await fetch(roots, { bytes: CONTENT.length, patience })).toEqual({ root: folder })
  expect(await readFile(to, 'utf8')).toBe(CONTENT)
  expect(told.map((failed) => failed.root)).toEqual(roots.slice(0, 6))
  expect(reasons()).toEqual([
    expect.stringMatching(/^Failed to connect to 127.0.0.1 port 9/),
    'answered with status 404 (Not Found)',
    '17 bytes were wanted, the server has 26',
    'Operation too slow. Less than 100 bytes/sec transferred the last 1 seconds',
    'has no such file',
    'is neither an http, https or file address nor an absolute path',
  ])
  expect(await readdir(join(root, 'here'))).toEqual(['file'])
  expect(mirror.requests).toEqual([])
  await Promise.all([empty.close(), wrong.close(), slow.close()])
})

test('when all failed each is named with its reason, without credentials', async () => {
  const roots = [mirror.url.replace('//', '//me:secret@'), join(root, 'empty')]
  mirror.fault(`/${PATH}`, { status: 403 })
  await expect(fetch(roots)).rejects.toMatchObject({
    code: 'mirrors-failed',
    exit: 1,
    absent: false,
    message:
      `No mirror gave ${PATH}:\n  ${mirror.url.replace('//', '//***@')}: answered with status 403 (Forbidden)\n` +
      `  ${join(root, 'empty')}: has no such file`,
  })
  expect(JSON.stringify(told)).not.toContain('secret')
  await expect(fetch([])).rejects.toThrow(`No mirror is known to fetch ${PATH} from.`)
})

test('what no mirror has is told from what could not be fetched', async () => {
  const nowhere = (roots: readonly string[]) => fetchFrom(roots, 'none', to, options())
  await expect(nowhere([mirror.url, folder])).rejects.toMatchObject({ absent: true })
  await expect(nowhere([mirror.url, DOWN])).rejects.toMatchObject({ absent: false })
  await expect(nowhere([])).rejects.toMatchObject({ absent: false })
})

test('files of this host are held to the same sizes', async () => {
  await expect(fetch([folder], { bytes: 3 })).rejects.toThrow('3 bytes were wanted, the file has 17')
  await expect(fetch([folder], { maxBytes: 3 })).rejects.toThrow('it is longer than 3 bytes')
  await expect(textFrom([folder], PATH, { ...options(), maxBytes: 3 })).rejects.toThrow('it is longer than 3 bytes')
  await expect(fetchFrom([folder], 'releases', to, options())).rejects.toThrow(`${folder}/releases is not a file`)
})

test('a file that may not be read is a reason', AS_ORDINARY, async () => {
  await asOrdinary(import.meta.url, async () => {
    await chmod(join(folder, PATH), 0)
    await expect(fetch([folder])).rejects.toThrow(`${join(folder, PATH)} cannot be read`)
  })
})

test('a part is continued from another mirror with the same file', async () => {
  const other = await serveFolder(folder)
  mirror.fault(`/${PATH}`, { cuts: [5, 5] })
  await fetch([mirror.url, other.url], { bytes: CONTENT.length, sameElsewhere: true })
  expect(await readFile(to, 'utf8')).toBe(CONTENT)
  expect(other.requests.map(({ range }) => range)).toEqual(['bytes=5-'])
  await other.close()
})

test('a part is of no use to a mirror on a disk, and goes', async () => {
  mirror.fault(`/${PATH}`, { cuts: [5, 5] })
  await fetch([mirror.url, folder], { bytes: CONTENT.length, sameElsewhere: true })
  expect(await readdir(join(root, 'here'))).toEqual(['file'])
})

test('what is not the fault of a mirror ends the search', async () => {
  await expect(fetch([mirror.url], { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted)
  await expect(fetchFrom([mirror.url, folder], PATH, join(root, 'none/x'), options())).rejects.toThrow('ENOENT')
  expect(told).toEqual([])
})

test.each([
  ['https://h', true, undefined],
  ['HTTP://h', true, undefined],
  ['/a', false, '/a'],
  ['file:///a%20b', false, '/a b'],
  ['file://elsewhere/a', false, undefined],
  ['a', false, undefined],
  ['ftp://h', false, undefined],
])('%s', (word, address, path) => {
  expect([isAddress(word), pathOf(word)]).toEqual([address, path])
})
