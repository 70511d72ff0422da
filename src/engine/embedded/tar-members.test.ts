import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tarOf, type Member } from '../../../tests/contract/tar-writer.ts'
import { TarMembers } from './tar-members.ts'
import { normal } from './tar-names.ts'

const limits = { maxBytes: 1_000_000, maxMembers: 20 }
const HINT = 'Do not use this tarball.'

const passed = (members: readonly Member[], more = limits) => buffer(tarOf(members).compose(new TarMembers(more)))

const link = (name: string, target: string): Member => ({ name, type: '2', link: target })
const hard = (name: string, target: string): Member => ({ name, type: '1', link: target })
const folder = (name: string): Member => ({ name, type: '5' })
const file = (name: string): Member => ({ name, content: 'x' })
const other = (type: string, more: Partial<Member> = {}): Member => ({ name: 'odd', type: type as '0', ...more })

const CLIMBS = (name: string) => `The tarball has a member that leads out of it: "${name}".`
const THROUGH = (name: string, at: string) =>
  `The tarball has a member that would be written through a link of its own: "${name}", where "${at}" is a link.`
const FOLDER = (name: string) => `The tarball has "${name}" as a folder and as something else.`
const TWO_WAYS = (why: string) => `The tarball could be read in more than one way: ${why}.`

