import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { serveFolder } from '../../tests/kit/mirror-server.ts'
import type { MirrorServer } from '../../tests/kit/mirror-server.ts'
import { keyServer, lookupAddress } from './key-server.ts'

const FPR = '13EBBDBEDE7A12775DFDB1BABB572E0E2D182910'
const QUESTION = `pks/lookup?op=get&options=mr&search=0x${FPR}`
const signal = new AbortController().signal
let folder: string
let server: MirrorServer

beforeAll(async () => {
  vi.stubEnv('no_proxy', '127.0.0.1')
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  server = await serveFolder(folder)
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

test.each([
  ['hkp://keys.example.org', 'http://keys.example.org:11371'],
  ['hkp://keys.example.org:80/', 'http://keys.example.org:80'],
  ['hkp://[::1]', 'http://[::1]:11371'],
  ['hkps://keys.example.org', 'https://keys.example.org'],
  ['HKPS://keys.example.org:8443', 'https://keys.example.org:8443'],
  ['http://keys.example.org/below/', 'http://keys.example.org/below'],
  ['https://keys.example.org', 'https://keys.example.org'],
])('%s is asked at %s', (address, root) => {
  expect(lookupAddress(address, FPR)).toBe(`${root}/${QUESTION}`)
})

test('a key is fetched by its fingerprint', async () => {
  server.fault('/pks/lookup', { content: 'the key' })
  const key = await keyServer(server.url.replace('http:', 'hkp:'), signal)(FPR)
  expect(Buffer.from(key ?? []).toString()).toBe('the key')
  expect(server.requests.at(-1)?.query).toBe(QUESTION.replace(/^[^?]*/, ''))
})

test('a key that the server does not have is no failure, all else is', async () => {
  const fetchKey = keyServer(server.url, signal, { waits: [] })
  server.fault('/pks/lookup', { status: 404 })
  expect(await fetchKey(FPR)).toBeUndefined()
  server.fault('/pks/lookup', { status: 500 })
  await expect(fetchKey(FPR)).rejects.toMatchObject({ code: 'http-status', status: 500 })
  server.fault('/pks/lookup', { content: Buffer.alloc(8 * 1024 * 1024 + 1) })
  await expect(fetchKey(FPR)).rejects.toThrow('longer than 8388608 bytes')
})
