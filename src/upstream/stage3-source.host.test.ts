import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { publishStage3s } from '../../tests/kit/autobuilds.ts'
import { serveFolder } from '../../tests/kit/mirror-server.ts'
import type { MirrorServer } from '../../tests/kit/mirror-server.ts'
import { Interrupted } from '../errors.ts'
import { makeKeyHome } from '../system/gpg.testkit.ts'
import type { KeyHome } from '../system/gpg.testkit.ts'
import { obtainStage3, stage3Wish } from './stage3-source.ts'
import type { Stage3SourceOptions } from './stage3-source.ts'

const NAME = 'stage3-amd64-openrc-20260104T170306Z.tar.xz'
const CONTENT = 'not really a tarball'.repeat(1000)
let keys: KeyHome
let root: string
let mirror: string
let path: string
let folder: string
let server: MirrorServer

beforeAll(async () => {
  vi.stubEnv('no_proxy', '127.0.0.1')
  keys = await makeKeyHome()
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  const signer = await keys.makeKey('upstream@example.org')
  await mkdir(join(root, 'trusted/stage3'), { recursive: true })
  await writeFile(join(root, 'trusted/stage3/upstream.asc'), await keys.publicKey(signer))
  mirror = join(root, 'mirror')
  const build = { subject: 'amd64-openrc', stamp: '20260104T170306Z', tarball: CONTENT }
  path = (await publishStage3s({ mirror, arch: 'amd64', keys, signer }, [build])).join('')
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await keys.remove()
  await rm(root, { recursive: true, force: true })
})

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'folder-'))
  server = await serveFolder(mirror)
})

afterEach(async () => await server.close())

const options = (more: Partial<Stage3SourceOptions> = {}): Stage3SourceOptions => {
  const signal = more.signal ?? new AbortController().signal
  const sources = { trustedKeys: join(root, 'trusted'), userHome: keys.home, installedKeyring: '/none', signal }
  return { folder, sources, pins: [], signal, patience: { waits: [] }, ...more }
}
const get = (word: string, more: Partial<Stage3SourceOptions> = {}) => obtainStage3(stage3Wish(word), options(more))
const inFolder = { tarball: '', signature: '', digests: '', name: NAME }
beforeEach(() => {
  const at = join(folder, NAME)
  Object.assign(inFolder, { tarball: at, signature: `${at}.asc`, digests: `${at}.DIGESTS` })
})
const demandAll = async (got: { tarball: string; signature: string; digests?: string }) => {
  expect(await readFile(got.tarball, 'utf8')).toBe(CONTENT)
  for (const [file, suffix] of [[got.signature, '.asc'] as const, [got.digests ?? '', '.DIGESTS'] as const])
    expect(await readFile(file, 'utf8')).toBe(await readFile(join(mirror, path + suffix), 'utf8'))
}
const url = () => `${server.url}/${path}`

describe('a file', () => {
  test.each(['', 'file://'])('is taken where it is (%s)', async (scheme) => {
    const at = join(mirror, path)
    const wanted = { tarball: at, signature: `${at}.asc`, digests: `${at}.DIGESTS`, name: NAME }
    expect(await get(scheme + at)).toEqual(wanted)
    expect(await readdir(folder)).toEqual([])
  })

  test('may have its signature elsewhere, and no DIGESTS', async () => {
    const tarball = join(folder, 'mine.tar')
    await writeFile(tarball, CONTENT)
    const signature = join(mirror, `${path}.asc`)
    expect(await get(tarball, { signature })).toEqual({ tarball, signature, name: 'mine.tar' })
    const fetched = await get(tarball, { signature: `${url()}.asc` })
    expect(fetched).toEqual({ tarball, signature: `${tarball}.asc`, name: 'mine.tar' })
  })

  test('that is not there, or not signed', async () => {
    await expect(get('/none/x.tar.xz')).rejects.toMatchObject({
      code: 'stage3-missing',
      exit: 2,
      message: 'There is no stage3 at /none/x.tar.xz.',
    })
    await writeFile(join(folder, 'x.tar.xz'), '')
    await expect(get(join(folder, 'x.tar.xz'))).rejects.toMatchObject({
      code: 'stage3-unsigned',
      exit: 3,
      message: `The stage3 x.tar.xz has no signature: ${folder}/x.tar.xz.asc is missing.`,
      hint: 'put x.tar.xz.asc beside the tarball, or say where it is with --signature',
    })
  })
})

