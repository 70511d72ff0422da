import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Interrupted, UserError } from '../errors.ts'
import { makeKeyHome } from '../system/gpg.testkit.ts'
import type { KeyHome } from '../system/gpg.testkit.ts'
import { run } from '../system/process.ts'
import { signedText } from './clearsigned.ts'
import { exportTrusted, GENTOO_KEYS, repositoryRole, snapshotRole, stage3Role, withTrustedKeys } from './trust.ts'
import type { Asked, KeySources, Role } from './trust.ts'

const signal = new AbortController().signal
let keys: KeyHome
let root: string
let at: string
let upstream: string
let stranger: string
/** Expired in its first copy, extended in its second. */
let old: string
let expired: Buffer
let extended: Buffer
/** Without the subkey that signs, and with it. */
let grown: string
let small: Buffer
let file: string
const signatures = new Map<string, string>()
let count = 0

beforeAll(async () => {
  keys = await makeKeyHome()
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  file = join(root, 'file')
  await writeFile(file, 'what was signed\n')
  upstream = await keys.makeKey('upstream@example.org')
  stranger = await keys.makeKey('stranger@example.org')
  old = await keys.makeKey('old@example.org', { at: '20200101T000000', expires: '10d' })
  grown = await keys.makeKey('grown@example.org', { usage: 'cert' })
  expired = await keys.publicKey(old)
  small = await keys.publicKey(grown)
  await keys.gpg('--quick-add-key', grown, 'ed25519', 'sign', 'never')
  for (const key of [upstream, stranger, grown]) await sign(key)
  await sign(old, '--faked-system-time', '20200103T000000')
  await keys.gpg('--faked-system-time', '20200105T000000', '--quick-set-expire', old, '0')
  extended = await keys.publicKey(old)
}, 60_000)

afterAll(async () => {
  await keys.remove()
  await rm(root, { recursive: true, force: true })
})

beforeEach(async () => {
  count += 1
  at = join(root, String(count))
  await mkdir(join(at, 'keys', 'stage3'), { recursive: true })
  await mkdir(join(at, 'home'), { mode: 0o700 })
})

async function sign(by: string, ...options: readonly string[]): Promise<void> {
  const to = join(root, `${by}.asc`)
  await keys.gpg(...options, '--local-user', by, '--armor', '--output', to, '--detach-sign', file)
  signatures.set(by, to)
}

const sources = (more: Partial<KeySources> = {}): KeySources => ({
  trustedKeys: join(at, 'keys'),
  installedKeyring: join(at, 'installed.asc'),
  userHome: join(at, 'home'),
  signal,
  ...more,
})

const put = (name: string, content: string | Uint8Array) => writeFile(join(at, 'keys', 'stage3', name), content)

/** Gives the user these public keys. */
async function users(...bytes: readonly Buffer[]): Promise<void> {
  const quiet = ['--batch', '--quiet', '--no-tty', '--no-autostart', '--trust-model', 'always'] as const
  for (const input of bytes) await run(['gpg', '--homedir', join(at, 'home'), ...quiet, '--import'], { input })
}

/** Verifies the signature of a key. */
async function verify(by: string, from: KeySources, role: Role = stage3Role(from, []), asked: Asked = {}) {
  const signature = signatures.get(by) ?? ''
  return await withTrustedKeys(role, from, (trusted) => trusted.detached(signature, file, 'The file', asked))
}

const pinned = (from: KeySources, key: string) => verify(key, from, stage3Role(from, [key]))

/** A key server that remembers what it was asked. */
function server(answers: Readonly<Record<string, Uint8Array>>) {
  const asked: string[] = []
  const fetchKey = (fingerprint: string) => {
    asked.push(fingerprint)
    return Promise.resolve(answers[fingerprint])
  }
  return { asked, fetchKey }
}

test('each role has its own keys and folder', () => {
  const from = { trustedKeys: '/c/env/trusted.keys', signal }
  expect(stage3Role(from)).toEqual({
    name: 'stage3',
    pins: ['13EBBDBEDE7A12775DFDB1BABB572E0E2D182910'],
    folder: '/c/env/trusted.keys/stage3',
    folderName: 'env/trusted.keys/stage3',
  })
  expect(repositoryRole(from, 'gentoo')).toMatchObject({ pins: ['EF9538C9E8E64311A52CDEDFA13D0EF1914E7A72'] })
  expect(snapshotRole(from, 'gentoo')).toMatchObject({ pins: ['DCD05B71EAB94199527F44ACDB6B8C1F96D8BF6D'] })
  expect(repositoryRole(from, 'guru')).toMatchObject({ pins: [], folderName: 'env/trusted.keys/repository/guru' })
  expect(snapshotRole(from, 'guru')).toMatchObject({ pins: [], folderName: 'env/trusted.keys/snapshot/guru' })
  expect(new Set(Object.values(GENTOO_KEYS)).size).toBe(4)
})

