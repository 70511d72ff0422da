import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { array, assert, asyncProperty, nat } from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programBytes } from '../system/stream.ts'
import { run } from '../system/process.ts'
import { nodeHeaders, parseNodes } from './nodes.ts'
import { appendToTar } from './tar-append.ts'
import { TarWalk } from './tar-walk.ts'

const { nodes } = parseNodes('-m 600 /dev/console c 5 1\n/dev/null c 1 3')
const headers = nodeHeaders(nodes, 1_700_000_000)
let folder: string
let tar: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  await mkdir(join(folder, 'a'))
  await writeFile(join(folder, 'a', 'text'), 'text')
  // Looks like the end of an archive, in the middle of one and at its end.
  await writeFile(join(folder, 'a', 'zeros'), Buffer.alloc(30_000))
  await writeFile(join(folder, 'z-zeros'), Buffer.alloc(5120))
  await writeFile(join(folder, `long-${'n'.repeat(150)}`), 'x'.repeat(600))
  tar = await programBytes(['tar', '--sort=name', '--format=pax', '-C', folder, '-cf', '-', '.'])
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Cuts at the given places, whatever their order. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % bytes.length))].toSorted((a, b) => a - b)
  return [...sorted, bytes.length].map((end, index) => bytes.subarray(sorted[index - 1] ?? 0, end))
}

const append = (chunks: readonly Buffer[], what = headers) => buffer(Readable.from(chunks).compose(appendToTar(what)))

const names = async (input: Buffer) => (await run(['tar', '-tvf', '-'], { input })).stdout.trim().split('\n')

describe('appendToTar', () => {
  test('the tar holds what it held, then the nodes, and ends as GNU tar ends one', async () => {
    const out = await append([tar])
    expect(out.length % 10240).toBe(0)
    const [before, after] = [await names(tar), await names(out)]
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.slice(before.length).map((line) => line.split(' ').at(-1))).toEqual(['./dev/console', './dev/null'])
    const zeros = await programBytes(['sh', '-c', 'tar -xOf - ./z-zeros < "$0" | wc -c', await save(out)])
    expect(zeros.toString().trim()).toBe('5120')
  })

  test('nothing appended is the same tar', async () => {
    expect((await append([tar], Buffer.alloc(0))).equals(tar)).toBe(true)
  })

  test('however the stream is cut into chunks, the bytes are the same', async () => {
    const whole = await append([tar])
    const places = array(nat({ max: tar.length }), { maxLength: 40 })
    const property = asyncProperty(places, async (at) => (await append(cut(tar, at))).equals(whole))
    await assert(property, { numRuns: 60 })
  })

  test('a chunk that ends within a header is handed on whole', async () => {
    const walk = new TarWalk()
    const pieces = cut(tar, [300, 700, 5000]).map((chunk) => walk.take(chunk).map((piece) => piece.length))
    expect(pieces.slice(0, 3)).toEqual([[300], [400], [4300]])
  })

  test('a header that begins with zeros is no end marker, wherever it is cut', async () => {
    const nameless = resum(Buffer.concat([Buffer.alloc(100), tar.subarray(100)]))
    for (const at of [[1], [99], [50, 90], [511], [99, 100, 101]])
      expect((await append(cut(nameless, at), Buffer.alloc(0))).equals(nameless)).toBe(true)
  })

  test('wherever a tar is cut off, it is an error', async () => {
    const end = tar.length - tar.toReversed().findIndex((byte) => byte !== 0)
    const property = asyncProperty(nat({ max: end - 1 }), async (at) => {
      await expect(append([tar.subarray(0, at)])).rejects.toThrow(/the tar (has no end|ends in the middle)/)
    })
    await assert(property, { numRuns: 60 })
  })

  test('a damaged header is an error', async () => {
    const damaged = Buffer.from(tar)
    damaged[3] = 0x7a
    await expect(append([damaged])).rejects.toThrow('checksum')
  })

  test('sizes from pax headers and in base 256', async () => {
    const size = Buffer.from(tar)
    const large = await programBytes(['tar', '--format=gnu', '-C', folder, '-cf', '-', 'a/text'])
    const field = Buffer.alloc(12)
    field[0] = 0x80
    field[11] = 4
    const edited = resum(Buffer.concat([large.subarray(0, 124), field, large.subarray(136)]))
    expect((await append([edited], Buffer.alloc(0))).length).toBe(large.length)
    expect(size.equals(tar)).toBe(true)
    const record = Buffer.alloc(512)
    record.write('10 size=4\n'.slice(0, 10))
    const pax = resum(
      Buffer.concat([
        large.subarray(0, 124),
        Buffer.from('00000000012\0'),
        large.subarray(136, 156),
        Buffer.from('x'),
        large.subarray(157, 512),
      ]),
    )
    const zeroSized = resum(Buffer.concat([large.subarray(0, 124), Buffer.from('00000000000\0'), large.subarray(136)]))
    const out = await append([pax, record, zeroSized], Buffer.alloc(0))
    expect(out.subarray(0, 2048).equals(Buffer.concat([pax, record, zeroSized.subarray(0, 1024)]))).toBe(true)
  })
})

/** The first header's checksum, made right again. */
function resum(bytes: Buffer): Buffer {
  const header = Buffer.from(bytes.subarray(0, 512)).fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return Buffer.concat([header, bytes.subarray(512)])
}

async function save(bytes: Buffer): Promise<string> {
  const path = join(folder, 'saved.tar')
  await writeFile(path, bytes)
  return path
}
