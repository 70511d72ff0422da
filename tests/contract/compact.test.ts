/** Compact trees: the same trees as folders, in every use. As an ordinary user they are folders, and all of this holds as well. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Container, ContainerSpec, Engine, TreeRef } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import { findProgram } from '../../src/system/os-packages.ts'
import { run } from '../../src/system/process.ts'
import { programBytes } from '../../src/system/stream.ts'
import { compileProgram } from '../kit/compiled.ts'
import { smallTree } from './small-tree.ts'
import { tarOf, type Member } from './tar-writer.ts'

const ENGINES = (process.env['GENTOOMUCH_ENGINES'] ?? 'embedded').split(' ')
const never = new AbortController().signal
const EPOCH = 1_600_000_000

describe.each(ENGINES)('engine %s', (name) => {
  let scratch: string
  let data: string
  let engine: Engine
  let tree: TreeRef
  /** Whether images can be at all here; a container without loop devices has none either, but then no root's test would see one. */
  let images: boolean

  const repository: Member[] = [
    { name: 'pax_global_header', type: 'g', content: '17 comment=f0cc9\n' },
    { name: 'dev-lang/', type: '5' },
    { name: 'dev-lang/a/', type: '5' },
    { name: 'dev-lang/a/a-1.ebuild', content: 'EAPI=8\n' },
    { name: 'dev-lang/a/run', content: '#!/bin/bash\n', mode: 0o755 },
    { name: 'dev-lang/a/link', type: '2', mode: 0o777, link: '../../nowhere' },
    { name: 'x', pax: { path: `profiles/${'deep/'.repeat(30)}caf\u00e9 'odd" \n`, mtime: '5.5' }, content: 'deep' },
    { name: 'profiles/large', content: 'large '.repeat(100_000) },
    { name: 'profiles/second', type: '1', link: 'profiles/large' },
  ]

  beforeAll(async () => {
    scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-compact-'))
    await chmod(scratch, 0o700)
    data = join(scratch, 'data')
    engine = await openEngine(name, { data })
    tree = await engine.importTree(createReadStream(await smallTree(scratch)))
    images = process.getuid?.() === 0 && (await findProgram('sqfstar')) !== undefined && (await canLoop())
  })

  afterAll(async () => {
    for (const left of await engine.preserved()) await engine.discard(left)
    await engine.prune([])
    await rm(scratch, { recursive: true })
  })

  const both = async (members: readonly Member[]) => ({
    compact: await engine.importTree(tarOf(members), { compact: true }),
    folder: await engine.importTree(tarOf(members)),
  })

  const spec = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({
    tree,
    mounts: [],
    folders: [],
    tmpfs: [],
    env: { PATH: '/bin' },
    network: false,
    ...more,
  })

  async function say(container: Container, script: string) {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const words = Promise.all([text(stdout), text(stderr)])
    const { status } = await container.run(['bash', '-c', script], { stdout, stderr }, never)
    stdout.end()
    stderr.end()
    return { status, words: (await words).join('') }
  }

  async function told(script: string, more: Partial<ContainerSpec>) {
    const container = await engine.open(spec(more))
    try {
      return await say(container, script)
    } finally {
      await container.close()
    }
  }

  const LOOK = 'find . -printf "%p %y %m %U:%G %n %l %s\\n" | sort | grep -v " d "; cat profiles/second | wc -c'

  test('is one file, has the folder’s digest, and gives the same tar', async () => {
    const { compact, folder } = await both(repository)
    expect(compact.layers[0]?.endsWith('.sqfs')).toBe(images)
    expect((await stat(join(data, 'store/trees', compact.layers[0] ?? ''))).isFile()).toBe(images)
    expect(compact.digest).toBe(folder.digest)
    const tars = [compact, folder].map(async (made) => sha256(await engine.exportTree(made, { epoch: EPOCH })))
    const [one, two] = await Promise.all(tars)
    expect(one).toBe(two)
    expect((await engine.readFile(compact, '/dev-lang/a/a-1.ebuild', { maxBytes: 9 }))?.toString()).toBe('EAPI=8\n')
    expect(await engine.sizeOf(compact)).toBeGreaterThan(0)
    expect(await engine.has(compact)).toBe(true)
    await engine.remove(compact, [compact])
    expect(await engine.has(compact)).toBe(true)
    await engine.remove(compact, [folder])
    expect(await engine.has(compact)).toBe(false)
    expect(await engine.has(folder)).toBe(true)
  })

  test('of git archive is the same', async () => {
    const gitDir = join(scratch, 'git')
    const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
    const git = (...words: string[]) => ['git', '-C', gitDir, '-c', 'tar.umask=0022', ...words] as ['git', ...string[]]
    await mkdir(join(gitDir, 'a', 'deep/'.repeat(40)), { recursive: true })
    await writeFile(join(gitDir, 'a', 'run'), 'run', { mode: 0o755 })
    await writeFile(join(gitDir, 'a', 'deep/'.repeat(40), 'file'), 'deep')
    await symlink('../nowhere', join(gitDir, 'a', 'link'))
    await run(git('init', '--quiet'), { env })
    await run(git('add', '.'), { env })
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org']
    await run(git(...author, 'commit', '--quiet', '--message=one'), { env })
    const tar = await programBytes(git('archive', '--format=tar', 'HEAD'), { env })
    const compact = await engine.importTree(Readable.from([tar]), { compact: true })
    expect(compact.layers[0]?.endsWith('.sqfs')).toBe(images)
    expect(compact.digest).toBe((await engine.importTree(Readable.from([tar]))).digest)
  })

  test('can be mounted, several at a time, read-only', async () => {
    const { compact, folder } = await both(repository)
    const mounts = [compact, folder, compact].map((source, n) => ({
      source,
      target: `/m${n}`,
      readOnly: true as const,
    }))
    const script = `for d in /m*; do cd $d; ${LOOK}; done; touch /m0/x /m0/dev-lang/x; mount -o remount,bind,rw /m0`
    const answers = await Promise.all(Array.from({ length: 4 }, () => told(script, { mounts })))
    for (const { words } of answers) {
      const lines = words.split('\n')
      const third = lines.findIndex((line) => line === '600000') + 1
      expect(third).toBeGreaterThan(5)
      expect(lines.slice(third, 2 * third)).toEqual(lines.slice(0, third))
      expect(lines.slice(2 * third, 3 * third)).toEqual(lines.slice(0, third))
      expect(words).toContain('0:0')
      expect(words.match(/Read-only file system/g)).toHaveLength(2)
      expect(words).toMatch(/mount: .*(permission denied|must be superuser|not mount|failed)/i)
    }
  })

  test.each(['layered', 'copied'] as const)('can be a %s root, and kept with changes', async (root) => {
    const members = await membersOf(await engine.exportTree(tree, { epoch: EPOCH }))
    const compact = await engine.importTree(members(), { compact: true })
    const folder = await engine.importTree(members())
    expect(compact.digest).toBe(folder.digest)
    const change = 'echo new > /etc/new; rm /etc/passwd; mv /bin/od /bin/oo; mkdir /d; stat -c "%a %u" / /etc; ls /etc'
    const kept: TreeRef[] = []
    for (const base of [compact, folder]) {
      const container = await engine.open(spec({ tree: base, root }))
      expect(await say(container, change)).toEqual({ status: 0, words: '755 0\n755 0\nnew\nshadow\n' })
      expect(await readFile(join((await container.keepFiles('/etc')).path, 'new'), 'utf8')).toBe('new\n')
      kept.push(await container.keepTree('/'))
      await container.close()
    }
    const [one, two] = kept as [TreeRef, TreeRef]
    expect(one.digest).toBe(two.digest)
    expect(one.layers).toHaveLength(root === 'layered' ? 2 : 1)
    expect(await told('cat /etc/new; ls /bin/oo; ls -d /d', { tree: one })).toEqual({
      status: 0,
      words: 'new\n/bin/oo\n/d\n',
    })
    const mounts = [{ source: one, target: '/m', readOnly: true as const }]
    expect(await told('cat /m/etc/new; ls /m/etc', { mounts })).toEqual({ status: 0, words: 'new\nnew\nshadow\n' })
    const tars = kept.map(async (made) => sha256(await engine.exportTree(made, { epoch: EPOCH })))
    const [first, second] = await Promise.all(tars)
    expect(first).toBe(second)
    expect((await engine.readFile(one, '/etc/new', { maxBytes: 9 }))?.toString()).toBe('new\n')
  })

  test.each<[string, Member[]]>([
    ['an owner', [{ name: 'o', uid: 250, content: 'o' }]],
    [
      'an ACL',
      [
        {
          name: 'o',
          mode: 0o654,
          pax: { 'SCHILY.acl.access': 'user::rw-\nuser:1000:r--\ngroup::r-x\nmask::r-x\nother::r--\n' },
        },
      ],
    ],
    ['a second version', [{ name: 'dev-lang/a/a-1.ebuild', content: 'EAPI=9\n' }]],
    [
      'a hard link to before it',
      [
        { name: 'o', uid: 5 },
        { name: 'p', type: '1', link: 'profiles/large' },
      ],
    ],
  ])('with %s is a folder, and right', async (_what, odd) => {
    const { compact, folder } = await both([...repository, ...odd, { name: 'end', content: 'end' }])
    expect(compact.layers[0]).toMatch(/^[0-9a-f]{12}$/)
    expect(compact.digest).toBe(folder.digest)
    const tars = [compact, folder].map(async (made) => sha256(await engine.exportTree(made, { epoch: 0 })))
    const [one, two] = await Promise.all(tars)
    expect(one).toBe(two)
    expect(await readdir(join(data, 'scratch/incoming'))).toEqual([])
  })

  test('is kept for preserved containers, and pruned when nobody has it', async () => {
    const { compact, folder } = await both(repository)
    const mounts = [{ source: compact, target: '/m', readOnly: true as const }]
    const container = await engine.open(spec({ mounts }))
    const preserved = await container.preserve()
    await container.close()
    await engine.prune([tree])
    expect(await engine.has(folder)).toBe(false)
    const again = await engine.reopen(preserved)
    expect(await say(again, 'cat /m/dev-lang/a/a-1.ebuild')).toEqual({ status: 0, words: 'EAPI=8\n' })
    await again.close()
    await engine.discard(preserved)
    await engine.sweep()
    expect(await engine.has(compact)).toBe(true)
    await engine.prune([tree])
    expect(await engine.has(compact)).toBe(false)
    expect(await readdir(join(data, 'store/trees'))).toEqual([...tree.layers])
  })

  test.runIf(process.getuid?.() === 0)('with other bytes are not whole any more', async () => {
    const { compact } = await both(repository)
    expect(await engine.isWhole(compact)).toBe(true)
    const [layer = ''] = compact.layers
    const path = join(data, 'store/trees', layer)
    await run([
      'bash',
      '-c',
      '[[ -d $1 ]] && rm -r -- "$1"/* || printf x | dd of="$1" bs=1 seek=200 conv=notrunc',
      'bash',
      path,
    ])
    expect(await (await openEngine(name, { data })).isWhole(compact)).toBe(false)
    await engine.remove(compact, [])
  })

  test('that this host cannot mount say what to do', async () => {
    const layer = '0123456789ab.sqfs'
    const image = join(data, 'store/trees', layer)
    await writeFile(image, 'no image')
    const broken: TreeRef = { engine: name, layers: [layer], digest: '' }
    const mounts = [{ source: broken, target: '/m', readOnly: true as const }]
    await expect(told('true', { mounts })).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining(`it failed to mount the image ${image}:\n`) as string,
      hint: 'Let this host mount squashfs images (sudo modprobe --all loop squashfs), or remove this one: where images cannot be mounted, the next run makes it again as a folder.',
    })
    await engine.remove(broken, [])
  })

  test('kill -9 of the program leaves no mount and no loop device', async () => {
    const { compact } = await both(repository)
    const held = await compileProgram('tests/contract/held.ts', scratch)
    const words = [held, name, data, JSON.stringify(tree), '1000001', '1000002', JSON.stringify(compact)]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    if (images) expect(await loops()).toHaveLength(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await expect.poll(loops, { timeout: 5000 }).toEqual([])
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain('squashfs')
    await engine.sweep()
  })

  test('30,000 files: imported in seconds, entered at once', async () => {
    // Folders of small files are what this is to avoid: where there are no images, a few are enough.
    const count = images ? 30_000 : 3000
    const tar = manyFiles(count)
    const [compact, importing] = await timed(() => engine.importTree(Readable.from([tar]), { compact: true }))
    const mounts = [{ source: compact, target: '/repository', readOnly: true as const }]
    const enter = async (more: Partial<ContainerSpec>) => {
      const container = await engine.open(spec(more))
      const times: number[] = []
      for (let n = 0; n < 5; n += 1) times.push((await timed(() => container.run(['true'], {}, never)))[1])
      await container.close()
      return Math.min(...times)
    }
    const [without, mounted] = [await enter({}), await enter({ mounts })]
    const size = await engine.sizeOf(compact)
    const figures = `${Math.round(importing)} ms to import, ${Math.round(size / 1e6)} MB on disk of ${Math.round(tar.length / 1e6)} MB`
    console.log(
      `${count} files, ${compact.layers[0]}: ${figures}; to enter ${Math.round(without)} ms, with it ${Math.round(mounted)} ms`,
    )
    expect(mounted - without).toBeLessThan(200)
    expect(
      (await told('ls /repository | wc -l; cat /repository/cat-2/pkg-3/3.ebuild | wc -c', { mounts })).words,
    ).toMatch(new RegExp(`^${count / 1000}\\n\\d+\\n$`))
    if (images) expect(size).toBeLessThan(30e6)
    await engine.remove(compact, [])
  })

  /** Loop devices over files of this test. */
  async function loops(): Promise<string[]> {
    const found: string[] = []
    for (const device of await readdir('/sys/block').catch(() => [])) {
      const file = await readFile(join('/sys/block', device, 'loop/backing_file'), 'utf8').catch(() => '')
      if (file.includes(scratch)) found.push(file.trim())
    }
    return found
  }
})

