/** Tars from strangers, imported by real engines: what is refused, and that nothing of it stays. */
import { access, chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReadStream } from 'node:fs'
import { elfArches } from '../../src/upstream/elf.ts'
import { treeArches } from '../../src/execute/tree-arches.ts'
import type { Engine, ImportOptions, TreeRef } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import { smallTree } from './small-tree.ts'
import { tarOf, type Member } from './tar-writer.ts'

const ENGINES = (process.env['GENTOOMUCH_ENGINES'] ?? 'embedded').split(' ')

describe.each(ENGINES)('engine %s', (name) => {
  let scratch: string
  let data: string
  let engine: Engine
  const trees: TreeRef[] = []

  beforeAll(async () => {
    scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-import-'))
    await chmod(scratch, 0o700)
    data = join(scratch, 'data')
    engine = await openEngine(name, { data })
  })

  afterAll(async () => {
    for (const tree of trees) await engine.remove(tree, [])
    await rm(scratch, { recursive: true })
  })

  const imported = async (tar: Readable, options?: ImportOptions) => {
    const tree = await engine.importTree(tar, options)
    trees.push(tree)
    return tree
  }

  /** All that an import may have left. */
  const onDisk = async () => [await readdir(join(data, 'store/trees')), await readdir(join(data, 'scratch/incoming'))]

  describe.each([false, true])('refused with compact %s', (compact) => {
    const ok: Member[] = [
      { name: './', type: '5' },
      { name: './ok', content: 'ok' },
    ]
    const link: Member = { name: './out', type: '2', link: '/var/tmp' }
    test.each<[string, string, Member[]]>([
      ['a name that climbs', 'tar-climbs-out', [{ name: 'a/../../b' }]],
      ['an absolute name', 'tar-climbs-out', [{ name: '/var/tmp/escaped-import' }]],
      ['a name through a link', 'tar-through-link', [link, { name: './out/escaped-import', content: 'x' }]],
      ['a hard link through a link', 'tar-through-link', [link, { name: 'a', type: '1', link: 'out/x' }]],
      ['a folder that becomes a link', 'tar-folder-or-not', [{ name: 'out/a' }, link]],
      ['a header too long', 'tar-long-header', [{ name: 'a', pax: { note: 'n'.repeat(2_000_000) } }]],
      ['too many bytes', 'tar-too-large', [{ name: 'a', content: 'x'.repeat(5_000_000) }]],
      ['too many members', 'tar-too-many', Array.from({ length: 9 }, (_, n) => ({ name: `f${n}` }))],
    ])('%s', async (_what, code, members) => {
      const before = await onDisk()
      const refused = imported(tarOf([...ok, ...members]), { compact, maxBytes: 4_000_000, maxMembers: 10 })
      await expect(refused).rejects.toMatchObject({ code, exit: 3 })
      await expect(access('/var/tmp/escaped-import')).rejects.toThrow()
      expect(await onDisk()).toEqual(before)
    })

    test.each([0, 1536])('cut short after %i bytes', async (bytes) => {
      const before = await onDisk()
      const whole = await buffer(tarOf([...ok, { name: 'a', content: 'x'.repeat(600) }]))
      const refused = imported(Readable.from([whole.subarray(0, bytes)]), { compact })
      await expect(refused).rejects.toMatchObject({ code: 'tar-cut-short', exit: 3 })
      expect(await onDisk()).toEqual(before)
    })

    test('a source that fails at its very end, when all is unpacked', async () => {
      const before = await onDisk()
      const whole = await buffer(tarOf(ok))
      async function* source(): AsyncGenerator<Buffer> {
        yield whole
        yield Buffer.alloc(1024)
        await new Promise((resolve) => setTimeout(resolve, 700))
        throw new Error('it was another file')
      }
      const failed = imported(Readable.from(source(), { objectMode: false }), { compact })
      await expect(failed).rejects.toThrow('it was another file')
      expect(await onDisk()).toEqual(before)
    })
  })

  test('a sparse member whose map leads beyond the size it tells is refused', async () => {
    const before = await onDisk()
    // GNU.sparse 0.1: a file of one byte, that has its byte after 3 GiB.
    const pax = { 'GNU.sparse.size': '1', 'GNU.sparse.numblocks': '1', 'GNU.sparse.map': `${3 * 1024 ** 3},1` }
    const refused = imported(tarOf([{ name: 'a', content: 'x', pax }]), { maxBytes: 1_000_000 })
    const message = 'The tarball unpacks to more than 1000000 bytes.'
    await expect(refused).rejects.toMatchObject({ code: 'tar-too-large', message, exit: 3 })
    expect(await onDisk()).toEqual(before)
  })

  test('links may point anywhere', async () => {
    const members: Member[] = [
      { name: './', type: '5' },
      { name: './etc/mtab', type: '2', link: '../proc/self/mounts' },
      { name: './abs', type: '2', link: '/etc/passwd' },
      { name: './up', type: '2', link: '../../../..' },
    ]
    const tar = await buffer(await engine.exportTree(await imported(tarOf(members)), { epoch: 0 }))
    for (const member of members.slice(1)) expect(tar.toString('latin1')).toContain(member.link)
  })

  describe('one file', () => {
    let tree: TreeRef
    beforeAll(async () => {
      tree = await imported(
        tarOf([
          { name: './', type: '5', mode: 0o700 },
          { name: './usr/bin/bash', content: 'bash of the tree', mode: 0o100 },
          { name: './bin', type: '2', link: '/usr/bin' },
          { name: './usr/bin/sh', type: '2', link: '../../../../bin/bash' },
          { name: './round', type: '2', link: 'around' },
          { name: './around', type: '2', link: 'round' },
          { name: './empty' },
        ]),
      )
    })

    test.each(['/usr/bin/bash', '/bin/bash', 'bin/sh', '/../bin/../bin/sh'])(
      'is found as if the tree were the root: %s',
      async (path) => {
        expect((await engine.readFile(tree, path, { maxBytes: 100 }))?.toString()).toBe('bash of the tree')
        expect((await engine.readFile(tree, path, { maxBytes: 4 }))?.toString()).toBe('bash')
      },
    )

    test.each(['/bin', '/', '/nothing', '/bin/bash/x', '/round', '/bin/env', '/dev/null'])(
      'is not there: %s',
      async (path) => {
        expect(await engine.readFile(tree, path, { maxBytes: 100 })).toBeUndefined()
      },
    )

    test('may be empty', async () => {
      expect(await engine.readFile(tree, '/empty', { maxBytes: 100 })).toHaveLength(0)
    })

    test('tells for which machine a tree is', async () => {
      expect(await treeArches(engine, tree)).toBeUndefined()
      const real = await imported(createReadStream(await smallTree(scratch)))
      const own = await buffer(createReadStream(process.execPath, { end: 63 }))
      expect(await treeArches(engine, real)).toEqual(elfArches(own))
    })
  })
})