describe('refused', () => {
  test.each<[string, string, string, Member[]]>([
    ['a name that climbs', 'tar-climbs-out', CLIMBS('a/../../b'), [file('a/../../b')]],
    ['an absolute name', 'tar-climbs-out', CLIMBS('/etc/passwd'), [file('/etc/passwd')]],
    ['a hard link that climbs', 'tar-climbs-out', CLIMBS('../b'), [hard('a', '../b')]],
    ['an absolute hard link', 'tar-climbs-out', CLIMBS('/etc/passwd'), [hard('a', '/etc/passwd')]],
    [
      'a name that only GNU tar takes',
      'tar-climbs-out',
      CLIMBS('../b'),
      [{ name: 'a', pax: { 'GNU.sparse.name': '../b', path: 'fine' } }],
    ],
    ['a name through a link', 'tar-through-link', THROUGH('a/passwd', 'a'), [link('a', '/etc'), file('a/passwd')]],
    [
      'spelt in another way',
      'tar-through-link',
      THROUGH('.//a/./b/c', 'a/b'),
      [link('./a/b', '.'), file('.//a/./b/c')],
    ],
    ['a folder below a link', 'tar-through-link', THROUGH('a/b/', 'a'), [link('a', '/etc'), folder('a/b/')]],
    ['a link below a link', 'tar-through-link', THROUGH('a/b', 'a'), [link('a', '/etc'), link('a/b', 'c')]],
    [
      'a hard link to what is below a link',
      'tar-through-link',
      THROUGH('a/b', 'a'),
      [link('a', '/etc'), hard('c', 'a/b')],
    ],
    [
      'a name through a second name of a link',
      'tar-through-link',
      THROUGH('b/c', 'b'),
      [link('a', '/etc'), hard('b', './a'), file('b/c')],
    ],
    [
      'a name through a link that seems to be replaced',
      'tar-through-link',
      THROUGH('a/b', 'a'),
      [link('a', '/etc'), file('a'), file('a/b')],
    ],
    ['a folder that becomes a link', 'tar-folder-or-not', FOLDER('a'), [folder('a/'), link('a', '/etc')]],
    ['one that is only implied', 'tar-folder-or-not', FOLDER('a'), [file('a/b/c'), link('a', '/etc')]],
    ['a link that becomes a folder', 'tar-folder-or-not', FOLDER('a/'), [link('a', '/etc'), folder('a/')]],
    ['a root that is a link', 'tar-folder-or-not', FOLDER('./'), [link('./', '/etc')]],
    [
      'a part too long',
      'tar-long-name',
      `The tarball has a name that no file system takes: "${'n'.repeat(200)}…".`,
      [{ name: 'a', pax: { path: 'n'.repeat(256) } }],
    ],
    [
      'a name too long',
      'tar-long-name',
      `The tarball has a name that no file system takes: "${'n/'.repeat(100)}…".`,
      [{ name: 'a', pax: { path: 'n/'.repeat(2048) } }],
    ],
    [
      'a target too long',
      'tar-long-name',
      `The tarball has a name that no file system takes: "${'n/'.repeat(100)}…".`,
      [{ ...link('a', ''), pax: { linkpath: 'n/'.repeat(2048) } }],
    ],
    [
      'a header too long',
      'tar-long-header',
      'The tarball has a header of 1048591 bytes; 1048576 are the most a header needs.',
      [{ name: 'a', pax: { note: 'n'.repeat(1024 ** 2 + 1) } }],
    ],
    [
      'two names',
      'tar-ambiguous',
      TWO_WAYS('a member has two names'),
      [other('L', { content: 'a' }), { name: 'b', pax: { path: 'c' } }],
    ],
    [
      'two headers',
      'tar-ambiguous',
      TWO_WAYS('a member has two headers of one kind'),
      [other('x', { content: '9 path=a\n' }), { name: 'b', pax: { path: 'c' } }],
    ],
    ['a NUL in a name', 'tar-ambiguous', TWO_WAYS('a name has a NUL in it'), [{ name: 'b', pax: { path: 'a\0b' } }]],
    [
      'a name for all members',
      'tar-ambiguous',
      TWO_WAYS('one header says path of all members'),
      [other('g', { content: '9 path=a\n' })],
    ],
    [
      'a link with bytes',
      'tar-ambiguous',
      TWO_WAYS('a link or a node has bytes'),
      [{ ...link('a', 'b'), content: 'x' }],
    ],
    ['a folder with bytes', 'tar-ambiguous', TWO_WAYS('a folder has bytes'), [{ ...folder('a/'), content: 'x' }]],
    [
      'an incremental archive',
      'tar-ambiguous',
      TWO_WAYS('a member has GNU.dumpdir'),
      [{ name: 'a', pax: { 'GNU.dumpdir': 'x' } }],
    ],
    ...'DMVNX9'
      .split('')
      .map((type): [string, string, string, Member[]] => [
        `a member of kind ${type}`,
        'tar-unknown-member',
        `The tarball has a member of an unknown kind (${type}): "odd".`,
        [other(type)],
      ]),
  ])('%s', async (_what, code, message, members) => {
    const refusal = { code, message, hint: HINT, exit: 3 }
    await expect(passed(members, { ...limits, maxBytes: 3_000_000 })).rejects.toMatchObject(refusal)
  })

  test('more bytes than were agreed, before they come', async () => {
    const message = 'The tarball unpacks to more than 1000000 bytes.'
    const refusal = { code: 'tar-too-large', message, hint: HINT, exit: 3 }
    const many = Array.from({ length: 11 }, (_, n) => ({ name: `f${n}`, content: 'x'.repeat(100_000) }))
    await expect(passed(many)).rejects.toMatchObject(refusal)
    const first = (await buffer(tarOf([{ name: 'a', content: 'x'.repeat(1_000_001) }]))).subarray(0, 512)
    await expect(buffer(Readable.from([first]).compose(new TarMembers(limits)))).rejects.toMatchObject(refusal)
    await expect(passed([{ name: 'a', pax: { 'GNU.sparse.realsize': '9000000' } }])).rejects.toMatchObject(refusal)
    await expect(passed([{ name: 'a', pax: { 'GNU.sparse.size': '9000000' } }])).rejects.toMatchObject(refusal)
    await expect(
      passed(Array.from({ length: 3 }, () => ({ name: 'a', pax: { 'GNU.sparse.size': '400000' } }))),
    ).rejects.toMatchObject(refusal)
  })

  test('bytes without end behind the end mark', async () => {
    const endless = Array.from({ length: 40 }, () => Buffer.alloc(50_000))
    const reading = buffer(Readable.from([...endless]).compose(new TarMembers(limits)))
    await expect(reading).rejects.toMatchObject({ code: 'tar-too-large' })
  })

  test('more members than were agreed', async () => {
    const members = Array.from({ length: 21 }, (_, n) => file(`f${n}`))
    const message = 'The tarball has more than 20 members.'
    await expect(passed(members)).rejects.toMatchObject({ code: 'tar-too-many', message, hint: HINT, exit: 3 })
    expect(await passed(members.slice(1))).toHaveLength(20 * 1024 + 1024)
  })

  test('what ends too early', async () => {
    const whole = await buffer(tarOf([{ name: 'a', content: 'x'.repeat(600) }]))
    const refusal = { code: 'tar-cut-short', message: 'The tarball ends too early.', hint: 'Fetch it again.', exit: 3 }
    for (let bytes = 0; bytes < 512 + 1024; bytes += 64) {
      const reading = buffer(Readable.from([whole.subarray(0, bytes)]).compose(new TarMembers(limits)))
      await expect(reading).rejects.toMatchObject(refusal)
    }
  })

  test.each<[string, Buffer | Member[]]>([
    ['a header has a wrong checksum', Buffer.from('no tar at all '.repeat(100))],
    ['a member has no name', [file('')]],
    ['a number makes no sense', [{ name: 'a', pax: { size: '1e3' } }]],
    ['an extended header is damaged', [other('x', { content: '7 path=a\n' }), file('b')]],
  ])('broken: %s', async (why, tar) => {
    const source = Array.isArray(tar) ? tarOf(tar) : Readable.from([tar])
    await expect(buffer(source.compose(new TarMembers(limits)))).rejects.toMatchObject({
      code: 'tar-broken',
      message: `The tarball is broken: ${why}.`,
      hint: 'Fetch it again.',
      exit: 3,
    })
  })

  test('names are safe to show', async () => {
    const name = '../\u001b[31m\u202e'
    await expect(passed([file(name)])).rejects.toThrow(String.raw`"../\u001b[31m\u202e"`)
  })
})

