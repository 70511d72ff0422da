import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programBytes } from '../../system/stream.ts'
import { createdLine } from './created-list.ts'
import { exportArgv, exportIntoArgv, type Attributes } from './tar.ts'

const EPOCH = 1_700_000_000
const ENVIRONMENT = { env: { LC_ALL: 'C', TZ: 'UTC' } }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  await mkdir(join(folder, 'tree'))
  await programBytes(['bash', '-euc', MAKE], { cwd: join(folder, 'tree') })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each<Attributes>(['attributes', 'no attributes'])(
  'what tar creates it lists afterwards: %s',
  async (attributes) => {
    const [tree, archive, list] = ['tree', 'archive', 'list'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const into = { archive, list }
    expect(await programBytes(asArgv(exportIntoArgv(tree, EPOCH, attributes, into)), ENVIRONMENT)).toHaveLength(0)
    const argv = ['tar', '--list', '--verbose', '--numeric-owner', '--file', archive] as const
    const listed = (await programBytes(argv, ENVIRONMENT)).toString('latin1').split('\n')
    const created = (await readFile(list, 'latin1')).split('\n').map(createdLine(EPOCH))
    expect(created.length).toBeGreaterThan(35)
    expect(created).toEqual(listed)
    // Nor is it another archive.
    const plain = await programBytes(asArgv(exportArgv(tree, EPOCH, attributes)), ENVIRONMENT)
    expect(plain.equals(await readFile(archive))).toBe(true)
  },
)

function asArgv([program = '', ...words]: readonly string[]): readonly [string, ...string[]] {
  return [program, ...words]
}

/** Names of any bytes, special bits, links, long names, owners and sizes that widen their columns, times on both sides. */
const MAKE = String.raw`
mkdir -p d "$(printf 'bytes\001\a\b\t\n\v\f\r\033\177\200\377\\"x')" "$(printf 'gr\303\274n')" ' lead  space '
for n in 1000 0644 2755 2644 4755 4644 6777 7000 1777 0000; do : >"d/$n"; chmod "$n" "d/$n"; done
mkdir sticky setgid; chmod 1777 sticky; chmod 2750 setgid
ln -s "$(printf 'to\\\nthere')" d/link; ln -s /x "$(printf 'd/l\303\266')"; touch -h -d @2000000000 d/link
echo hello >hard; ln hard d/hard-link
long=$(printf 'n%.0s' {1..200}); mkdir -p "$long/$long"; : >"$long/$long/file"; ln -s "$long" long-link
ln "$long/$long/file" "$long/hard"; ln -s "$long/$long" d/long-target
mkfifo fifo; truncate -s 12345678 large
for time in 0 -1 -86400 -300000000 1600000000.7 1700000000 1700000039 1700000040 4102444799 13569465600; do
  : >"d/at$time"; touch -d "@$time" "d/at$time"
done
# Only root reads what its owner may not read.
if [[ $UID != 0 ]]; then find d -type f -exec chmod u+r {} +; fi
: >owned; if [[ $UID = 0 ]]; then chown 123456789:2000000000 owned; fi
: >noted; setfattr -n user.note -v x noted || true
: >listed; setfacl -m u:1000:r listed || true
touch -d 1901-12-14 .`
