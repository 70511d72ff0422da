import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { kept } from './kept.ts'

let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gm-test-'))
})
afterEach(() => rm(cache, { recursive: true }))

test('a thing is made once a key', async () => {
  let made = 0
  const make = async (path: string) => {
    made += 1
    await writeFile(path, 'thing')
  }
  const path = await kept(cache, 'thing', 'k1', make)
  expect(await kept(cache, 'thing', 'k1', make)).toBe(path)
  expect(await readFile(path, 'utf8')).toBe('thing')
  expect(made).toBe(1)
})

async function failHalfway(path: string): Promise<void> {
  await writeFile(path, 'half')
  throw new Error('no')
}

test('a failure leaves nothing', async () => {
  await expect(kept(cache, 'thing', 'k1', failHalfway)).rejects.toThrow('no')
  expect(await readdir(cache)).toEqual([])
})

test('the two newest of a kind stay', async () => {
  for (const [n, key] of ['k1', 'k2', 'k3'].entries()) {
    const path = await kept(cache, 'thing', key, (at) => writeFile(at, key))
    await utimes(path, n + 1, n + 1)
  }
  expect((await readdir(cache)).toSorted()).toEqual(['thing-k2', 'thing-k3'])
})
