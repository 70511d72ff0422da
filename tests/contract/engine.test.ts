/** What every engine promises (src/engine/engine.ts), asked of real containers. */
import { createReadStream } from 'node:fs'
import { access, chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once, setMaxListeners } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Container, ContainerSpec, Engine, Io, TreeRef } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import { namedPipe, type NamedPipe } from '../../src/system/named-pipe.ts'
import { run } from '../../src/system/process.ts'
import { compileProgram } from '../kit/compiled.ts'
import { smallTree } from './small-tree.ts'
import { tarOf, type Member } from './tar-writer.ts'

const ENGINES = (process.env['GENTOOMUCH_ENGINES'] ?? 'embedded').split(' ')
const never = new AbortController().signal
// Dozens of commands run side by side.
setMaxListeners(0, never)
/** A number that only this run's processes have in their command line. */
const mark = (n: number) => `${1_000_000 + process.pid}${n}`

describe.each(ENGINES)('engine %s', (name) => {
  let scratch: string
  let data: string
  let engine: Engine
  let tree: TreeRef

  beforeAll(async () => {
    // A folder nobody else may enter: what /root is to root.
    scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-contract-'))
    await chmod(scratch, 0o700)
    data = join(scratch, 'data')
    engine = await openEngine(name, { data })
    tree = await engine.importTree(createReadStream(await smallTree(scratch)))
  })

  afterAll(async () => {
    if (tree) await engine.remove(tree, [])
    for (const left of await engine.preserved()) await engine.discard(left)
    await engine.sweep()
    const layers = await readdir(join(data, 'store/trees'))
    for (const layer of layers) await engine.remove({ engine: name, layers: [layer], digest: '' }, [])
    await rm(scratch, { recursive: true })
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

  /** What a bash script prints in a container, and its status. */
  async function say(container: Container, script: string, io: Io = {}) {
    const out = new PassThrough()
    const err = new PassThrough()
    const words = Promise.all([text(out), text(err)])
    const { status } = await container.run(['bash', '-c', script], { stdout: out, stderr: err, ...io }, never)
    out.end()
    err.end()
    const [stdout, stderr] = await words
    return { status, stdout, stderr }
  }

  async function within<T>(more: Partial<ContainerSpec>, use: (container: Container) => Promise<T>): Promise<T> {
    const container = await engine.open(spec(more))
    try {
      return await use(container)
    } finally {
      await container.close()
    }
  }

  /** The output of a script in a fresh container; it has to succeed. */
  const told = (script: string, more: Partial<ContainerSpec> = {}, io: Io = {}) =>
    within(more, async (container) => {
      const { status, stdout, stderr } = await say(container, script, io)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      return stdout
    })

  describe('a command', () => {
    test('has exactly the environment it was given', async () => {
      const env = { PATH: '/bin', 'odd.name-1': "it's\n$x", EMPTY: '' }
      const out = await within({ env }, async (container) => {
        const stdout = new PassThrough()
        const words = text(stdout)
        await container.run(['env', '-0'], { stdout, env: { MORE: 'a b' } }, never)
        stdout.end()
        return words
      })
      expect(out.split('\0').filter(Boolean).toSorted()).toEqual(
        ['EMPTY=', 'MORE=a b', 'PATH=/bin', "odd.name-1=it's\n$x"].toSorted(),
      )
    })

    test('gets its words as they are', async () => {
      const words = ['', 'a b', '"\'`$(id)', '-n', 'line\nbreak', 'é€', '--']
      const out = await within({}, async (container) => {
        const stdout = new PassThrough()
        const said = text(stdout)
        await container.run(['bash', '-c', String.raw`printf '%s\0' "$@"`, 'name', ...words], { stdout }, never)
        stdout.end()
        return said
      })
      expect(out.split('\0').slice(0, -1)).toEqual(words)
    })

    test.each([
      ['exit 7', 7],
      ['kill -TERM $$', 143],
      ['kill -KILL $$', 137],
      ['kill -INT $$', 130],
      ['exec /bin/nothing-there', 127],
    ])('ends with its own status: %s', async (script, status) => {
      expect((await within({}, (container) => say(container, script))).status).toBe(status)
    })

    test('that does not exist ends with 127', async () => {
      const exit = await within({}, (container) => container.run(['nothing-there'], {}, never))
      expect(exit).toEqual({ status: 127 })
    })

    test('has the three streams', async () => {
      const stdin = Readable.from(['to', ' you'])
      const said = await within({}, (container) => say(container, 'cat; echo bad >&2', { stdin }))
      expect(said).toEqual({ status: 0, stdout: 'to you', stderr: 'bad\n' })
    })

    test('without a stdin reads nothing', async () => {
      expect(await told('cat; echo end')).toBe('end\n')
    })

    test('that does not read its stdin just ends', async () => {
      const endless = new Readable({
        read() {
          this.push(Buffer.alloc(65_536))
        },
      })
      const said = await within({}, (container) => say(container, 'echo done', { stdin: endless }))
      expect(said).toEqual({ status: 0, stdout: 'done\n', stderr: '' })
      endless.destroy()
    })

    test('that cannot be entered ends the container', async () => {
      const source = join(await mkdtemp(join(tmpdir(), 'gentoomuch-mount-')), 'gone')
      await writeFile(source, '')
      const mounts = [{ source, target: '/there', readOnly: true as const }]
      await within({ mounts }, async (container) => {
        await rm(dirname(source), { recursive: true })
        const running = container.run(['true'], {}, AbortSignal.timeout(20_000))
        await expect(running).rejects.toMatchObject({
          code: 'engine-failed',
          message: `The embedded engine could not start a container; it failed to reach ${source}:\nmount of ${source} on /mnt/m0: No such file or directory`,
        })
      })
    })

    test('is entered more often than one resident process has sockets for, side by side and one by one', async () => {
      await within({}, async (container) => {
        for (let n = 0; n < 40; n++) expect(await say(container, `echo ${n}`)).toMatchObject({ stdout: `${n}\n` })
      })
      const all = Array.from({ length: 40 }, (_, n) => told(`echo ${n}`))
      expect(await Promise.all(all)).toEqual(all.map((_, n) => `${n}\n`))
    })

    test('gives every byte of a long output', async () => {
      const bytes = await within({}, async (container) => {
        const stdout = new PassThrough()
        const all = buffer(stdout)
        await container.run(['dd', 'if=/dev/zero', 'bs=1M', 'count=40', 'status=none'], { stdout }, never)
        stdout.end()
        return all
      })
      expect(bytes.length).toBe(40 * 1024 * 1024)
    })

    test('starts in the folder it was told', async () => {
      expect(await told('echo "$PWD"')).toBe('/\n')
      expect(await told('echo "$PWD"', {}, { cwd: '/var/tmp' })).toBe('/var/tmp\n')
    })

    test('has no controlling terminal, default signals and umask 022', async () => {
      expect(await told('(: </dev/tty) 2>/dev/null || echo none; umask; trap; grep SigIgn /proc/self/status')).toBe(
        'none\n0022\nSigIgn:\t0000000000000000\n',
      )
    })

    test('has no descriptors but the three (and the one it lists them with)', async () => {
      expect(await told('for f in /proc/$$/fd/*; do echo ${f##*/}; done')).toBe('0\n1\n2\n3\n')
    })

    test('leaves nothing running behind it', async () => {
      await within({}, async (container) => {
        await say(container, `setsid sleep ${mark(2)} >/dev/null 2>&1 & exit 0`)
        expect(await processes(`sleep\0${mark(2)}`)).toEqual([])
      })
    })

    test('has orphans reaped', async () => {
      const script = 'for i in 1 2 3; do (sleep 0.1 & ) ; done; sleep 0.5; ps -eo stat= | grep -c Z'
      expect((await within({}, (container) => say(container, script))).stdout).toBe('0\n')
    })
  })

  describe('inside', () => {
    test('root is root, with all of 65536 ids and no privilege outside', async () => {
      const out = await told('id -u; id -g; id -G; touch /a; chown 65534:65533 /a; stat -c %u:%g /a; cat /etc/shadow')
      expect(out).toBe('0\n0\n0\n65534:65533\nroot:of-the-tree:::::::\n')
    })

    test('the id map never gives the ids of the host', async () => {
      const map = (await told('cat /proc/self/uid_map')).trim().split(/\s+/).map(Number)
      // As seen from outside: what root inside owns is owned by a stranger, or by the ordinary user himself.
      const owner = await within({ folders: ['/out'] }, async (container) => {
        await say(container, 'touch /out/0; chown 1 /out/0')
        const found = (await run(['find', data, '-name', '0', '-type', 'f', '-printf', '%U\n'], { accept: [0, 1] }))
          .stdout
        return Number(found.trim())
      })
      expect(map[0]).toBe(0)
      expect(owner).toBeGreaterThan(65_535)
    })

    test('nothing of the host is in sight', async () => {
      expect(await told('ls -A /')).not.toContain('usr/share')
      expect(await told('cat /proc/mounts')).not.toMatch(/ \/(mnt|host|programs)/)
      expect(await told('for p in /proc/[0-9]*; do echo ${p##*/}; done | wc -l')).toMatch(/^[1-6]\n$/)
      expect(
        await told('ls -A /proc/1/root/ | grep -c "^programs$"; ls -d /mnt /home/*/ 2>&1 | grep -c . ; true'),
      ).toMatch(/^0\n/)
    })

    test('every container has the same host name', async () => {
      expect(await told('cat /proc/sys/kernel/hostname')).toBe('gentoomuch\n')
    })

    test('/dev works', async () => {
      const script = [
        'echo x > /dev/null; echo y >> /dev/null; test ! -s /dev/null',
        'dd if=/dev/zero bs=16 count=1 status=none | od -An -tx1',
        'dd if=/dev/urandom bs=16 count=1 status=none | wc -c',
        'echo full > /dev/full 2>/dev/null || echo ENOSPC',
        'echo err > /dev/stderr 2>/dev/null; echo out > /dev/stdout; cat < /dev/stdin',
        'cat <(echo substituted); touch /dev/shm/x; : > /dev/ptmx && ls /dev/pts',
        'ls /dev | tr "\\n" " "',
      ].join('\n')
      expect((await within({}, (container) => say(container, script))).stdout).toBe(
        [
          ' 00'.repeat(16),
          '16',
          'ENOSPC',
          'out',
          'substituted',
          'ptmx',
          'fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ',
        ].join('\n'),
      )
    })

    test('the kernel cannot be told anything', async () => {
      const script =
        'for f in kernel/core_pattern vm/drop_caches kernel/hostname; do echo x > /proc/sys/$f && echo bad; done'
      const { stdout, stderr } = await within({}, (container) => say(container, script))
      expect(stdout).toBe('')
      expect(stderr.match(/Read-only|Permission denied/g)).toHaveLength(3)
      const trigger = await within({}, (container) =>
        say(container, 'test ! -e /proc/sysrq-trigger || cat /proc/sysrq-trigger'),
      )
      expect(trigger.stdout).toBe('')
      expect((await within({}, (container) => say(container, 'mkdir /sys/x'))).status).not.toBe(0)
    })

    test('Portage may make namespaces of its own', async () => {
      const script =
        'unshare --mount --pid --ipc --net --fork bash -c "mount --make-rslave / && mount -t proc proc /proc && echo \\$\\$"'
      expect(await told(script)).toBe('1\n')
    })

    test('without a network there is a loopback and nothing else', async () => {
      expect(await told('tail=1; cat /proc/net/dev | grep : | tr -s " " | while read -r n _; do echo $n; done')).toBe(
        'lo:\n',
      )
    })

    test('with a network names can be looked up as on the host', async () => {
      const out = await told('grep -c . /proc/net/dev; test -r /etc/resolv.conf && echo can', { network: true })
      expect(out).toMatch(/^\d+\ncan\n$/)
    })

    test('/tmp and /run are empty each time, /var/tmp is on disk', async () => {
      await within({}, async (container) => {
        const first = 'touch /tmp/a /run/a /var/tmp/a; stat -c %a /tmp /run /var/tmp; stat -f -c %T /var/tmp /tmp'
        const kinds = (await say(container, first)).stdout.trim().split('\n')
        expect(kinds.slice(0, 3)).toEqual(['1777', '755', '1777'])
        expect(kinds[4]).toBe('tmpfs')
        expect((await say(container, 'ls /tmp /run')).stdout).toBe('/run:\n\n/tmp:\n')
        expect((await say(container, 'echo keep > /f')).status).toBe(0)
        const kept = await engine.open(spec({ tree: await container.keepTree('/') }))
        expect((await say(kept, 'cat /f; ls /var/tmp')).stdout).toBe('keep\n')
        await kept.close()
      })
    })
  })

  describe('mounts', () => {
    test('odd names work, everything is read-only, folders are writable', async () => {
      const names = ['a b', "it's", 'line\nbreak', 'c:o,m=m\\a', 'é"x', '$(id)', '%s \\040']
      const mounts = []
      for (const [n, odd] of names.entries()) {
        const source = join(scratch, 'sources', odd)
        await mkdir(source, { recursive: true })
        await writeFile(join(source, 'file'), `${n}\n`)
        mounts.push({ source, target: `/m/${odd}`, readOnly: true as const })
        mounts.push({ source: join(source, 'file'), target: `/files/${n}`, readOnly: true as const })
      }
      const script = [
        'for d in /m/*; do cat "$d/file"; (: > "$d/file") 2>/dev/null && echo writable; touch "$d/new" 2>/dev/null && echo writable; done',
        'cat /files/*; (: > /files/0) 2>/dev/null && echo writable',
        'stat -c "%a %u" /out; touch /out/x; stat -f -c %T /t; touch /t/x; mount -o remount,bind,rw "/m/a b" 2>/dev/null && echo remounted; true',
      ].join('\n')
      const out = await told(script, { mounts, folders: ['/out'], tmpfs: ['/t'] })
      expect(out.split('\n').slice(0, 7).toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6'])
      expect(out).not.toContain('writable')
      expect(out).not.toContain('remounted')
      expect(out).toMatch(/755 0\ntmpfs\n$/)
    })

    test('a mount of what is not there is told', async () => {
      const mounts = [{ source: join(scratch, 'nowhere'), target: '/x', readOnly: true as const }]
      await expect(engine.open(spec({ mounts }))).rejects.toMatchObject({ code: 'mount-missing' })
    })

    test('targets follow the links of the tree, not those of the host', async () => {
      const linked = await within({}, async (container) => {
        await say(container, 'ln -s /real /link; mkdir /real; ln -s ../../../../etc /climb')
        return container.keepTree('/')
      })
      const source = join(scratch, 'one-file')
      await writeFile(source, 'one\n')
      const mounts = ['/link/file', '/climb/one'].map((target) => ({ source, target, readOnly: true as const }))
      expect(await told('cat /real/file /etc/one', { tree: linked, mounts, folders: ['/link/sub'] })).toBe('one\none\n')
      await expect(access('/etc/one')).rejects.toThrow()
      await engine.remove(linked, [tree])
    })

    test('what is mounted in a mount comes after it', async () => {
      const source = join(scratch, 'outer')
      await mkdir(join(source, 'inner'), { recursive: true })
      const mounts = [{ source, target: '/outer', readOnly: true as const }]
      expect(
        await told('touch /outer/inner/x /t/f/x; ls /outer', {
          mounts,
          folders: ['/outer/inner', '/t/f'],
          tmpfs: ['/t'],
        }),
      ).toBe('inner\n')
    })

    test('trees can be mounted, read-only', async () => {
      const two = await within({}, async (container) => {
        await say(container, 'echo upper > /etc/new; rm /etc/passwd')
        return container.keepTree('/')
      })
      const mounts = [
        { source: tree, target: '/one', readOnly: true as const },
        { source: two, target: '/two', readOnly: true as const },
      ]
      const script =
        'ls /one/etc; ls /two/etc; touch /one/x 2>/dev/null && echo writable; touch /two/x 2>/dev/null && echo writable; true'
      expect(await told(script, { mounts })).toBe('passwd\nshadow\nnew\nshadow\n')
      await engine.remove(two, [tree])
    })

    // A tree is read-only: nothing can be made in it to mount on.
    test.each<[string, string, () => Partial<ContainerSpec>]>([
      ['a folder', 'to mount /tree/new', () => ({ mounts: [readOnly(tree, '/tree'), readOnly(scratch, '/tree/new')] })],
      [
        'a file',
        'to mount /tree/new/file',
        () => ({ mounts: [readOnly(tree, '/tree'), readOnly(join(scratch, 'small-tree.tar'), '/tree/new/file')] }),
      ],
      [
        'a tree',
        'to mount a tree on /tree/new',
        () => ({ mounts: [readOnly(tree, '/tree'), readOnly(tree, '/tree/new')] }),
      ],
      ['a tmpfs', 'to mount a tmpfs on /tree/new', () => ({ mounts: [readOnly(tree, '/tree')], tmpfs: ['/tree/new'] })],
      [
        'the root',
        'to mount the layers of the root',
        () => ({ tree: { ...tree, layers: ['0123456789ab', ...tree.layers] } }),
      ],
    ])('%s that cannot be mounted ends the container', async (_what, step, more) => {
      await within(more(), async (container) => {
        const running = container.run(['true'], {}, AbortSignal.timeout(20_000))
        await expect(running).rejects.toMatchObject({
          code: 'engine-failed',
          message: expect.stringContaining(`it failed ${step}:\n`) as string,
        })
      })
      expect(await mountsOf(data)).toEqual([])
    })
  })

  const readOnly = (source: string | TreeRef, target: string) => ({ source, target, readOnly: true as const })

  describe('trees', () => {
    const CAPABILITY = Buffer.from('0100000200040000000000000000000000000000', 'hex')
    const odd: Member[] = [
      { name: './', type: '5' },
      { name: './suid', mode: 0o4755, uid: 250, content: 'x' },
      { name: './sticky', type: '5', mode: 0o3777, uid: 1000 },
      { name: './cap', mode: 0o755, pax: { 'SCHILY.xattr.security.capability': CAPABILITY }, content: 'cap' },
      {
        name: './acl',
        mode: 0o654,
        pax: { 'SCHILY.acl.access': 'user::rw-\nuser:1000:r--\ngroup::r-x\nmask::r-x\nother::r--\n' },
      },
      { name: './user', pax: { 'SCHILY.xattr.user.note': Buffer.from([0, 255, 61, 10]) } },
      { name: './hard', type: '1', link: './suid' },
      { name: './soft', type: '2', link: '/etc/../../nowhere' },
      { name: './fifo', type: '6' },
      { name: `./line\nbreak 'é" \\ ${'long'.repeat(18)}`, content: 'odd' },
      { name: 'x', pax: { path: `./${'deep/'.repeat(24)}end` }, content: 'deep' },
    ]

    test('come back out as they went in', async () => {
      const first = await engine.importTree(tarOf(odd))
      const out = await buffer(await engine.exportTree(first, { epoch: 1_600_000_000 }))
      const words = out.toString('latin1')
      expect(words).toContain(`SCHILY.xattr.security.capability=${CAPABILITY.toString('latin1')}\n`)
      expect(words).toContain('user:1000:r--')
      expect(words).toContain('SCHILY.xattr.user.note=\0\u00ff=\n')
      expect(words).not.toContain('user.overlay')
      const listing = (await run(['tar', '--list', '--verbose', '--numeric-owner', '--utc'], { input: out })).stdout
      expect(listing).toMatch(/-rwsr-xr-x 250\/250 +1 2001-09-09 01:46 \.\/hard\n/)
      expect(listing).toMatch(/hrwsr-xr-x 250\/250 +0 2001-09-09 01:46 \.\/suid link to \.\/hard\n/)
      expect(listing).toMatch(/drwxrwsrwt 1000\/1000 .* \.\/sticky\//)
      expect(listing).toMatch(/prw-r--r-- 0\/0 .* \.\/fifo/)
      const second = await engine.importTree(Readable.from([out]))
      expect(second.digest).toBe(first.digest)
      expect(await buffer(await engine.exportTree(second, { epoch: 1_600_000_000 }))).toEqual(out)
      const early = await buffer(await engine.exportTree(second, { epoch: 5 }))
      expect((await run(['tar', '--list', '--verbose', '--utc'], { input: early })).stdout).not.toContain('2001')
      await engine.remove(first, [])
      await engine.remove(second, [])
    })

    test('have digests of their content, not of their times', async () => {
      const digest = async (members: Member[]) => {
        const made = await engine.importTree(tarOf(members))
        await engine.remove(made, [])
        return made.digest
      }
      const root: Member = { name: './', type: '5' }
      const base = await digest([root, { name: './a', content: 'a', mtime: 1 }, { name: './b', content: 'b' }])
      expect(await digest([root, { name: './b', content: 'b' }, { name: './a', content: 'a', mtime: 2 }])).toBe(base)
      const others = [
        [root, { name: './a', content: 'b' }, { name: './b', content: 'b' }],
        [root, { name: './a', content: 'a', mode: 0o600 }, { name: './b', content: 'b' }],
        [root, { name: './a', content: 'a', uid: 1 }, { name: './b', content: 'b' }],
        [root, { name: './a', content: 'a', pax: { 'SCHILY.xattr.user.a': '1' } }, { name: './b', content: 'b' }],
        [root, { name: './a', content: 'a' }, { name: './c', content: 'b' }],
      ]
      expect(new Set([base, ...(await Promise.all(others.map(digest)))]).size).toBe(6)
    })

    test('kept of a folder equal imported ones', async () => {
      const imported = await engine.importTree(
        tarOf([
          { name: './', type: '5' },
          { name: './d', type: '5', mode: 0o700, uid: 7 },
          { name: './d/f', content: 'text\n', uid: 250 },
          { name: './l', type: '2', link: 'd/f' },
          { name: './fifo', type: '6', mode: 0o600 },
        ]),
      )
      await within({ folders: ['/out'] }, async (container) => {
        const script =
          'cd /out; mkdir -m 700 d; echo text > d/f; chown 250:250 d/f; chown 7:7 d; ln -s d/f l; mkfifo -m 600 fifo'
        expect((await say(container, script)).stderr).toBe('')
        const kept = await container.keepTree('/out')
        expect(kept.layers).toHaveLength(1)
        expect(kept.digest).toBe(imported.digest)
        await engine.remove(kept, [])
      })
      await engine.remove(imported, [])
    })

    test('of a whole container keep what was deleted, renamed and replaced', async () => {
      const base = await within({}, async (container) => {
        await say(
          container,
          'mkdir -p /d/sub /gone; echo 1 > /d/sub/one; echo 2 > /two; echo 3 > /gone/three; ln /two /three',
        )
        return container.keepTree('/')
      })
      const change =
        'mv /d /moved; rm -r /gone; rm /two; mkdir /two; echo 4 > /two/four; rm -r /etc; mkdir /etc; echo 5 > /etc/five'
      const changed = async () =>
        within({ tree: base }, async (container) => {
          expect((await say(container, change)).stderr).toBe('')
          return container.keepTree('/')
        })
      const [one, two] = [await changed(), await changed()]
      expect(one.layers.slice(0, -1)).toEqual(base.layers)
      expect(one.digest).toBe(two.digest)
      expect(one.digest).not.toBe(base.digest)
      const look = 'cat /moved/sub/one /two/four /etc/*; ls -d /d /gone 2>/dev/null; cat /three'
      expect((await within({ tree: one }, (container) => say(container, look))).stdout).toBe('1\n4\n5\n2\n')
      const listing = (
        await run(['tar', '--list'], { input: await buffer(await engine.exportTree(one, { epoch: 9 })) })
      ).stdout
      expect(listing).toContain('./moved/sub/one\n')
      expect(listing).not.toMatch(/^\.\/(d|gone)\//m)
      // Once more through tar it is one layer, and the same to look at.
      const flat = await engine.importTree(await engine.exportTree(one, { epoch: 9 }))
      expect((await within({ tree: flat }, (container) => say(container, look))).stdout).toBe('1\n4\n5\n2\n')
      await engine.remove(flat, [])
      await engine.remove(two, [one])
      await engine.remove(one, [tree])
    })

    test('copied roots keep hard links, layered ones do not change what is below', async () => {
      const base = await within({}, async (container) => {
        await say(container, 'mkdir /h; echo 1 > /h/a; ln /h/a /h/b')
        return container.keepTree('/')
      })
      const script = 'echo 2 >> /h/a; cat /h/b'
      const kept = await within({ tree: base, root: 'copied' }, async (container) => {
        expect((await say(container, script)).stdout).toBe('1\n2\n')
        expect((await say(container, 'stat -c %h /h/b; rm /bin/od')).stdout).toBe('2\n')
        return container.keepTree('/')
      })
      expect(kept.layers).toHaveLength(1)
      expect((await within({ tree: kept }, (container) => say(container, 'cat /h/b; ls /bin/od'))).stdout).toBe(
        '1\n2\n',
      )
      expect((await within({ tree: base }, (container) => say(container, 'cat /h/b; ls /bin/od'))).stdout).toBe(
        '1\n/bin/od\n',
      )
      await engine.remove(kept, [])
      await engine.remove(base, [tree])
    })

    test('of a folder that began as a tree are that tree, times and all, and share nothing with it', async () => {
      const members: Member[] = [
        { name: './', type: '5', mode: 0o1775, uid: 5 },
        { name: './a', content: 'text\n', mode: 0o4755, uid: 250 },
        { name: './b', type: '1', link: './a' },
        { name: './l', type: '2', link: 'a' },
        { name: './fifo', type: '6', mode: 0o600 },
      ]
      const low = await engine.importTree(tarOf(members))
      const bytes = async (of: TreeRef) => buffer(await engine.exportTree(of, { epoch: 2 ** 31 }))
      const filled = { '/out': low }
      const same = await within({ folders: ['/out', '/other'], filled }, async (container) => {
        expect((await say(container, 'ls -A /other')).stdout).toBe('')
        return container.keepTree('/out')
      })
      expect(same.layers).toHaveLength(1)
      expect(same.digest).toBe(low.digest)
      expect((await bytes(same)).equals(await bytes(low))).toBe(true)
      const changed = await within({ folders: ['/out'], filled }, async (container) => {
        expect((await say(container, 'cd /out; echo more >> a; cat b; rm l; chmod 755 .')).stdout).toBe('text\nmore\n')
        return container.keepTree('/out')
      })
      expect((await bytes(same)).equals(await bytes(low))).toBe(true)
      expect(changed.digest).not.toBe(low.digest)
      for (const one of [same, changed, low]) await engine.remove(one, [])
    })

    test('copied without a change have the digest of the flat tree', async () => {
      const kept = await within({ root: 'copied' }, (container) => container.keepTree('/'))
      expect(kept.digest).toBe(tree.digest)
      await engine.remove(kept, [])
    })

    test('can be thirty layers deep', async () => {
      let deep = tree
      for (let n = 0; n < 30; n += 1) {
        deep = await within({ tree: deep }, async (container) => {
          expect((await say(container, `echo ${n} >> /count; echo ${n} > /f${n}`)).status).toBe(0)
          return container.keepTree('/')
        })
      }
      expect(deep.layers).toHaveLength(31)
      expect(await told('wc -l < /count; cat /f0 /f29', { tree: deep })).toBe('30\n0\n29\n')
      await engine.remove(deep, [tree])
      expect(await engine.has(deep)).toBe(false)
      expect(await engine.has(tree)).toBe(true)
    })

    test('know their size', async () => {
      const size = await engine.sizeOf(tree)
      expect(size).toBeGreaterThan(1_000_000)
      expect(size).toBeLessThan(500_000_000)
    })

    test.each<[string, Member]>([
      ['..', { name: 'a/../../b' }],
      ['an absolute name', { name: '/etc/passwd' }],
      ['a hard link to outside', { name: 'a', type: '1', link: '../../b' }],
      ['an absolute hard link', { name: 'a', type: '1', link: '/etc/passwd' }],
      ['a long name', { name: 'a', pax: { path: `${'long/'.repeat(40)}../${'../'.repeat(50)}b` } }],
    ])('that climb out are refused: %s', async (_what, member) => {
      const before = await readdir(join(data, 'store/trees'))
      const refused = engine.importTree(tarOf([{ name: './', type: '5' }, { name: './ok' }, member]))
      await expect(refused).rejects.toMatchObject({ code: 'tar-climbs-out', exit: 3 })
      expect(await readdir(join(data, 'store/trees'))).toEqual(before)
    })

    test('leave device nodes behind', async () => {
      const members: Member[] = [
        { name: './', type: '5' },
        { name: './dev/console', type: '3' },
        { name: './f', content: 'f' },
      ]
      const made = await engine.importTree(tarOf(members))
      expect(
        (await run(['tar', '--list'], { input: await buffer(await engine.exportTree(made, { epoch: 0 })) })).stdout,
      ).toBe('./\n./f\n')
      await engine.remove(made, [])
    })

    test.each([
      ['cut short', 700, 'tar-cut-short'],
      ['not a tar', 0, 'tar-broken'],
    ])('that are %s are told', async (_what, keep, code) => {
      const whole = await buffer(tarOf([{ name: './a', content: 'x'.repeat(5000) }]))
      const bytes = keep === 0 ? Buffer.from('no tar at all '.repeat(100)) : whole.subarray(0, keep)
      await expect(engine.importTree(Readable.from([bytes]))).rejects.toMatchObject({ code })
    })

    test('an import whose source fails leaves nothing', async () => {
      const before = await readdir(join(data, 'store/trees'))
      const source = new Readable({
        read() {
          this.destroy(new Error('the network went away'))
        },
      })
      await expect(engine.importTree(source)).rejects.toThrow('the network went away')
      expect(await readdir(join(data, 'store/trees'))).toEqual(before)
    })

    // Others may not touch what is in a tree.
    test.runIf(process.getuid?.() === 0).each([
      ['removed', 'rm -- etc/passwd'],
      ['cut short', 'truncate -s 1 etc/passwd'],
      ['exchanged', 'cp -a etc/passwd x && echo y > x && mv x etc/passwd'],
      ['given other rights', 'chmod 600 etc/passwd'],
      ['added', 'ln -s passwd etc/other'],
    ])('with a file %s are not whole any more', async (_what, damage) => {
      const kept = await within({ root: 'copied' }, (container) => container.keepTree('/'))
      const asked = () => openEngine(name, { data }).then((again) => again.isWhole(kept))
      expect(await asked()).toBe(true)
      const [layer = ''] = kept.layers
      await run(['bash', '-c', 'cd "$1" && eval "$2"', 'bash', join(data, 'store/trees', layer), damage])
      expect(await asked()).toBe(false)
      await engine.remove(kept, [])
    })

    test('of which a layer is gone are not whole', async () => {
      expect(await engine.isWhole(tree)).toBe(true)
      expect(await engine.isWhole({ ...tree, layers: [...tree.layers, '0123456789ab'] })).toBe(false)
    })

    describe('into a pipe', () => {
      let pipe: NamedPipe
      let reader: Readable

      beforeEach(async () => {
        pipe = await namedPipe(await mkdtemp(join(scratch, 'pipe-')))
        reader = pipe.reading.createReadStream()
      })

      afterEach(async () => {
        reader.destroy()
        await pipe.writing.close()
        await rm(dirname(pipe.path), { recursive: true })
      })

      /** What came through the pipe, and the list. */
      async function exported(of: TreeRef, epoch: number): Promise<[Buffer, string]> {
        const list = await engine.exportInto(pipe.path, of, { epoch })
        const lines = buffer(list)
        list.once('close', () => void pipe.writing.close())
        const [tar, listed] = await Promise.all([buffer(reader), lines])
        return [tar, listed.toString('latin1')]
      }

      test('are the same tar, with the list that tar has of it', async () => {
        const made = await engine.importTree(tarOf(odd))
        for (const epoch of [1_600_000_000, 5]) {
          const [tar, list] = await exported(made, epoch)
          expect(tar.equals(await buffer(await engine.exportTree(made, { epoch })))).toBe(true)
          const listing = await run(['tar', '--list', '--verbose', '--numeric-owner', '--utc'], {
            input: tar,
            env: { LC_ALL: 'C' },
          })
          expect(list).toBe(listing.stdout)
          expect(list.trim().split('\n')).toHaveLength(odd.length + 24)
          pipe = await namedPipe(await mkdtemp(join(scratch, 'pipe-')))
          reader = pipe.reading.createReadStream()
        }
        expect(await readdir(join(data, 'scratch/incoming'))).toEqual([])
        await engine.remove(made, [])
      })

      test('stop when nobody wants the list any more, though the tar would wait for its reader for ever', async () => {
        const list = await engine.exportInto(pipe.path, tree, { epoch: 1_600_000_000 })
        await once(list, 'readable')
        expect(await processes('/run/archive')).not.toEqual([])
        list.destroy()
        await once(list, 'close')
        expect(await processes('/run/archive')).toEqual([])
        expect(await readdir(join(data, 'scratch/incoming'))).toEqual([])
      })

      test('stop when nobody wants the tar any more', async () => {
        const list = await engine.exportInto(pipe.path, tree, { epoch: 1_600_000_000 })
        const failing = expect(buffer(list)).rejects.toMatchObject({ code: 'engine-failed' })
        await once(reader, 'readable')
        reader.destroy()
        await failing
        expect(await readdir(join(data, 'scratch/incoming'))).toEqual([])
      })

      test('that fail say so', async () => {
        const list = await engine.exportInto(pipe.path, { ...tree, layers: ['0123456789ab'] }, { epoch: 0 })
        await expect(buffer(list)).rejects.toMatchObject({ code: 'engine-failed' })
      })
    })

    test('an export that nobody reads to its end stops', async () => {
      const out = await engine.exportTree(tree, { epoch: Number(mark(1)) })
      await once(out, 'readable')
      out.destroy()
      await expect.poll(() => processes(`--mtime=@${mark(1)}`), { timeout: 10_000 }).toEqual([])
    })

    test('an export that fails is never just short', async () => {
      const gone = { ...tree, layers: ['0123456789ab'] }
      const reading = engine.exportTree(gone, { epoch: 0 }).then((out) => buffer(out))
      await expect(reading).rejects.toMatchObject({ code: expect.any(String) as string })
    })
  })

  describe('files', () => {
    test('are the caller’s own', async () => {
      await within({ folders: ['/out'] }, async (container) => {
        const script =
          'mkdir -p /out/d /srv; echo 1 > /out/d/f; chmod 0 /out/d/f; chown -R 250:250 /out/d; chmod 0 /out/d; ln -s f /out/l; echo x > /srv/x; echo odd > "/out/-a b\'"'
        expect((await say(container, script)).stderr).toBe('')
        const { path } = await container.keepFiles('/out')
        expect(await readFile(join(path, 'd/f'), 'utf8')).toBe('1\n')
        expect(await readlink(join(path, 'l'))).toBe('f')
        expect(await readFile(join(path, "-a b'"), 'utf8')).toBe('odd\n')
        expect((await lstat(join(path, 'd/f'))).uid).toBe(process.getuid!())
        await rm(path, { recursive: true })
        expect(await readFile((await container.keepFiles('/out/d/f')).path, 'utf8')).toBe('1\n')
        expect(await readlink((await container.keepFiles('/out/l')).path)).toBe('f')
        await expect(container.keepFiles('/out/d/none')).rejects.toMatchObject({ code: 'engine-failed' })
        expect(await readFile((await container.keepFiles('/srv/x')).path, 'utf8')).toBe('x\n')
        expect(await readdir((await container.keepFiles('/etc')).path)).toEqual(['passwd', 'shadow'])
        await expect(container.keepFiles('/nothing')).rejects.toMatchObject({ code: 'engine-failed' })
      })
    })

    test('have the time that they had', async () => {
      await within({ folders: ['/out'] }, async (container) => {
        await say(container, 'touch -d @1234567890.5 /out/f; mkdir /out/d; ln -s ../f /out/d/l; ln -s d /out/e')
        const { path } = await container.keepFiles('/out/f')
        expect((await lstat(path)).mtimeMs).toBe(1_234_567_890_500)
        expect((await lstat(path)).mode & 0o7777).toBe(0o644)
        // A link on the way is followed inside alone.
        expect(await readlink((await container.keepFiles('/out/e/l')).path)).toBe('../f')
      })
    })

    test('of a copied root', async () => {
      await within({ root: 'copied' }, async (container) => {
        await say(container, 'echo new > /etc/new')
        const { path } = await container.keepFiles('/etc')
        expect(await readdir(path)).toEqual(['new', 'passwd', 'shadow'])
      })
    })

    test('can be kept while a command runs', async () => {
      await within({ folders: ['/out'] }, async (container) => {
        const stdout = new PassThrough()
        const stdin = new PassThrough()
        const script = 'echo 1 > /out/one; echo ready; read -r; echo 2 > /out/two'
        const running = container.run(['bash', '-c', script], { stdin, stdout }, never)
        await once(stdout, 'data')
        expect(await readdir((await container.keepFiles('/out')).path)).toEqual(['one'])
        stdin.end('go\n')
        expect(await running).toEqual({ status: 0 })
        expect(await readdir((await container.keepFiles('/out')).path)).toEqual(['one', 'two'])
      })
    })
  })

  describe('the end', () => {
    test('abort ends every process before it rejects', async () => {
      await within({}, async (container) => {
        const stop = new AbortController()
        const stdout = new PassThrough()
        const script = `trap "" TERM INT HUP; setsid bash -c "trap \\"\\" TERM; sleep ${mark(3)}" & echo go; sleep ${mark(4)}`
        const running = container.run(['bash', '-c', script], { stdout }, stop.signal)
        await once(stdout, 'data')
        await expect.poll(() => processes(`sleep\0${mark(3)}`, `sleep\0${mark(4)}`)).toHaveLength(2)
        stop.abort()
        await expect(running).rejects.toMatchObject({ code: 'interrupted', exit: 130 })
        expect(await processes(`sleep\0${mark(3)}`, `sleep\0${mark(4)}`)).toEqual([])
      })
    })

    test('abort at any moment of the start is clean', { timeout: 60_000 }, async () => {
      await within({}, async (container) => {
        // A start takes some 40 ms, on a busy machine three times that; moments that matter last less than one.
        for (let wait = 0; wait < 120; wait++) {
          const stop = new AbortController()
          setTimeout(() => {
            stop.abort()
          }, wait)
          await expect(container.run(['sleep', mark(5)], {}, stop.signal)).rejects.toMatchObject({
            code: 'interrupted',
          })
        }
        expect(await processes(mark(5))).toEqual([])
        expect(await mountsOf(data)).toEqual([])
      })
    })

    test('kill -9 of the program leaves no process and no mount', async () => {
      const compiled = await compileProgram('tests/contract/held.ts', scratch)
      const words = [compiled, name, data, JSON.stringify(tree), mark(6), mark(7)]
      const held = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(held.stdout, 'data')
      // The shell says that it runs before both have become what they are to be.
      await expect.poll(() => processes(`sleep\0${mark(6)}`, `sleep\0${mark(7)}`)).toHaveLength(2)
      held.kill('SIGKILL')
      await once(held, 'exit')
      await expect.poll(() => processes(mark(6), mark(7)), { timeout: 5000 }).toEqual([])
      expect(await mountsOf(data)).toEqual([])
      await engine.sweep()
      expect(await readdir(join(data, 'scratch/containers'))).toEqual([])
    })

    test('preserved containers outlive close and sweep', async () => {
      const source = join(scratch, 'soon-gone')
      await writeFile(source, 'x')
      const mounts = [{ source, target: '/soon-gone', readOnly: true as const }]
      const container = await engine.open(spec({ mounts, folders: ['/out'], env: { PATH: '/bin', WHO: 'me' } }))
      await say(container, 'echo state > /state; echo out > /out/o; echo disk > /var/tmp/d')
      const kept = await container.preserve()
      await container.close()
      await engine.sweep()
      await rm(source)
      expect(await engine.preserved()).toEqual([kept])
      const again = await engine.reopen(kept)
      expect((await say(again, 'cat /state /out/o /var/tmp/d; echo $WHO')).stdout).toBe('state\nout\ndisk\nme\n')
      await again.close()
      expect(await engine.preserved()).toEqual([kept])
      await engine.discard(kept)
      expect(await engine.preserved()).toEqual([])
      await expect(engine.reopen(kept)).rejects.toMatchObject({ code: 'unknown-container' })
    })

    test('preserved containers keep the layers they are made of, until they are discarded', async () => {
      const upper = await within({}, async (container) => {
        await say(container, 'echo upper > /upper')
        return container.keepTree('/')
      })
      const mounted = await engine.importTree(
        tarOf([
          { name: './', type: '5' },
          { name: './f', content: 'mounted\n' },
        ]),
      )
      const container = await engine.open(spec({ tree: upper, mounts: [readOnly(mounted, '/m')] }))
      const kept = await container.preserve()
      await container.close()
      await engine.remove(mounted, [])
      await engine.remove(upper, [tree])
      const again = await engine.reopen(kept)
      expect(await say(again, 'cat /m/f /upper')).toEqual({ status: 0, stdout: 'mounted\nupper\n', stderr: '' })
      await again.close()
      await engine.discard(kept)
      await engine.remove(mounted, [])
      await engine.remove(upper, [tree])
      expect([await engine.has(mounted), await engine.has(upper), await engine.has(tree)]).toEqual([false, false, true])
    })

    test('sweep takes what killed runs left, close twice is fine', async () => {
      const container = await engine.open(spec())
      await say(container, 'mkdir -m 0 /x; chown 5 /x; touch /var/tmp/y; chown 6 /var/tmp/y')
      await engine.sweep()
      expect(await readdir(join(data, 'scratch/containers'))).toEqual([])
      await container.close()
      await container.close()
      expect(await engine.has(tree)).toBe(true)
    })
  })

  /** Processes of this host with one of these in their command line. */
  async function processes(...needles: string[]): Promise<string[]> {
    const found: string[] = []
    for (const pid of await readdir('/proc')) {
      if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      if (needles.some((needle) => words.includes(needle))) found.push(words)
    }
    return found
  }

  async function mountsOf(folder: string): Promise<string[]> {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8')
    return mounts.split('\n').filter((line) => line.includes(folder) || line.includes('gentoomuch'))
  }
})