describe('an address', () => {
  test('is fetched with what lies beside it, the small files first', async () => {
    const told: number[] = []
    const got = await get(url(), { onBytes: (done) => told.push(done) })
    expect(got).toEqual(inFolder)
    await demandAll(got)
    expect(server.requests.map((request) => request.path)).toEqual(
      ['.asc', '.DIGESTS', ''].map((end) => `/${path}${end}`),
    )
    expect(told.at(-1)).toBe(CONTENT.length)
  })

  test('needs no DIGESTS, but may not hide them', async () => {
    server.fault(`/${path}.DIGESTS`, { status: 404 })
    expect(await get(url())).not.toHaveProperty('digests')
    server.fault(`/${path}.DIGESTS`, { status: 403 })
    await expect(get(url())).rejects.toMatchObject({ code: 'http-status', status: 403 })
  })

  test('without a signature is not fetched', async () => {
    server.fault(`/${path}.asc`, { status: 404 })
    await expect(get(url())).rejects.toMatchObject({
      code: 'stage3-unsigned',
      exit: 3,
      message: `The stage3 ${NAME} has no signature: ${url()}.asc is missing.`,
    })
    expect(server.requests).toHaveLength(1)
  })

  test('that names nothing', async () => {
    server.fault(`/${path}`, { status: 404 })
    const message = `There is no stage3 at ${url()}.`
    await expect(get(url())).rejects.toMatchObject({ code: 'stage3-missing', exit: 2, message })
    const nothing = { code: 'stage3-missing', message: 'https://***@host/ does not name a file.' }
    await expect(get('https://me:secret@host/')).rejects.toMatchObject(nothing)
  })

  test('of what is kept is not fetched', async () => {
    const kept = (name: string, bytes: number) => Promise.resolve(`/kept/${name} ${bytes}`)
    expect(await get(url(), { kept })).toEqual({ ...inFolder, tarball: `/kept/${NAME} ${CONTENT.length}` })
    expect(server.seen(`/${path}`).map(({ method }) => method)).toEqual(['HEAD'])
    await demandAll(await get(url(), { kept: () => Promise.resolve(undefined) }))
  })

  test('that was interrupted is continued', async () => {
    server.fault(`/${path}`, { cuts: [5000, 5000] })
    await expect(get(url())).rejects.toMatchObject({ code: 'http-failed' })
    await demandAll(await get(url()))
    expect(server.seen(`/${path}`).at(-1)?.range).toBe('bytes=5000-')
  })
})

