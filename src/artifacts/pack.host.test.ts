import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
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
import { checkSigner } from './sign.ts'
import { Signing } from './signing.ts'

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
  for (const path of ['etc/conf', 'etc', '.']) await utimes(join(root, 'tree', path), epoch, epoch)
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

afterEach(() => {
  vi.unstubAllEnvs()
})

type ExportInto = PackOptions['engine']['exportInto']

/** An engine whose export is a script of bash, with the pipe as $1 and the tree as $2; what it writes is the list. */
const exporting =
  (script: string): ExportInto =>
  (pipe) =>
    Promise.resolve(programSource(['bash', '-euc', script, 'bash', pipe, join(root, 'tree')]))

const TAR = `tar -C "$2" -cvvf "$1" --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw .`

const options = (compression = 'zstd', exportInto: ExportInto = exporting(TAR)) => ({
  engine: { exportInto },
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
    expect(passed).toBe(packed.tarball.bytes)
    const contents = await programBytes(['gzip', '-dc', join(to, packed.contents.name)])
    const list = ['tar', '--list', '--verbose', '--numeric-owner', '--utc', '--zstd', '--file'] as const
    expect(await programBytes([...list, join(to, packed.tarball.name)])).toEqual(contents)
    expect(contents.toString().split('\n')).toEqual([
      'crw------- 0/0             5,1 2023-11-14 22:13 ./dev/console',
      'drwxr-xr-x 0/0               0 2023-11-14 22:13 ./',
      'drwxr-xr-x 0/0               0 2023-11-14 22:13 ./etc/',
      '-rw-r--r-- 0/0            3000 2023-11-14 22:13 ./etc/conf',
      '',
    ])
  })

  test.each(['zstd', 'xz 1', 'gzip', 'none'])('%s: the same again is the same bytes', async (compression) => {
    const first = await packTree(options(compression))
    expect(await packTree(options(compression))).toEqual(first)
  })

  test('a tree that cannot be read to its end leaves nothing', async () => {
    const cut = exporting('tar -cC "$2" . | head -c 2000 >"$1"; echo "the disk is gone" >&2; exit 2')
    await expect(packTree(options('zstd', cut))).rejects.toThrow('the disk is gone')
    expect(await readdir(to)).toEqual([])
    await expect(packTree(options('zstd', () => Promise.reject(new Error('no tree'))))).rejects.toThrow('no tree')
    await expect(packTree(options('zstd', exporting('exit 7')))).rejects.toThrow('status 7')
    expect(await readdir(to)).toEqual([])
  })

  test.each([
    ['that never begins', 'exit 70', 'yes >"$1"'],
    ['that ends early', 'head -c 100000; echo "no room" >&2; exit 70', 'yes >"$1"'],
    ['that ends while nothing comes', 'exit 70', 'exec sleep 60'],
    ['that reads all', 'cat >/dev/null; exit 70', TAR],
  ])('a compressor %s is what is told, and leaves nothing', async (_what, zstd, script) => {
    await fakeZstd(zstd)
    await expect(packTree(options('zstd', exporting(script)))).rejects.toThrow(
      /zstd \(to compress the tarball\) ended with status 70/,
    )
    expect(await readdir(to)).toEqual([])
  })

  test('a compressor that is not there is named', async () => {
    const bin = await mkdtemp(join(root, 'bin-'))
    for (const name of ['bash', 'tar', 'mkfifo', 'yes', 'gzip'])
      await programBytes(['bash', '-c', 'ln -s "$(command -v "$1")" "$2"', 'bash', name, join(bin, name)])
    vi.stubEnv('PATH', bin)
    await expect(packTree(options('zstd', exporting('yes >"$1"')))).rejects.toMatchObject({ code: 'missing-program' })
    expect(await readdir(to)).toEqual([])
  })

  test('where the tree has something at the place of a node, nothing is packed', async () => {
    const nodes = (path: string) => parseNodes(`${path} c 5 1`).nodes
    await expect(packTree({ ...options(), nodes: nodes('/etc/conf') })).rejects.toMatchObject({
      code: 'node-in-the-way',
      message: '/etc/conf is to be a device node, and is a file in the finished root.',
    })
    await expect(packTree({ ...options(), nodes: nodes('/etc') })).rejects.toThrow('is a folder in the finished root')
    await expect(packTree({ ...options(), nodes: nodes('/etc/conf/null') })).rejects.toThrow(
      'A device node is to be below /etc/conf, which is a file in the finished root.',
    )
    expect(await readdir(to)).toEqual([])
  })

  test('a folder that is not there', async () => {
    await expect(packTree({ ...options(), to: join(to, 'none') })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a stop in the middle leaves nothing', async () => {
    const stop = new AbortController()
    const random = 'head -c 100M /dev/urandom >"$1"; exec sleep 60'
    const onBytes = (bytes: number) => void (bytes > 3_000_000 && stop.abort())
    const stopped = packTree({ ...options('zstd', exporting(random)), signal: stop.signal, onBytes })
    await expect(stopped).rejects.toBeInstanceOf(Interrupted)
    await expect(packTree({ ...options(), signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted)
    expect(await readdir(to)).toEqual([])
  })
})

describe('Signing', () => {
  test('what was packed and signed is accepted where a stage3 would be, and signing again is no harm', async () => {
    const packed = await packTree(options())
    await writeDigests(to, packed.tarball, packed.contents)
    const { signal } = new AbortController()
    const signing = new Signing({ key: 'signer@example.org', home: keys.home })
    const fingerprint = await signing.check(signal)
    expect(fingerprint).toBe(key)
    for (let again = 0; again < 2; again += 1) {
      expect(await signing.sign({ folder: to, packed, fingerprint, signal })).toMatchObject({ primary: key })
    }
    await signing.close()
    const [trusted, copy] = [join(root, 'trusted.keys', 'stage3'), join(root, 'copy')]
    await Promise.all([mkdir(trusted, { recursive: true }), mkdir(copy)])
    await writeFile(join(trusted, 'key.asc'), await keys.publicKey(key))
    const tarball = join(to, packed.tarball.name)
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
    const signing = new Signing({ key, home: keys.home })
    const { signal } = new AbortController()
    await expect(signing.sign({ folder: to, packed: other, fingerprint: key, signal })).rejects.toMatchObject({
      code: 'command-failed',
    })
    await signing.close()
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

/** Puts a script of bash in zstd's place. */
async function fakeZstd(script: string): Promise<void> {
  const bin = await mkdtemp(join(root, 'bin-'))
  await writeFile(join(bin, 'zstd'), `#!/bin/bash\n${script}\n`)
  await chmod(join(bin, 'zstd'), 0o755)
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`)
}
