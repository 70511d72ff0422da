import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Interrupted, UserError } from '../errors.ts'
import { exists } from '../system/files.ts'
import { makeKeyHome } from '../system/gpg.testkit.ts'
import type { KeyHome } from '../system/gpg.testkit.ts'
import { verifyStage3 } from './stage3.ts'
import type { Stage3Options, VerifiedStage3 } from './stage3.ts'

const NAME = 'stage3-amd64-openrc-20260101T000000Z.tar.xz'
const CONTENT = 'not really a tarball'
const signal = new AbortController().signal
let keys: KeyHome
let root: string
let upstream: string
let old: string
let at: string
let count = 0

beforeAll(async () => {
  keys = await makeKeyHome()
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  upstream = await keys.makeKey('upstream@example.org')
  old = await keys.makeKey('old@example.org', { at: '20200101T000000', expires: '10d' })
}, 30_000)

afterAll(async () => {
  await keys.remove()
  await rm(root, { recursive: true, force: true })
})

beforeEach(async () => {
  count += 1
  at = join(root, String(count))
  const trusted = join(at, 'keys', 'stage3')
  await mkdir(join(at, 'copy'), { recursive: true })
  await mkdir(trusted, { recursive: true })
  await writeFile(join(trusted, 'upstream.asc'), await keys.publicKey(upstream))
  await writeFile(join(trusted, 'old.asc'), await keys.publicKey(old))
  await writeFile(tarball(), CONTENT)
})

const tarball = () => join(at, NAME)
const copy = (suffix = '') => join(at, 'copy', `${NAME}${suffix}`)
const hash = (algorithm: string, text: string | Uint8Array = CONTENT) =>
  createHash(algorithm).update(text).digest('hex')

const options = (more: Partial<Stage3Options> = {}): Stage3Options => ({
  tarball: tarball(),
  signature: `${tarball()}.asc`,
  name: NAME,
  to: join(at, 'copy'),
  sources: { trustedKeys: join(at, 'keys'), installedKeyring: join(at, 'none'), userHome: join(at, 'none'), signal },
  pins: [],
  signal,
  ...more,
})

const sign = (by = upstream, ...more: readonly string[]) =>
  keys.gpg(...more, '--local-user', by, '--armor', '--output', `${tarball()}.asc`, '--detach-sign', tarball())

async function signDigests(text: string): Promise<string> {
  const to = `${tarball()}.DIGESTS`
  await writeFile(join(at, 'digests'), text)
  await keys.gpg('--local-user', upstream, '--output', to, '--clear-sign', join(at, 'digests'))
  return to
}

