import { lstat, mkdtemp, readFile, readdir, rm, stat, symlink, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFiles, type Files } from '../system/files.testkit.ts'
import { run } from '../system/process.ts'
import { projectRoot } from '../system/project.ts'

const EPOCH = 1_700_000_000
let root: string
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'gm-normalise-'))))
afterEach(() => rm(root, { recursive: true, force: true }))

const put = (files: Files) => writeFiles(root, files)
const read = (path: string) => readFile(join(root, path), 'utf8')
const normalise = () => run(['python3', join(projectRoot(), 'src/execute/programs/normalise.py'), root, String(EPOCH)])

test('what Portage notes of times, counters and files depends on the order of merging alone', async () => {
  const later =
    'obj /usr/bin/a b 0123456789abcdef0123456789abcdef 1800000000\nobj /old 0123456789abcdef0123456789abcdef 1600000000\nsym /l -> /x y 1800000000\nsym /m -> /old 1600000000\ndir /usr\n'
  await put({
    'var/db/pkg/b/second-1/COUNTER': '907',
    'var/db/pkg/b/second-1/BUILD_TIME': '1800000000\n',
    'var/db/pkg/b/second-1/BINPKGMD5': 'x\n',
    'var/db/pkg/b/second-1/CONTENTS': later,
    'var/db/pkg/b/second-1/metadata':
      '#format=1\nBINPKGMD5=x\nBUILD_TIME=1800000000\nCOUNTER=907\nSLOT=0\n#dir_mtime=1800000000123456789\n',
    'var/db/pkg/a/first-1/COUNTER': '30',
  })
  await normalise()
  expect(await read('var/db/pkg/a/first-1/COUNTER')).toBe('1\n')
  expect(await read('var/db/pkg/b/second-1/COUNTER')).toBe('2\n')
  expect(await read('var/db/pkg/b/second-1/BUILD_TIME')).toBe(`${EPOCH}\n`)
  expect(await read('var/db/pkg/b/second-1/CONTENTS')).toBe(
    [
      `sym /l -> /x y ${EPOCH}\n`,
      `sym /m -> /old ${EPOCH}\n`,
      'obj /old 0123456789abcdef0123456789abcdef 1600000000\n',
      'dir /usr\n',
      `obj /usr/bin/a b 0123456789abcdef0123456789abcdef ${EPOCH}\n`,
    ].join(''),
  )
  const metadata = await read('var/db/pkg/b/second-1/metadata')
  expect(metadata).toBe(`#format=1\nBUILD_TIME=${EPOCH}\nCOUNTER=2\nSLOT=0\n#dir_mtime=${EPOCH}000000000\n`)
  // Portage takes the file only when that line is the folder's time, to the nanosecond.
  const { mtimeNs } = await stat(join(root, 'var/db/pkg/b/second-1'), { bigint: true })
  expect(String(mtimeNs)).toBe(`${EPOCH}000000000`)
  expect(await readdir(join(root, 'var/db/pkg/b/second-1'))).not.toContain('BINPKGMD5')
})

test('backups, caches and logs go; dates in shadow are no later than now; files keep older times', async () => {
  await put({
    'etc/passwd-': 'x',
    'var/log/emerge.log': 'x',
    'tmp/x/y': 'x',
    'var/cache/ldconfig/aux-cache': 'x',
    'etc/old': 'x',
  })
  await put({ 'etc/shadow': 'root:*:99999::::::\nold:!:10::::::\nnone:!:::::::\n' })
  await utimes(join(root, 'etc/old'), 1_600_000_000, 1_600_000_000)
  await normalise()
  expect(await readdir(join(root, 'etc'))).toEqual(['old', 'shadow'])
  expect(await read('etc/shadow')).toBe(`root:*:${Math.floor(EPOCH / 86400)}::::::\nold:!:10::::::\nnone:!:::::::\n`)
  expect(await readdir(join(root, 'tmp'))).toEqual([])
  expect(await readdir(join(root, 'var/log'))).toEqual([])
  expect((await stat(join(root, 'etc/old'))).mtimeMs).toBe(1_600_000_000_000)
  expect((await stat(join(root, 'etc/shadow'))).mtimeMs).toBe(EPOCH * 1000)
})

test('what is right already is not touched, nor what is none of the root', async () => {
  await put({
    'var/db/pkg/a/first-1/COUNTER': '30',
    'var/db/pkg/a/first-1/CONTENTS': 'obj /f 0123456789abcdef0123456789abcdef 1800000000\n',
    'etc/shadow': 'root:*:99999::::::\n',
    f: 'x',
    'work/tmp/y': 'y',
  })
  await symlink('f', join(root, 'link'))
  const program = join(projectRoot(), 'src/execute/programs')
  const call = 'import sys; from normalise import normalise; normalise(sys.argv[1], int(sys.argv[2]), leave=("work",))'
  const leaving = () =>
    run(['python3', '-c', call, root, String(EPOCH)], { env: { PYTHONPATH: program, PYTHONDONTWRITEBYTECODE: '1' } })
  const changes = async () =>
    Promise.all(
      (await readdir(root, { recursive: true })).toSorted().map(async (path) => {
        const { ctimeNs } = await lstat(join(root, path), { bigint: true })
        return [path, ctimeNs] as const
      }),
    )
  const inWork = (list: readonly (readonly [string, bigint])[]) => list.filter(([path]) => path.startsWith('work'))
  const before = await changes()
  await leaving()
  const after = await changes()
  expect(inWork(after)).toEqual(inWork(before))
  expect((await stat(root)).mtimeMs).toBe(EPOCH * 1000)
  await leaving()
  expect(await changes()).toEqual(after)
})
