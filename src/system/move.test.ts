import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exists } from './files.ts'
import { moveFile, moveFolder, sweepMoves, unfinishedBeside } from './move.ts'

/** Two file systems where the machine has them (a tmpfs in /dev/shm beside the disk's /var/tmp); otherwise one serves twice. */
let here: string
let there: string
beforeEach(async () => {
  here = await mkdtemp(join((await exists('/dev/shm')) ? '/dev/shm' : tmpdir(), 'gm-move-'))
  there = await mkdtemp('/var/tmp/gm-move-')
})
afterEach(() => Promise.all([here, there].map((folder) => rm(folder, { recursive: true, force: true }))))

test('a folder arrives whole, also on another file system, and leaves nothing behind', async () => {
  await mkdir(join(here, 'made/below'), { recursive: true })
  await writeFile(join(here, 'made/below/x'), 'bytes', { mode: 0o640 })
  await moveFolder(join(here, 'made'), join(there, 'kept'))
  expect(await readFile(join(there, 'kept/below/x'), 'utf8')).toBe('bytes')
  expect((await stat(join(there, 'kept/below/x'))).mode & 0o777).toBe(0o640)
  expect(await readdir(here)).toEqual([])
  expect(await readdir(there)).toEqual(['kept'])
})

test('a file replaces one of its name', async () => {
  await writeFile(join(here, 'x'), 'new')
  await writeFile(join(there, 'x'), 'old')
  await moveFile(join(here, 'x'), join(there, 'x'))
  expect(await readFile(join(there, 'x'), 'utf8')).toBe('new')
  expect(await readdir(here)).toEqual([])
})

test('what a killed move left is swept, and nothing else', async () => {
  await mkdir(unfinishedBeside(join(there, 'kept')))
  await mkdir(join(there, 'kept'))
  await sweepMoves(there)
  expect(await readdir(there)).toEqual(['kept'])
})
