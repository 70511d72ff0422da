import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TreeRef } from '../engine/engine.ts'
import { Interrupted } from '../errors.ts'
import { makeKeyHome } from '../system/gpg.testkit.ts'
import type { KeyHome } from '../system/gpg.testkit.ts'
import { programBytes, programSource } from '../system/stream.ts'
import { verifyStage3 } from '../upstream/stage3.ts'
import { parseCompression } from './compression.ts'
import { writeDigests } from './digests.ts'
import { parseNodes } from './nodes.ts'
import { packTree } from './pack.ts'
import type { PackOptions } from './pack.ts'
import { checkSigner, signStage } from './sign.ts'

const tree: TreeRef = { engine: 'test', layers: [], digest: '0' }
const epoch = 1_700_000_000
let root: string
let to: string
let keys: KeyHome
let key: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  await mkdir(join(root, 'tree', 'etc'), { recursive: true })
  await writeFile(join(root, 'tree', 'etc', 'conf'), 'x'.repeat(3000))
  keys = await makeKeyHome()
  key = await keys.makeKey('signer@example.org')
})

afterAll(async () => {
  await keys.remove()
  await rm(root, { recursive: true, force: true })
})

beforeEach(async () => {
  to = await mkdtemp(join(root, 'out-'))
})

const tarOf = (epochOf: number) =>
  programSource([
    'tar',
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=go=rX,u+rw',
    `--mtime=@${epochOf}`,
    '-C',
    join(root, 'tree'),
    '-cf',
    '-',
    '.',
  ])

const options = (
  compression = 'zstd',
  exportTree: PackOptions['engine']['exportTree'] = (_tree, at) => Promise.resolve(tarOf(at.epoch)),
) => ({
  engine: { exportTree },
  tree,
  epoch,
  compression: parseCompression(compression),
  threads: 2,
  nodes: parseNodes('-m 600 /dev/console c 5 1').nodes,
  to,
  name: 'stage4-demo',
  signal: new AbortController().signal,
})