/** Large buffers are compared by their digest: a test runner looks at each byte. */
async function sha256(source: Readable): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(source, hash)
  return hash.digest('hex')
}

async function canLoop(): Promise<boolean> {
  return (await stat('/dev/loop-control').catch(() => undefined)) !== undefined
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now()
  const made = await work()
  return [made, performance.now() - start]
}

/** The same tar again and again. */
async function membersOf(tar: Readable): Promise<() => Readable> {
  const bytes = await buffer(tar)
  return () => Readable.from([bytes])
}

/** A repository of files like ebuilds: words that repeat, digests that do not. */
function manyFiles(count: number): Buffer {
  const blocks: Buffer[] = []
  let seed = 1
  const random = () => (seed = (seed * 48_271) % 0x7fffffff)
  const words = Array.from({ length: 2000 }, () => random().toString(36))
  for (let n = 0; n < count; n += 1) {
    const body = Array.from({ length: 60 + (random() % 120) }, () => words[random() % words.length]).join(' ')
    const name = `cat-${Math.floor(n / 1000)}/pkg-${Math.floor((n % 1000) / 10)}/${n % 10}.ebuild`
    blocks.push(member(name, Buffer.from(body)))
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function member(name: string, content: Buffer): Buffer {
  const block = Buffer.alloc(512 + Math.ceil(content.length / 512) * 512)
  const octal = (value: number, at: number, length: number) => block.write(value.toString(8).padStart(length, '0'), at)
  block.write(name, 0)
  octal(0o644, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(content.length, 124, 11)
  octal(1_000_000_000, 136, 11)
  block.write('        0', 148)
  block.write('ustar\u000000', 257, 'latin1')
  let sum = 0
  for (let at = 0; at < 512; at += 1) sum += block[at] ?? 0
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  content.copy(block, 512)
  return block
}
