import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { publishBuild } from './publish.ts'

let root: string
let stages: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
})

afterAll(() => rm(root, { recursive: true, force: true }))

beforeEach(async () => {
  stages = await mkdtemp(join(root, 'stages-'))
})

async function prepared(text: string, where = root): Promise<string> {
  const from = await mkdtemp(join(where, 'prepared-'))
  await writeFile(join(from, 'file'), text)
  return from
}

describe('publishBuild', () => {
  test('the newest is latest, the one before stays', async () => {
    const name = 'my machine: 100% "ÿ" #1'
    const first = await publishBuild({ stages, name, build: '1', from: await prepared('one') })
    expect(first).toBe(join(stages, name, '1'))
    const from = await prepared('two')
    await publishBuild({ stages, name, build: '2', from })
    expect((await readdir(join(stages, name))).toSorted()).toEqual(['1', '2', 'latest'])
    expect(await readlink(join(stages, name, 'latest'))).toBe('2')
    expect(await readFile(join(stages, name, 'latest', 'file'), 'utf8')).toBe('two')
    expect((await stat(first)).mode & 0o777).toBe(0o755)
    await expect(readdir(from)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('from another file system', async () => {
    const from = await prepared('three', '/dev/shm')
    await publishBuild({ stages, name: 'm', build: '1', from })
    expect(await readFile(join(stages, 'm', 'latest', 'file'), 'utf8')).toBe('three')
    expect((await readdir(join(stages, 'm'))).toSorted()).toEqual(['1', 'latest'])
    await expect(readdir(from)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a build is never replaced', async () => {
    await publishBuild({ stages, name: 'm', build: '1', from: await prepared('one') })
    const from = await prepared('other')
    await expect(publishBuild({ stages, name: 'm', build: '1', from })).rejects.toMatchObject({ code: 'build-exists' })
    expect(await readFile(join(stages, 'm', '1', 'file'), 'utf8')).toBe('one')
    expect(await readFile(join(from, 'file'), 'utf8')).toBe('other')
  })

  test('what an interrupted publish left is swept', async () => {
    await mkdir(join(stages, 'm', '.unfinished-x'), { recursive: true })
    await publishBuild({ stages, name: 'm', build: '1', from: await prepared('one') })
    expect((await readdir(join(stages, 'm'))).toSorted()).toEqual(['1', 'latest'])
  })

  test('a folder in the place of the link is left alone', async () => {
    await mkdir(join(stages, 'm', 'latest'), { recursive: true })
    const publishing = publishBuild({ stages, name: 'm', build: '1', from: await prepared('one') })
    await expect(publishing).rejects.toMatchObject({ code: 'latest-is-no-link' })
  })

  test.each(['', '.', '..', '.hidden', '-rf', 'a/b', 'a\nb', 'a\u0000b'])('%j names nothing', async (name) => {
    const from = await prepared('x')
    await expect(publishBuild({ stages, name, build: '1', from })).rejects.toMatchObject({ code: 'bad-name' })
    await expect(publishBuild({ stages, name: 'm', build: name, from })).rejects.toMatchObject({ code: 'bad-name' })
  })

  test('no build is called latest', async () => {
    const publishing = publishBuild({ stages, name: 'm', build: 'latest', from: await prepared('x') })
    await expect(publishing).rejects.toMatchObject({ code: 'bad-name' })
  })
})
