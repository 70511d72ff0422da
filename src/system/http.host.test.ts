import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { serveFolder } from '../../tests/kit/mirror-server.ts'
import type { MirrorServer } from '../../tests/kit/mirror-server.ts'
import { serveProxy } from '../../tests/kit/proxy-server.ts'
import { Interrupted } from '../errors.ts'
import { download, fetchBytes, sizeAt } from './http.ts'
import type { Download } from './http.ts'

const SIZE = 1_000_003
const CONTENT = Buffer.from(Array.from({ length: SIZE }, (_, n) => (n * n + (n >> 7)) & 0xff))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const PATH = '/big.tar.xz'

let root: string
let served: string
let to: string
let mirror: MirrorServer

beforeEach(async () => {
  for (const name of ['http_proxy', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY']) vi.stubEnv(name, undefined)
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  served = await mkdtemp(join(root, 'served-'))
  to = join(await mkdtemp(join(root, 'to-')), 'big.tar.xz')
  mirror = await serveFolder(served)
  await writeFile(join(served, PATH), CONTENT)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await mirror.close()
  await rm(root, { recursive: true, force: true })
})

const get = (more: Partial<Download> = {}) =>
  download({
    url: `${mirror.url}${PATH}`,
    to,
    signal: new AbortController().signal,
    ...more,
    patience: { waits: [10, 10], ...more.patience },
  })
const failed = (reason: string) => `${mirror.url}${PATH} could not be fetched: ${reason}.`
const inFolder = () => readdir(join(to, '..'))
const demandWhole = async () => {
  expect(sha256(await readFile(to))).toBe(sha256(CONTENT))
  expect(await inFolder()).toEqual(['big.tar.xz'])
}

describe('a file', () => {
  test('arrives whole, and says how far it is', async () => {
    const told: (readonly [number, number | undefined])[] = []
    await get({ onBytes: (done, total) => told.push([done, total]) })
    await demandWhole()
    expect(told.at(-1)).toEqual([SIZE, SIZE])
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).toSorted((a, b) => a - b))
  })

  test('may be empty', async () => {
    await writeFile(join(served, 'empty'), '')
    await get({ url: `${mirror.url}/empty` })
    expect(await readFile(to, 'utf8')).toBe('')
  })

  test('replaces an older one', async () => {
    await writeFile(to, 'older')
    await get({ bytes: SIZE })
    await demandWhole()
  })

  test('is fetched by nothing of the user but the proxy', async () => {
    await writeFile(join(root, '.curlrc'), 'user-agent = "curlrc"\n')
    vi.stubEnv('HOME', root)
    vi.stubEnv('CURL_HOME', root)
    await get()
    expect(mirror.requests[0]?.userAgent).toMatch(/^curl\//)
  })
})

describe('a connection that is cut', () => {
  test('ten times is taken up ten times', async () => {
    const cuts = [1, 2, 70_000, 70_001, 131_072, 300_000, 500_000, 900_000, SIZE - 2, SIZE - 1]
    mirror.fault(PATH, { cuts })
    await get({ bytes: SIZE, patience: { waits: [] } })
    await demandWhole()
    expect(mirror.requests.map(({ range }) => range)).toEqual([undefined, ...cuts.map((at) => `bytes=${at}-`)])
  })

  test('is taken up in a later run', async () => {
    mirror.fault(PATH, { cuts: [400_000, 400_000] })
    await expect(get({ patience: { waits: [] } })).rejects.toMatchObject({ code: 'http-failed', exit: 1 })
    expect(await inFolder()).toEqual(['big.tar.xz.part', 'big.tar.xz.part.json'])
    await get()
    await demandWhole()
    expect(mirror.requests.at(-1)?.range).toBe('bytes=400000-')
  })

  test('and is complete without anybody having noticed is taken as it is', async () => {
    mirror.fault(PATH, { withoutLength: true, cuts: [SIZE - 1] })
    await get()
    const whole = { url: `${mirror.url}${PATH}`, size: SIZE, etag: '"of no use"' }
    await writeFile(`${to}.part`, CONTENT)
    await writeFile(`${to}.part.json`, JSON.stringify(whole))
    mirror.fault(PATH, { ignoresIfRange: true })
    await get()
    await demandWhole()
    expect(mirror.requests.slice(1).map(({ range }) => range)).toEqual([`bytes=${SIZE}-`])
  })

  test('again and again without anything new is a failure', async () => {
    mirror.fault(PATH, { cuts: [400_000, 400_000, 400_000, 400_000, 400_000] })
    await expect(get()).rejects.toThrow(failed(`transfer closed with ${SIZE - 400_000} bytes remaining to read`))
    expect(mirror.requests).toHaveLength(4)
  })

  test('is taken up a bounded number of times', async () => {
    mirror.fault(PATH, { cuts: [1, 2, 3, 4, 5, 6, 7, 8] })
    await expect(get({ patience: { waits: [], resumes: 4 } })).rejects.toMatchObject({ code: 'http-failed' })
    expect(mirror.requests).toHaveLength(5)
  })

  test('without a length counts as cut when the size is known', async () => {
    mirror.fault(PATH, { cuts: [400_000], withoutLength: true })
    await get({ bytes: SIZE })
    await demandWhole()
    expect(mirror.requests).toHaveLength(2)
  })
})

describe('what cannot be continued begins again', () => {
  const OTHER = Buffer.from(CONTENT.map((byte) => byte ^ 0xff))
  const change = async () => {
    await writeFile(join(served, PATH), OTHER)
    await utimes(join(served, PATH), 1_000_000_000, 1_000_000_000)
  }

  test('a file that was changed between two requests', async () => {
    mirror.fault(PATH, { cuts: [400_000], before: (request) => (request === 2 ? change() : undefined) })
    await get({ bytes: SIZE })
    expect(sha256(await readFile(to))).toBe(sha256(OTHER))
    expect(mirror.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=400000-'])
  })

  test('a file that was changed, on a server that does not heed If-Range', async () => {
    const before = (request: number) => (request === 2 ? change() : undefined)
    mirror.fault(PATH, { cuts: [400_000], ignoresIfRange: true, before })
    await get({ bytes: SIZE })
    expect(sha256(await readFile(to))).toBe(sha256(OTHER))
    expect(mirror.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=400000-', undefined])
  })

  test('a file that became shorter than the part', async () => {
    const shorten = () => writeFile(join(served, PATH), CONTENT.subarray(0, 10))
    mirror.fault(PATH, {
      cuts: [400_000],
      ignoresIfRange: true,
      before: (request) => (request === 2 ? shorten() : undefined),
    })
    await get()
    expect(await readFile(to)).toEqual(CONTENT.subarray(0, 10))
  })

  test('a server that ignores Range', async () => {
    mirror.fault(PATH, { cuts: [400_000], ignoresRange: true })
    await get({ bytes: SIZE })
    await demandWhole()
  })

  test('a server that does not say which file it is', async () => {
    mirror.fault(PATH, { cuts: [400_000], withoutValidators: true })
    await get({ bytes: SIZE })
    await demandWhole()
    expect(mirror.requests.map(({ range }) => range)).toEqual([undefined, undefined])
  })

  test('a part that says nothing of its origin', async () => {
    await writeFile(`${to}.part`, 'something else')
    await writeFile(`${to}.part.json`, '{"url":')
    await get()
    await demandWhole()
  })
})

describe('another mirror', () => {
  const cutHere = async () => {
    mirror.fault(PATH, { cuts: [400_000] })
    await expect(get({ bytes: SIZE, patience: { resumes: 0, waits: [] } })).rejects.toThrow('closed')
  }

  test('continues what has its exact size and date, if the caller verifies', async () => {
    await cutHere()
    const other = await serveFolder(served)
    await get({ url: `${other.url}${PATH}`, bytes: SIZE, sameElsewhere: true })
    await demandWhole()
    expect(other.requests.map(({ range }) => range)).toEqual(['bytes=400000-'])
    await other.close()
  })

  test.each([
    ['unless its caller says so', { bytes: SIZE }],
    ['unless the size is known', { sameElsewhere: true }],
  ])('begins again %s', async (_, more) => {
    await cutHere()
    const other = await serveFolder(served)
    await get({ url: `${other.url}${PATH}`, ...more })
    await demandWhole()
    expect(other.requests.map(({ range }) => range)).toEqual([undefined])
    await other.close()
  })
})

describe('sizes that are wrong', () => {
  test('a Content-Length that is too short, or too long, is refused where the size is known', async () => {
    mirror.fault(PATH, { lengthIsOffBy: -3 })
    await expect(get({ bytes: SIZE })).rejects.toThrow(failed(`${SIZE} bytes were wanted, the server has ${SIZE - 3}`))
    mirror.fault(PATH, { lengthIsOffBy: 3 })
    await expect(get({ bytes: SIZE })).rejects.toThrow(failed(`${SIZE} bytes were wanted, the server has ${SIZE + 3}`))
    expect(await inFolder()).toEqual([])
    expect(mirror.requests).toHaveLength(2)
  })

  test('a Content-Length that is too long is a failure in any case', async () => {
    mirror.fault(PATH, { lengthIsOffBy: 3 })
    await expect(get()).rejects.toMatchObject({ code: 'http-failed' })
  })

  test('a server without Content-Length writes no more than is wanted', async () => {
    mirror.fault(PATH, { withoutLength: true })
    await expect(get({ bytes: 1000 })).rejects.toThrow(failed('1000 bytes were wanted, the server has more'))
    expect(await inFolder()).toEqual([])
    await expect(get({ maxBytes: 1000 })).rejects.toThrow(
      failed('it is longer than 1000 bytes, the most that was expected'),
    )
    expect(await inFolder()).toEqual([])
  })

  test('a server without Content-Length that has too little is a failure', async () => {
    mirror.fault(PATH, { withoutLength: true })
    const wanted = get({ bytes: SIZE + 1 })
    await expect(wanted).rejects.toThrow(failed(`${SIZE + 1} bytes were wanted, the server has ${SIZE}`))
  })

  test('more than the most is refused by its Content-Length', async () => {
    await expect(get({ maxBytes: SIZE - 1 })).rejects.toThrow(
      failed(`it is longer than ${SIZE - 1} bytes, the most that was expected`),
    )
    await get({ maxBytes: SIZE })
    await demandWhole()
  })
})

describe('servers that', () => {
  test('refuse are not asked again, those that are busy are', async () => {
    mirror.fault(PATH, { status: 404 })
    await expect(get()).rejects.toThrow(`${mirror.url}${PATH} answered with status 404 (Not Found).`)
    expect(mirror.requests).toHaveLength(1)
    mirror.fault(PATH, { status: 503 })
    const busy = { code: 'http-status', exit: 1, status: 503, reason: 'answered with status 503 (Service Unavailable)' }
    await expect(get()).rejects.toMatchObject(busy)
    expect(mirror.requests).toHaveLength(4)
    expect(await inFolder()).toEqual([])
  })

  test('are busy for a moment do no harm', async () => {
    mirror.fault(PATH, { status: 503, before: (request) => (request === 2 ? mirror.fault(PATH) : undefined) })
    await expect(get({ patience: { waits: [] } })).rejects.toMatchObject({ status: 503 })
    await get()
    await demandWhole()
  })

  test('stall are given up, and what they sent is kept', async () => {
    mirror.fault(PATH, { bytesPerSecond: 1000 })
    const stalled = get({ patience: { stallBytes: 100_000, stallSeconds: 1, waits: [] } })
    await expect(stalled).rejects.toThrow(
      failed('Operation too slow. Less than 100000 bytes/sec transferred the last 1 seconds'),
    )
    expect((await stat(`${to}.part`)).size).toBeGreaterThan(0)
    mirror.fault(PATH)
    await get()
    await demandWhole()
    expect(mirror.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/)
  })

  test('redirect are followed, resumed too', async () => {
    mirror.fault('/a', { redirect: '/b' })
    mirror.fault('/b', { redirect: `${mirror.url}${PATH}` })
    mirror.fault(PATH, { cuts: [400_000] })
    await get({ url: `${mirror.url}/a`, bytes: SIZE })
    await demandWhole()
    expect(mirror.seen(PATH).map(({ range }) => range)).toEqual([undefined, 'bytes=400000-'])
  })

  test('redirect in a circle, or out of the web, are refused', async () => {
    mirror.fault(PATH, { redirect: PATH })
    await expect(get()).rejects.toThrow(failed('Maximum (5) redirects followed'))
    await writeFile(join(root, 'secret'), 'secret')
    for (const redirect of [`file://${join(root, 'secret')}`, 'ftp://127.0.0.1/secret', 'gopher://127.0.0.1/x']) {
      mirror.fault(PATH, { redirect })
      await expect(get()).rejects.toThrow(failed('it leads to an address that is neither http nor https'))
    }
    expect(await inFolder()).toEqual([])
  })

  test('are not there are named without the credentials of the address', async () => {
    const { host } = new URL(mirror.url)
    await mirror.close()
    const wanted = get({ url: `http://me:secret@${host}/x` })
    await expect(wanted).rejects.toThrow(`http://***@${host}/x could not be fetched: Failed to connect to 127.0.0.1`)
  })
})

test.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', '@/etc/passwd', '--version', 'http://', ''])(
  'an address is http or https: %s',
  async (url) => {
    await expect(get({ url })).rejects.toThrow('that is no http or https address')
  },
)

// The usual folders of the administrator's programs stand behind PATH.
test.skipIf(existsSync('/usr/sbin/curl'))('curl is named where it is missing', async () => {
  vi.stubEnv('PATH', root)
  const message = 'The program curl is not installed; it is needed to download.'
  await expect(get()).rejects.toMatchObject({ code: 'missing-program', message })
})

describe('an interruption', () => {
  test('ends curl and leaves the part', async () => {
    mirror.fault(PATH, { bytesPerSecond: 200_000 })
    const stop = new AbortController()
    const interrupted = get({ signal: stop.signal, onBytes: (done) => done > 50_000 && stop.abort() })
    await expect(interrupted).rejects.toBeInstanceOf(Interrupted)
    expect((await stat(`${to}.part`)).size).toBeGreaterThan(50_000)
    mirror.fault(PATH)
    await get()
    await demandWhole()
  })

  test('while nothing comes, while waiting for another try, and before the first', async () => {
    mirror.fault(PATH, { before: () => new Promise((resolve) => setTimeout(resolve, 2000)) })
    await expect(get({ signal: AbortSignal.timeout(200) })).rejects.toBeInstanceOf(Interrupted)
    mirror.fault(PATH, { status: 503 })
    const waiting = get({ signal: AbortSignal.timeout(300), patience: { waits: [60_000] } })
    await expect(waiting).rejects.toBeInstanceOf(Interrupted)
    await expect(get({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted)
  })
})

describe('a proxy', () => {
  test('is used, unless no_proxy names the host', async () => {
    const proxy = await serveProxy()
    vi.stubEnv('http_proxy', proxy.url)
    await get()
    await demandWhole()
    expect(proxy.addresses).toEqual([`${mirror.url}${PATH}`])
    vi.stubEnv('no_proxy', '127.0.0.1')
    await get()
    expect(proxy.addresses).toHaveLength(1)
    await proxy.close()
  })

  test('in capital letters is not used for http, as curl does', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
    await get()
    await demandWhole()
  })

  test('for everything is used', async () => {
    const proxy = await serveProxy()
    vi.stubEnv('ALL_PROXY', proxy.url)
    await get()
    expect(proxy.addresses).toHaveLength(1)
    await proxy.close()
  })
})

describe('fetchBytes', () => {
  const signal = new AbortController().signal
  const patience = { waits: [10] }
  const fetch = (maxBytes = 2 * SIZE) => fetchBytes(`${mirror.url}${PATH}`, { maxBytes, signal, patience })

  test('gives the whole content', async () => {
    expect((await fetch()).equals(CONTENT)).toBe(true)
  })

  test('begins again after a cut', async () => {
    mirror.fault(PATH, { cuts: [1000] })
    expect((await fetch()).equals(CONTENT)).toBe(true)
  })

  test('refuses what is too long, and what the server refuses', async () => {
    await expect(fetch(1000)).rejects.toThrow(failed('it is longer than 1000 bytes, the most that was expected'))
    mirror.fault(PATH, { status: 403 })
    await expect(fetch()).rejects.toMatchObject({ code: 'http-status', status: 403 })
  })
})

test('sizeAt asks without fetching', async () => {
  const signal = new AbortController().signal
  expect(await sizeAt(`${mirror.url}${PATH}`, { signal })).toBe(SIZE)
  expect(await sizeAt(`${mirror.url}/none`, { signal })).toBeUndefined()
  expect(mirror.requests.map(({ method }) => method)).toEqual(['HEAD', 'HEAD'])
})
