/** The processes that unpack binary packages for the assembly: what they answer. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../system/project.ts'
import { run } from '../system/process.ts'
import { programFilter } from '../system/stream.ts'

const UNPACK = join(projectRoot(), 'src/execute/programs/assemble/unpack.py')

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'gm-unpack-'))))
afterAll(() => rm(folder, { recursive: true }))

/** A gpkg of these parts. */
async function gpkg(name: string, parts: readonly string[]): Promise<string> {
  const path = join(folder, `${name}.gpkg.tar`)
  await run(['tar', '--create', `--file=${path}`, `--directory=${folder}`, ...parts.map((part) => `p-1/${part}`)])
  return path
}

/** What a process answers to each job. */
async function answers(...jobs: readonly [file: string, to: string][]): Promise<string[]> {
  const lines = jobs.map((job) => `${JSON.stringify(job)}\n`).join('')
  const said = await text(Readable.from([lines]).compose(programFilter(['python3', UNPACK])))
  return said.trimEnd().split('\n')
}

test('a package is unpacked to where Portage would; one that cannot be is a sentence, and the next one follows', async () => {
  const image = join(folder, 'image/usr')
  await mkdir(image, { recursive: true })
  await mkdir(join(folder, 'metadata'))
  await mkdir(join(folder, 'p-1'))
  await writeFile(join(image, 'a name'), 'hello\n')
  await writeFile(join(folder, 'metadata/SLOT'), '0\n')
  for (const part of ['metadata', 'image'])
    await run(['tar', '--create', `--file=${join(folder, 'p-1', part)}.tar`, `--directory=${folder}`, part])
  await run(['zstd', '--quiet', join(folder, 'p-1/image.tar')])
  await writeFile(join(folder, 'p-1/gpkg-1'), '')
  const good = await gpkg('good', ['gpkg-1', 'metadata.tar', 'image.tar.zst'])
  const half = await gpkg('half', ['gpkg-1', 'metadata.tar'])
  await writeFile(join(folder, 'p-1/image.tar.zst'), Buffer.alloc(5_000_000, 'no archive'))
  const damaged = await gpkg('damaged', ['gpkg-1', 'metadata.tar', 'image.tar.zst'])
  const to = join(folder, 'to')
  expect(
    await answers(
      [damaged, join(folder, 'a')],
      [half, join(folder, 'b')],
      [join(folder, 'none'), join(folder, 'c')],
      [good, to],
    ),
  ).toEqual([
    'RuntimeError: zstd ended with status 1',
    'RuntimeError: no image in it',
    `FileNotFoundError: [Errno 2] No such file or directory: '${join(folder, 'none')}'`,
    'done',
  ])
  expect(await readFile(join(to, 'image/usr/a name'), 'utf8')).toBe('hello\n')
  expect(await readFile(join(to, 'build-info/SLOT'), 'utf8')).toBe('0\n')
})