describe('the latest', () => {
  const latest = (roots: readonly string[], more: Partial<Stage3SourceOptions> = {}) =>
    obtainStage3({ from: 'latest', flavour: 'openrc', roots, arch: 'amd64' }, options(more))

  test('is fetched through the mirrors', async () => {
    const failed: string[] = []
    const got = await latest(['/none', server.url], { onMirror: ({ root: one }) => failed.push(one) })
    expect(got).toEqual(inFolder)
    await demandAll(got)
    expect(failed).toEqual(['/none', '/none', '/none', '/none'])
  })

  test('is continued from another mirror, and refused in another size', async () => {
    const other = await serveFolder(mirror)
    server.fault(`/${path}`, { cuts: [5000, 5000] })
    await demandAll(await latest([server.url, other.url]))
    expect(other.requests.map(({ range }) => range)).toEqual(['bytes=5000-'])
    server.fault(`/${path}`, { content: 'something else' })
    await expect(latest([server.url])).rejects.toThrow(`${CONTENT.length} bytes were wanted, the server has 14`)
    await other.close()
  })

  test('of what is kept is not fetched', async () => {
    const kept = (name: string, bytes: number) => Promise.resolve(`/kept/${name} ${bytes}`)
    expect(await latest([server.url], { kept })).toMatchObject({ tarball: `/kept/${NAME} ${CONTENT.length}` })
    expect(server.seen(`/${path}`)).toEqual([])
  })

  test('has to have a signature, and DIGESTS', async () => {
    server.fault(`/${path}.asc`, { status: 404 })
    const message = `The stage3 ${NAME} has no signature: ${path}.asc is missing.`
    const unsigned = { code: 'stage3-unsigned', exit: 3, message, hint: 'try another mirror' }
    await expect(latest([server.url])).rejects.toMatchObject(unsigned)
    server.fault(`/${path}.asc`)
    server.fault(`/${path}.DIGESTS`, { status: 404 })
    await expect(latest([server.url])).rejects.toMatchObject({ code: 'mirrors-failed', exit: 1 })
  })
})

describe('standard input', () => {
  const signature = () => join(mirror, `${path}.asc`)
  const piped = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)))

  test('is copied whole, under the name of its signature', async () => {
    const got = await get('-', { signature: signature(), stdin: piped(CONTENT.slice(0, 7), CONTENT.slice(7)) })
    const digests = join(mirror, `${path}.DIGESTS`)
    expect(got).toEqual({ tarball: join(folder, NAME), signature: signature(), digests, name: NAME })
    await demandAll(got)
    await demandAll(await get('-', { signature: `${url()}.asc`, stdin: piped(CONTENT) }))
  })

  test('needs a signature with a name', async () => {
    const stdin = piped(CONTENT)
    const hint =
      'give the signature, named like the tarball with .asc behind it: --signature stage3-amd64-openrc-….tar.xz.asc'
    const message = 'A stage3 from standard input needs its signature.'
    await expect(get('-', { stdin })).rejects.toMatchObject({ code: 'stage3-stdin', exit: 2, message, hint })
    await expect(get('-', { stdin, signature: 'x.sig' })).rejects.toThrow(
      'x.sig does not say which file it is the signature of: it does not end in .asc.',
    )
    await expect(get('-', { stdin, signature: '/none/x.asc' })).rejects.toMatchObject({
      code: 'stage3-unsigned',
      exit: 3,
    })
  })

  test('may be neither a terminal nor empty', async () => {
    const terminal = Object.assign(piped(CONTENT), { isTTY: true })
    await expect(get('-', { signature: signature(), stdin: terminal })).rejects.toMatchObject({
      code: 'stage3-stdin',
      exit: 2,
      message: 'No stage3 comes in: standard input is a terminal.',
    })
    await expect(get('-', { signature: signature(), stdin: piped() })).rejects.toMatchObject({
      code: 'stage3-stdin',
      exit: 2,
      message: 'No stage3 came in: standard input was empty.',
    })
    expect(await readdir(folder)).toEqual([])
  })

  test('that breaks off, or is interrupted, leaves nothing', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('some')
        await Promise.reject(new Error('broken'))
      })(),
    )
    await expect(get('-', { signature: signature(), stdin: broken })).rejects.toThrow('broken')
    const endless = new Readable({ read: () => undefined })
    const interrupted = get('-', { signature: signature(), stdin: endless, signal: AbortSignal.timeout(100) })
    await expect(interrupted).rejects.toBeInstanceOf(Interrupted)
    expect(await readdir(folder)).toEqual([])
  })
})

test.each([
  ['-', { from: 'stdin' }],
  ['https://h/x', { from: 'address', address: 'https://h/x' }],
  ['/a/b', { from: 'file', path: '/a/b' }],
  ['file:///a/b', { from: 'file', path: '/a/b' }],
])('%s is a wish', (word, wish) => {
  expect(stage3Wish(word)).toEqual(wish)
})