describe('where the bytes of a pinned key come from', () => {
  test('a key file, which is a pin too', async () => {
    await put('key.asc', await keys.publicKey(upstream))
    await put('README.md', 'keys go here')
    expect(await verify(upstream, sources())).toMatchObject({ primary: upstream })
  })

  test('the installed keyring, of which the pin alone counts', async () => {
    const both = Buffer.concat([await keys.publicKey(stranger), await keys.publicKey(upstream)])
    await writeFile(join(at, 'installed.asc'), both)
    await users(await keys.publicKey(stranger))
    expect(await pinned(sources(), upstream)).toMatchObject({ primary: upstream })
    await expect(verify(stranger, sources(), stage3Role(sources(), [upstream]))).rejects.toMatchObject({
      code: 'stage3-user-key',
    })
  })

  test('the user’s keyring, of which the pin alone counts and where nothing is written', async () => {
    await users(await keys.publicKey(upstream), await keys.publicKey(stranger))
    await put('pins', `# theirs\n${upstream.toLowerCase().replace(/(.{4})/g, '$1 ')}\n`)
    const before = await readdir(join(at, 'home'))
    expect(await verify(upstream, sources())).toMatchObject({ primary: upstream })
    await expect(verify(stranger, sources())).rejects.toMatchObject({ code: 'stage3-user-key', exit: 3 })
    expect(await readdir(join(at, 'home'))).toEqual(before)
  })

  test('no home is no keyring', async () => {
    await rm(join(at, 'home'), { recursive: true })
    await put('key.asc', await keys.publicKey(upstream))
    expect(await verify(upstream, sources())).toMatchObject({ primary: upstream })
    expect(await readdir(at)).toEqual(['keys'])
  })

  test('nowhere', async () => {
    await expect(pinned(sources(), upstream)).rejects.toMatchObject({ code: 'no-trusted-keys', exit: 3 })
    await expect(verify(upstream, sources())).rejects.toThrow(
      'There is no key to verify a stage3 with: env/trusted.keys/stage3 holds none.',
    )
  })

  test('a key at hand, but not of this role, is none', async () => {
    await writeFile(join(at, 'installed.asc'), await keys.publicKey(stranger))
    await users(await keys.publicKey(stranger))
    await expect(pinned(sources(), upstream)).rejects.toMatchObject({ code: 'no-trusted-keys' })
  })
})

describe('the key server', () => {
  test('is not asked where it is not needed', async () => {
    const { asked, fetchKey } = server({})
    await put('key.asc', await keys.publicKey(upstream))
    await verify(upstream, sources({ fetchKey }))
    expect(asked).toEqual([])
  })

  test('is asked for a pin that is nowhere, once', async () => {
    const { asked, fetchKey } = server({ [upstream]: await keys.publicKey(upstream) })
    for (let again = 0; again < 2; again += 1)
      expect(await pinned(sources({ fetchKey }), upstream)).toMatchObject({ primary: upstream })
    expect(asked).toEqual([upstream])
  })

  test('what it gave is kept, and the next run needs no network; another key among what is kept changes nothing', async () => {
    const fetched = join(at, 'fetched')
    const { asked, fetchKey } = server({ [upstream]: await keys.publicKey(upstream) })
    await pinned(sources({ fetchKey, fetched }), upstream)
    expect(asked).toEqual([upstream])
    expect(await pinned(sources({ fetched }), upstream)).toMatchObject({ primary: upstream })
    await writeFile(join(fetched, `${upstream}.asc`), await keys.publicKey(stranger))
    await expect(pinned(sources({ fetched }), upstream)).rejects.toMatchObject({ code: 'no-trusted-keys' })
  })

  test('another key for an answer changes nothing', async () => {
    const answer = await keys.publicKey(stranger)
    const wrong = server({ [upstream]: answer })
    const role = stage3Role(sources(), [upstream])
    await expect(verify(stranger, sources(wrong), role)).rejects.toMatchObject({ code: 'no-trusted-keys' })
    await put('key.asc', await keys.publicKey(upstream))
    await expect(verify(stranger, sources(wrong), role)).rejects.toMatchObject({ code: 'stage3-unknown-key' })
    const both = server({ [upstream]: Buffer.concat([answer, await keys.publicKey(upstream)]) })
    await expect(verify(stranger, sources(both), role)).rejects.toMatchObject({ code: 'stage3-unknown-key' })
    expect(await verify(upstream, sources(both), role)).toMatchObject({ primary: upstream })
  })

  test('noise for an answer changes nothing', async () => {
    const { fetchKey } = server({ [upstream]: Buffer.from('<html>not found</html>') })
    await expect(pinned(sources({ fetchKey }), upstream)).rejects.toMatchObject({ code: 'no-trusted-keys' })
  })

  test('is asked for an expired key, and for one that lacks the subkey', async () => {
    const { asked, fetchKey } = server({ [old]: extended, [grown]: await keys.publicKey(grown) })
    await put('old.asc', expired)
    expect(await verify(old, sources({ fetchKey }))).toMatchObject({ primary: old })
    await put('old.asc', small)
    expect(await verify(grown, sources({ fetchKey }))).toMatchObject({ primary: grown })
    expect(asked).toEqual([old, grown])
  })

  test('that fails is told of', async () => {
    const failed = new UserError('download-failed', 'keys.example.org does not answer.')
    const from = sources({ fetchKey: () => Promise.reject(failed) })
    await put('old.asc', expired)
    await expect(verify(old, from)).rejects.toMatchObject({
      code: 'stage3-expired-key',
      hint: expect.stringContaining('the key server could not help (keys.example.org does not answer): ') as string,
      cause: failed,
    })
    await expect(pinned(from, upstream)).rejects.toMatchObject({ code: 'stage3-missing-key', cause: failed })
  })

  test('a stop is a stop', async () => {
    const from = sources({ fetchKey: () => Promise.reject(new Interrupted()) })
    await expect(pinned(from, upstream)).rejects.toBeInstanceOf(Interrupted)
  })
})

