import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pack, type Headers } from 'tar-stream'
import { array, assert, asyncProperty, constantFrom, nat, record, uint8Array } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programBytes, programFilter } from '../system/stream.ts'
import { nodeHeaders, parseNodes } from './nodes.ts'
import { appendToTar } from './tar-append.ts'
import { TarListing } from './tar-listing.ts'
import { tarMember } from './tar-member.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What is told of a tar, with two nodes appended, here and by GNU tar. */
async function lists(tar: Buffer): Promise<{ ours: string; tars: string }> {
  const lines = new TarListing()
  let ours = ''
  const { nodes } = parseNodes('-m 4600 /dev/console c 5 1\n/dev/disk b 4095 1048575\n/run/pipe p')
  const append = appendToTar(
    nodeHeaders(nodes, 1_700_000_000),
    (header, said) => void (ours += lines.line(tarMember(header, said))),
  )
  const whole = await buffer(Readable.from([tar]).compose(append))
  const argv: [string, ...string[]] = ['tar', '--list', '--verbose', '--numeric-owner', '--file=-']
  const theirs = Readable.from([whole]).compose(programFilter(argv, { env: { LC_ALL: 'C' } }))
  return { ours, tars: (await buffer(theirs)).toString('latin1') }
}

test('names of any bytes, links, special bits and long names are listed as GNU tar lists them', async () => {
  await programBytes(['bash', '-euc', MAKE], { cwd: folder })
  const how = ['--sort=name', '--format=pax', '--numeric-owner', '--pax-option=delete=atime,delete=ctime,delete=mtime']
  const tar = await programBytes(['tar', '-c', ...how, '-C', folder, '.'])
  const { ours, tars } = await lists(tar)
  expect(ours.split('\n').length).toBeGreaterThan(25)
  expect(ours).toBe(tars)
})

const MAKE = String.raw`
mkdir -p d "$(printf 'bytes\001\a\b\t\n\v\f\r\033\177\200\377\\"x')" "$(printf 'gr\303\274n')"
for n in 1000 0644 2755 2644 4755 4644 6777 7000 1777 0000; do : >"d/$n"; chmod "$n" "d/$n"; done
mkdir sticky setgid; chmod 1777 sticky; chmod 2750 setgid
ln -s "$(printf 'to\\\nthere')" d/link; ln -s /x "$(printf 'd/l\303\266')"
: >hard; ln hard d/hard-link
long=$(printf 'n%.0s' {1..200}); mkdir -p "$long/$long"; : >"$long/$long/file"; ln -s "$long" long-link
ln "$long/$long/file" "$long/hard"
mkfifo fifo; truncate -s 12345678 large; touch -d @0 d/0644; touch -d @4102444799 hard`

const member = record({
  name: uint8Array({ minLength: 1, maxLength: 120 }),
  type: constantFrom<Headers['type'][]>('file', 'directory', 'symlink', 'link', 'fifo', 'character-device'),
  mode: nat({ max: 0o7777 }),
  uid: nat({ max: 0o7777777 }),
  gid: nat({ max: 0o7777777 }),
  mtime: nat({ max: 0o17777777777 }),
})

test('whatever a header says', async () => {
  await assert(
    asyncProperty(array(member, { minLength: 1, maxLength: 30 }), async (members) => {
      const packed = pack()
      for (const { name, mtime, type, ...rest } of members) {
        // tar-stream takes text; a NUL ends a name, and GNU tar says of other names that it cut them.
        const path = `x${Buffer.from(name).toString('utf8').replaceAll('\0', '_').replaceAll('/', '_')}`
        const link = type === 'link' || type === 'symlink' ? { linkname: `to-${path}` } : {}
        const header = { ...rest, ...link, type, name: path, mtime: new Date(mtime * 1000), devmajor: 5, devminor: 1 }
        if (type === 'file') packed.entry(header, '')
        else packed.entry(header)
      }
      packed.finalize()
      const { ours, tars } = await lists(await buffer(packed))
      expect(ours).toBe(tars)
    }),
    { numRuns: 40 },
  )
})