describe('packTree', () => {
  test('a tarball with its nodes, its list, and digests that are true', async () => {
    let passed = 0
    const packed = await packTree({ ...options(), onBytes: (bytes) => (passed = bytes) })
    expect(packed.tarball.name).toBe('stage4-demo.tar.zst')
    expect(packed.contents.name).toBe('stage4-demo.tar.zst.CONTENTS.gz')
    expect((await readdir(to)).toSorted()).toEqual([packed.tarball.name, packed.contents.name])
    for (const file of [packed.tarball, packed.contents]) {
      const bytes = await readFile(join(to, file.name))
      const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
      expect(file).toMatchObject({
        bytes: bytes.length,
        sha256: hash('sha256'),
        sha512: hash('sha512'),
        blake2b: hash('blake2b512'),
      })
    }
    const plain = await programBytes(['zstd', '-dc', join(to, packed.tarball.name)])
    expect(passed).toBe(plain.length)
    const contents = await programBytes(['gzip', '-dc', join(to, packed.contents.name)])
    expect(contents.toString().split('\n')).toEqual([
      'drwxr-xr-x 0/0               0 2023-11-14 22:13 ./',
      'drwxr-xr-x 0/0               0 2023-11-14 22:13 ./etc/',
      '-rw-r--r-- 0/0            3000 2023-11-14 22:13 ./etc/conf',
      'crw------- 0/0             5,1 2023-11-14 22:13 ./dev/console',
      '',
    ])
  })

  test.each(['zstd', 'xz 1', 'gzip', 'none'])('%s: the same again is the same bytes', async (compression) => {
    const first = await packTree(options(compression))
    expect(await packTree(options(compression))).toEqual(first)
  })

  test('a tree that cannot be read to its end leaves nothing', async () => {
    const failing = options('zstd', (_tree, at) => Promise.resolve(Readable.from(firstHalf(tarOf(at.epoch)))))
    await expect(packTree(failing)).rejects.toThrow('the disk is gone')
    expect(await readdir(to)).toEqual([])
    await expect(packTree(options('zstd', () => Promise.reject(new Error('no tree'))))).rejects.toThrow('no tree')
    const cut = options('zstd', (_tree, at) => Promise.resolve(Readable.from(firstHalf(tarOf(at.epoch), 'end'))))
    await expect(packTree(cut)).rejects.toThrow('the tar ')
    expect(await readdir(to)).toEqual([])
  })

  test('a folder that is not there', async () => {
    await expect(packTree({ ...options(), to: join(to, 'none') })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a stop in the middle leaves nothing', async () => {
    const stop = new AbortController()
    const endless = options('zstd', () => Promise.resolve(Readable.from(endlessMember())))
    const onBytes = (bytes: number) => void (bytes > 3_000_000 && stop.abort())
    await expect(packTree({ ...endless, signal: stop.signal, onBytes })).rejects.toBeInstanceOf(Interrupted)
    await expect(packTree({ ...options(), signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted)
    expect(await readdir(to)).toEqual([])
  })
})

describe('signStage', () => {
  test('what was packed and signed is accepted where a stage3 would be, and signing again is no harm', async () => {
    const packed = await packTree(options())
    await writeDigests(to, packed.tarball, packed.contents)
    const signer = { key: 'signer@example.org', home: keys.home }
    const { fingerprint, publicKey } = await checkSigner(signer)
    expect(fingerprint).toBe(key)
    for (let again = 0; again < 2; again += 1) {
      expect(await signStage({ folder: to, packed, signer })).toMatchObject({ primary: key })
    }
    const [trusted, copy] = [join(root, 'trusted.keys', 'stage3'), join(root, 'copy')]
    await Promise.all([mkdir(trusted, { recursive: true }), mkdir(copy)])
    await writeFile(join(trusted, 'key.asc'), publicKey)
    const tarball = join(to, packed.tarball.name)
    const signal = new AbortController().signal
    const verified = await verifyStage3({
      tarball,
      signature: `${tarball}.asc`,
      digests: `${tarball}.DIGESTS`,
      name: packed.tarball.name,
      to: copy,
      sources: { trustedKeys: join(root, 'trusted.keys'), userHome: root, signal },
      pins: [],
      signal,
    })
    expect(verified).toMatchObject({ sha512: packed.tarball.sha512, primary: key })
    const files = ['', '.CONTENTS.gz', '.DIGESTS', '.asc', '.sha256'].map((suffix) => `${packed.tarball.name}${suffix}`)
    expect((await readdir(to)).toSorted()).toEqual(files)
    await promisify(execFile)('sha256sum', ['-c', '--strict', files[4] ?? ''], { cwd: to })
  })

  test('an exchanged tarball does not get past its own signature', async () => {
    const packed = await packTree(options())
    const other = { ...packed, tarball: { ...packed.tarball, name: 'gone' } }
    await expect(signStage({ folder: to, packed: other, signer: { key, home: keys.home } })).rejects.toMatchObject({
      code: 'command-failed',
    })
    expect((await readdir(to)).length).toBe(2)
  })
})

const refusal = (name: string) => expect(checkSigner({ key: name, home: keys.home })).rejects

describe('checkSigner', () => {
  test('no such key', async () => {
    await refusal('nobody@example.org').toMatchObject({ code: 'no-signing-key', exit: 2 })
  })

  test('expired, revoked, or one of several', async () => {
    await keys.makeKey('old@example.net', { at: '20200101T000000', expires: '1d' })
    await refusal('old@example.net').toThrow('expired on 2020-01-02')
    await keys.revoke(await keys.makeKey('gone@example.net'))
    await refusal('gone@example.net').toThrow('is revoked')
    await refusal('example.net').toThrow('may mean any of 2 secret keys')
  })
})

async function* firstHalf(tar: Readable, then: 'fail' | 'end' = 'fail'): AsyncGenerator<Buffer> {
  for await (const chunk of tar) {
    yield (chunk as Buffer).subarray(0, 2000)
    if (then === 'fail') throw new Error('the disk is gone')
    return
  }
}

/** A header that promises 7 GiB, and then bytes for as long as someone takes them. */
async function* endlessMember(): AsyncGenerator<Buffer> {
  const one = await programBytes([
    'sh',
    '-c',
    'truncate -s 7G "$0" && tar --format=ustar -cf - "$0" 2>/dev/null | head -c 512',
    join(root, 'sparse'),
  ])
  await rm(join(root, 'sparse'))
  yield one
  for (;;) yield Buffer.alloc(65536, 1)
}