describe('an expired key', () => {
  test('counts as it is in its newest copy', async () => {
    await put('old.asc', expired)
    await users(extended)
    expect(await verify(old, sources())).toMatchObject({ primary: old })
  })

  test('is no harm for what was trusted before', async () => {
    await put('old.asc', expired)
    const { asked, fetchKey } = server({})
    const known = (answer: boolean) => ({ known: () => Promise.resolve(answer) })
    const role = stage3Role(sources(), [])
    const believed = await verify(old, sources({ fetchKey }), role, known(true))
    expect(believed).toEqual({ primary: old, signedAt: Date.UTC(2020, 0, 3) / 1000 })
    expect(asked).toEqual([])
    await expect(verify(old, sources(), role, known(false))).rejects.toMatchObject({ code: 'stage3-expired-key' })
  })
})

describe('clear', () => {
  test.each([
    'one line\n',
    'no newline',
    '- dashed\n-----BEGIN PGP SIGNATURE-----\n--\n-\n',
    'blanks at the end \t\n\n  and before\n\n\n',
    'From here\nUmlaute äöü €\n',
    'windows\r\nlines\r\n',
    '\n\nbegins empty',
    'a\rb\n',
    'a\0b\n',
    'a\f\nb\v\n',
    'a\r\r\nb',
    '- - x\n- \n-\n',
    `${'long '.repeat(3000)}\n`,
    '',
  ])('gives what gpg signed of %j', async (text) => {
    await put('key.asc', await keys.publicKey(upstream))
    const [plain, clear] = [join(at, 'plain'), join(at, 'clear')]
    await writeFile(plain, text)
    await keys.gpg('--local-user', upstream, '--output', clear, '--clear-sign', plain)
    const signed = await withTrustedKeys(stage3Role(sources(), []), sources(), (all) => all.clear(clear, 'The file'))
    expect(signed).toMatchObject({ primary: upstream, text: signedText(text) })
  })

  test('codes begin as they are told', async () => {
    await put('key.asc', await keys.publicKey(upstream))
    const asked = withTrustedKeys(snapshotLike(), sources(), (all) =>
      all.clear(file, 'The Manifest', { codes: 'rsync' }),
    )
    await expect(asked).rejects.toMatchObject({ code: 'rsync-no-signature', exit: 3 })
    await expect(asked).rejects.toThrow('The Manifest is not signed: it holds no clearsigned text.')
  })
})

const snapshotLike = (): Role => ({ ...stage3Role(sources(), []), name: 'snapshot' })

test('exported are the role’s keys and no others', async () => {
  await put('pin', upstream)
  await users(await keys.publicKey(stranger), await keys.publicKey(upstream))
  const exported = await exportTrusted(stage3Role(sources(), []), sources())
  const shown = await run(['gpg', '--homedir', join(at, 'home'), '--batch', '--with-colons', '--show-keys'], {
    input: exported,
  })
  expect([...shown.stdout.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(([, key]) => key)).toEqual([upstream])
  await rm(join(at, 'keys', 'stage3', 'pin'))
  await expect(exportTrusted(stage3Role(sources(), []), sources())).rejects.toMatchObject({ code: 'no-trusted-keys' })
  expect(await readFile(file, 'utf8')).toBe('what was signed\n')
})
