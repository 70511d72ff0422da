import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../src/engine/engine.ts'
import { run } from '../src/system/process.ts'
import { withKeyring } from '../src/system/gpg.ts'
import { commit } from './commit.ts'
import { keys } from './keys.ts'
import { commitToRepository, type Miniature } from './miniature.ts'

const signal = new AbortController().signal
let cache: string
let made: string

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gm-test-'))
  made = await keys({ cache, engine: {} as Engine, emit: () => undefined, signal })
}, 60_000)
afterAll(() => rm(cache, { recursive: true }))

test('each role has a key of its own, with nothing running in its home', async () => {
  const files = ['stage3.asc', 'repository.asc', 'snapshot.asc'].map((name) => join(made, name))
  await withKeyring(files, ({ imported }) => {
    expect(new Set(imported.flat()).size).toBe(3)
    return Promise.resolve()
  })
  expect((await stat(join(made, 'repository'))).mode & 0o777).toBe(0o700)
  expect((await readdir(join(made, 'repository'))).filter((name) => name.startsWith('S.'))).toEqual([])
})

test('commits are signed by a subkey of the repository key, a minute apart', async () => {
  const repository = join(cache, 'repository')
  await mkdir(repository)
  await writeFile(join(repository, 'file'), 'one')
  const options = { repository, signingHome: join(made, 'repository'), signal }
  await commit({ ...options, message: 'first', time: 1000 })
  await writeFile(join(repository, 'file'), 'two')
  const second = await commitToRepository(options as unknown as Miniature, 'second')
  await withKeyring([join(made, 'repository.asc')], async ({ home, imported }) => {
    const git = ['git', '-C', repository] as const
    const env = { GNUPGHOME: home }
    const shown = await run([...git, 'log', '-1', '--format=%H %ct %GP %GF'], { env })
    const [id, time, primary, signer] = shown.stdout.trim().split(' ')
    expect([id, time]).toEqual([second, '1060'])
    expect(primary).toBe(imported[0]?.[0])
    expect(signer).not.toBe(primary)
  })
})