describe('taken', () => {
  test('links to anywhere, names twice, odd names', async () => {
    const members = [
      folder('./'),
      link('./etc/mtab', '../proc/self/mounts'),
      link('./abs', '/etc/passwd'),
      link('./up', '../../..'),
      file('./twice'),
      file('./twice'),
      folder('./etc/'),
      hard('./second', './abs'),
      file('./..not/...'),
      file('./line\nbreak \u001b'),
    ]
    expect(await passed(members)).toEqual(await buffer(tarOf(members)))
  })

  test('notes for all members are left out', async () => {
    const noted = [other('g', { content: '17 comment=f0cc9\n' }), file('a')]
    expect(await passed(noted)).toEqual(await buffer(tarOf([file('a')])))
  })

  test('in pieces of any size, as in one', async () => {
    const members = [
      link('l', 'x'),
      { name: 'a', content: 'x'.repeat(700), pax: { path: 'b/c', mtime: '1.5' } },
      file('d'),
    ]
    const whole = await buffer(tarOf(members))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), async (size) => {
        const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
          whole.subarray(n * size, (n + 1) * size),
        )
        expect((await buffer(Readable.from(pieces).compose(new TarMembers(limits)))).equals(whole)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})

describe('the first odd member', () => {
  const begin: Member[] = [
    folder('./'),
    folder('./a/'),
    file('./a/f'),
    { ...link('./a/l', '../x'), mode: 0o777 },
    hard('./a/h', './a/f'),
  ]

  const oddAt = async (members: readonly Member[]) => {
    const filter = new TarMembers(limits, { plain: true })
    const out = await buffer(tarOf(members).compose(filter))
    expect(out.length).toBe((await buffer(tarOf(members))).length)
    return filter.oddAt
  }

  test('is none among root’s files, folders and links', async () => {
    expect(await oddAt([...begin, { name: 'x', pax: { path: 'b/c', mtime: '1.5' }, content: '1' }])).toBeUndefined()
  })

  test.each<[string, Member]>([
    ['an owner', { name: 'o', uid: 5 }],
    ['an attribute', { name: 'o', pax: { 'SCHILY.xattr.user.a': '1' } }],
    ['an ACL', { name: 'o', pax: { 'SCHILY.acl.access': 'user::rw-' } }],
    ['an owner in a header of its own', { name: 'o', pax: { uid: '5' } }],
    ['a fifo', { name: 'o', type: '6' }],
    ['a name that was there', file('./a/f')],
    ['a folder that was there', folder('./a/')],
    ['another spelling', file('.//b')],
    ['a link with a mode', { ...link('o', 'x'), mode: 0o644 }],
    ['a hard link to a link', hard('o', './a/l')],
    ['a root that is not for all', { ...folder('./'), mode: 0o700 }],
  ])('%s', async (_what, member) => {
    expect(await oddAt([...begin, member, file('end')])).toBe((await buffer(tarOf(begin))).length - 1024)
  })
})

test('a name has one normal spelling', () => {
  for (const same of ['a/b', './a/b', 'a//b', 'a/./b', './/a/b/', 'a/b/.', '././a/b//'])
    expect(normal(same)).toBe('a/b')
  for (const root of ['.', './', '/', './/.', '']) expect(normal(root)).toBe('')
  expect(normal('.a/b.')).toBe('.a/b.')
})
