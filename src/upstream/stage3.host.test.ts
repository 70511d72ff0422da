import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Interrupted } from '../errors.ts'
import { makeKeyHome } from '../system/gpg.testkit.ts'
import type { KeyHome } from '../system/gpg.testkit.ts'
import { verifyStage3 } from './stage3.ts'
import { withTrustedKeys } from './trust.ts'

const NAME = 'stage3-amd64-openrc-20260101T000000Z.tar.xz'
const CONTENT = 'not really a tarball'
let keys: KeyHome
let root: string
let upstream: string
let stranger: string
let at: string
let trusted: string
let count = 0

beforeAll(async () => {
  keys = await makeKeyHome()
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  upstream = await keys.makeKey('upstream@example.org')
  stranger = await keys.makeKey('stranger@example.org')
})

afterAll(async () => {
  await keys.remove()
  await rm(root, { recursive: true, force: true })
})

beforeEach(async () => {
  count += 1
  at = join(root, String(count))
  trusted = join(at, 'trusted')
  await mkdir(join(at, 'copy'), { recursive: true })
  await mkdir(trusted)
  await writeFile(join(trusted, 'README.md'), 'keys go here')
  await writeFile(join(trusted, 'upstream.asc'), await keys.publicKey(upstream))
  await writeFile(join(at, NAME), CONTENT)
})

const tarball = (name = NAME) => join(at, name)
const options = (name = NAME) => ({
  tarball: tarball(name),
  to: join(at, 'copy'),
  trusted,
  pins: [],
  signal: new AbortController().signal,
})
const sign = (by = upstream) =>
  keys.gpg('--local-user', by, '--armor', '--output', `${tarball()}.asc`, '--detach-sign', tarball())
const hash = (algorithm: string, text = CONTENT) => createHash(algorithm).update(text).digest('hex')

async function signDigests(text: string, by = upstream): Promise<void> {
  await writeFile(join(at, 'digests'), text)
  await keys.gpg('--local-user', by, '--output', `${tarball()}.DIGESTS`, '--clear-sign', join(at, 'digests'))
}

const use = () => Promise.resolve('used')

describe('verifyStage3', () => {
  test('gives a verified copy', async () => {
    await sign()
    await signDigests(`# BLAKE2B HASH\n${hash('blake2b512')}  ${NAME}\n# SHA512 HASH\n${hash('sha512')}  ${NAME}\n`)
    const verified = await verifyStage3(options())
    expect(verified).toMatchObject({
      path: join(at, 'copy', NAME),
      sha512: hash('sha512'),
      bytes: CONTENT.length,
      primary: upstream,
      name: NAME,
      arch: 'amd64',
    })
    expect(verified.signedAt).toBeGreaterThan(1_700_000_000)
    expect(await readFile(verified.path, 'utf8')).toBe(CONTENT)
  })

  test('a name of another kind tells no architecture', async () => {
    await sign()
    await copyFile(tarball(), tarball('mine.tar.xz'))
    await copyFile(`${tarball()}.asc`, `${tarball('mine.tar.xz')}.asc`)
    expect((await verifyStage3(options('mine.tar.xz'))).arch).toBeUndefined()
  })

  test('no tarball is a wrong call', async () => {
    await expect(verifyStage3(options('stage3-none.tar.xz'))).rejects.toMatchObject({ code: 'stage3-missing', exit: 2 })
  })

  test('no signature beside it: the file wanted is named', async () => {
    const refusal = expect(verifyStage3(options())).rejects
    await refusal.toMatchObject({ code: 'stage3-unsigned', exit: 3 })
    await refusal.toThrow(`${tarball()}.asc`)
  })

  test('another key is not believed', async () => {
    await sign(stranger)
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'stage3-unknown-key', exit: 3 })
  })

  test('a key at hand, but not of this role, is not believed', async () => {
    const installed = join(at, 'installed.asc')
    await writeFile(installed, await keys.publicKey(stranger))
    const role = { name: 'stage3', pins: [upstream], folder: undefined, folderName: 'keys' }
    await expect(withTrustedKeys(role, use, undefined, installed)).rejects.toMatchObject({ code: 'no-trusted-keys' })
    await writeFile(installed, Buffer.concat([await keys.publicKey(stranger), await keys.publicKey(upstream)]))
    const trust = await withTrustedKeys(role, ({ trusted: may }) => Promise.resolve([...may]), undefined, installed)
    expect(trust).toEqual([upstream])
  })

  test('a pin without its key verifies nothing', async () => {
    await sign()
    await rm(join(trusted, 'upstream.asc'))
    const wanting = verifyStage3({ ...options(), pins: ['0'.repeat(40)] })
    await expect(wanting).rejects.toMatchObject({ code: 'no-trusted-keys', exit: 3 })
  })

  test('a file in the folder that is no key is an error, not a shrug', async () => {
    await sign()
    await writeFile(join(trusted, 'key.asc'), 'hello')
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'bad-key-file', exit: 3 })
  })

  test('an exchanged tarball', async () => {
    await sign()
    await writeFile(tarball(), `${CONTENT}!`)
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'stage3-bad-signature', exit: 3 })
  })

  test('a signature file that holds none', async () => {
    await writeFile(`${tarball()}.asc`, 'none')
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'stage3-no-signature', exit: 3 })
  })

  test('an old stage under a new name is found by its DIGESTS', async () => {
    await sign()
    await signDigests(`# SHA512 HASH\n${hash('sha512')}  stage3-amd64-openrc-20200101T000000Z.tar.xz\n`)
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'stage3-digests-other-name', exit: 3 })
  })

  test('DIGESTS of other bytes', async () => {
    await sign()
    await signDigests(
      `# BLAKE2B HASH\n${hash('blake2b512')}  ${NAME}\n# SHA512 HASH\n${hash('sha512', 'x')}  ${NAME}\n`,
    )
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'stage3-digests-mismatch', exit: 3 })
  })

  test('DIGESTS unsigned, or by a stranger', async () => {
    await sign()
    const text = `# SHA512 HASH\n${hash('sha512')}  ${NAME}\n`
    await writeFile(`${tarball()}.DIGESTS`, text)
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'stage3-digests-no-signature', exit: 3 })
    await signDigests(text, stranger)
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'stage3-digests-unknown-key', exit: 3 })
  })

  test('a stop is a stop', async () => {
    await sign()
    await expect(verifyStage3({ ...options(), signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted)
  })

  test('the copies lie where they were asked for', async () => {
    await sign()
    const { path } = await verifyStage3(options())
    expect([dirname(path), basename(path)]).toEqual([join(at, 'copy'), NAME])
  })
})