describe('verifyStage3', () => {
  test('gives a verified copy', async () => {
    await sign()
    const text = `# BLAKE2B HASH\n${hash('blake2b512')}  ${NAME}\n# SHA512 HASH\n${hash('sha512')}  ${NAME}\n`
    const verified = await verifyStage3(options({ digests: await signDigests(text), arch: 'amd64' }))
    expect(verified).toEqual({
      path: copy(),
      sha512: hash('sha512'),
      bytes: CONTENT.length,
      primary: upstream,
      signedAt: expect.any(Number) as number,
      name: NAME,
      arch: 'amd64',
    })
    expect(verified.signedAt).toBeGreaterThan(1_700_000_000)
    expect(await readFile(verified.path, 'utf8')).toBe(CONTENT)
    expect((await readdir(join(at, 'copy'))).toSorted()).toEqual([NAME, `${NAME}.DIGESTS`, `${NAME}.asc`])
  })

  test('uses what was downloaded into the folder as it is', async () => {
    await sign()
    await rename(tarball(), copy())
    await rename(`${tarball()}.asc`, join(at, 'copy', 'signature'))
    const { ino } = await stat(copy())
    const verified = await verifyStage3(options({ tarball: copy(), signature: join(at, 'copy', 'signature') }))
    expect((await stat(verified.path)).ino).toBe(ino)
    expect((await readdir(join(at, 'copy'))).toSorted()).toEqual([NAME, `${NAME}.asc`])
  })

  test('a name of another kind tells no architecture', async () => {
    await sign()
    const verified = await verifyStage3(options({ name: 'mine.tar.xz', arch: 'arm64' }))
    expect([verified.arch, verified.path]).toEqual([undefined, join(at, 'copy', 'mine.tar.xz')])
  })

  test('another architecture is refused before anything is copied', async () => {
    await expect(verifyStage3(options({ arch: 'x86' }))).rejects.toMatchObject({
      code: 'wrong-architecture',
      exit: 3,
      message: `${NAME} is for amd64; the configuration is for x86.`,
      hint: 'take a stage3 of x86, or change env/arch',
    })
    expect(await readdir(join(at, 'copy'))).toEqual([])
  })

  test('no signature: the file wanted is named', async () => {
    await expect(verifyStage3(options())).rejects.toMatchObject({
      code: 'stage3-unsigned',
      exit: 3,
      message: `The stage3 ${NAME} has no signature: ${tarball()}.asc is missing.`,
      hint: `download ${NAME}.asc from where the stage3 came from and put it beside the tarball`,
    })
  })

  test('an older one than the profile’s, unless that is wanted', async () => {
    await sign(upstream)
    const signedAt = (await verifyStage3(options())).signedAt
    expect(await verifyStage3(options({ newerThan: signedAt }))).toMatchObject({ signedAt })
    const newer = options({ newerThan: 2_000_000_000 })
    await expect(verifyStage3(newer)).rejects.toMatchObject({
      code: 'stage3-older',
      exit: 3,
      message: `The stage3 ${NAME} was signed on ${new Date(signedAt * 1000).toISOString().slice(0, 10)}, before the one that the profile has (2033-05-18).`,
      hint: '--allow-older takes it all the same',
    })
    expect(await verifyStage3({ ...newer, allowOlder: true })).toMatchObject({ signedAt })
  })

  test('a key that has expired is no harm for a stage3 that the lock knows', async () => {
    await sign(old, '--faked-system-time', '20200103T000000')
    await expect(verifyStage3(options())).rejects.toMatchObject({ code: 'stage3-expired-key' })
    await expect(verifyStage3(options({ known: new Set([hash('sha256')]) }))).rejects.toMatchObject({ exit: 3 })
    expect(await verifyStage3(options({ known: new Set([hash('sha512')]) }))).toMatchObject({
      primary: old,
      signedAt: Date.UTC(2020, 0, 3) / 1000,
    })
  })

  test.each([
    ['', 'stage3-empty', 'is an empty file.'],
    ['<!doctype html>', 'stage3-web-page', 'is a web page, not a tarball.'],
    ['\xfd7zXZ\0 and no more', 'stage3-truncated', 'is not what was signed: it ends too early, after 18 bytes.'],
  ])('what became of the tarball is found out: %j', async (content, code, words) => {
    await sign()
    await writeFile(tarball(), content, 'latin1')
    const message = `The stage3 ${NAME} ${words}`
    await expect(verifyStage3(options())).rejects.toMatchObject({ code, message, hint: 'download it again', exit: 3 })
  })

  test('the signature of another file is told by DIGESTS', async () => {
    await writeFile(join(at, 'other'), 'other')
    await keys.gpg('--local-user', upstream, '--output', `${tarball()}.asc`, '--detach-sign', join(at, 'other'))
    const digests = await signDigests(`# SHA512 HASH\n${hash('sha512')}  ${NAME}\n`)
    await expect(verifyStage3(options({ digests }))).rejects.toMatchObject({
      code: 'stage3-other-signature',
      exit: 3,
      message: `The stage3 ${NAME} is the file that its DIGESTS names, signed by ${upstream}, but ${NAME}.asc is another file's signature, or damaged.`,
      hint: `download ${NAME}.asc again`,
    })
    await writeFile(tarball(), 'changed')
    await expect(verifyStage3(options({ digests }))).rejects.toMatchObject({ code: 'stage3-bad-signature' })
  })

  test('a stop is a stop', async () => {
    await sign()
    await expect(verifyStage3(options({ signal: AbortSignal.abort() }))).rejects.toBeInstanceOf(Interrupted)
  })
})

describe('a file that changes meanwhile', () => {
  test('after it was copied: what was copied counts', async () => {
    await sign()
    const verifying = verifyStage3(options())
    // The tarball is copied first.
    while (!(await exists(copy('.asc')))) await sleep(1)
    await writeFile(tarball(), 'evil')
    const { path, sha512 } = await verifying
    expect([await readFile(path, 'utf8'), sha512]).toEqual([CONTENT, hash('sha512')])
  })

  test('while it is copied: what is given back is what was signed, or nothing', async () => {
    const [good, evil] = [Buffer.alloc(4 << 20, 'good'), Buffer.alloc(4 << 20, 'evil')]
    await writeFile(tarball(), good)
    await sign()
    for (let round = 0; round < 8; round += 1) {
      await writeFile(tarball(), good)
      const verifying: Promise<VerifiedStage3 | UserError> = verifyStage3(options()).catch((error: unknown) => {
        if (error instanceof UserError) return error
        throw error
      })
      await sleep(round / 3)
      await (round % 2 === 0 ? writeFile(tarball(), evil) : swap(tarball(), evil))
      const result = await verifying
      if (result instanceof UserError) expect(result.code).toMatch(/^stage3-(bad-signature|empty)$/)
      else
        expect([result.sha512, hash('sha512', await readFile(result.path))]).toEqual(
          Array(2).fill(hash('sha512', good)),
        )
    }
  }, 60_000)
})

async function swap(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, bytes)
  await rename(`${path}.new`, path)
}
