/** sync for every kind of repository: git, webrsync, rsync, a plain folder; overlays, and one without a metadata cache. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withHome } from '../../../miniature/keys.ts'
import { run } from '../../../src/system/process.ts'
import { serveFolder, type MirrorServer } from '../../kit/mirror-server.ts'
import { isRoot, type Person } from '../kit.ts'
import { lockOf, newPlace, writeAs, type Place } from './place.ts'

export function kinds(whose: () => Person): void {
  let place: Place
  let mirror: MirrorServer

  beforeAll(async () => {
    place = await newPlace(whose(), 'kinds')
    mirror = await serveFolder(place.upstream)
    // No addresses of this host: repos.conf says where things come from.
    await place.person.shell(['rm', '-rf', join(place.config, 'env/repositories')])
    const trusted = join(place.config, 'env/trusted.keys')
    const copy = 'mkdir -p "$1/snapshot/gentoo" "$1/repository/sticker" && cp "$2/snapshot.asc" "$1/snapshot/gentoo/"'
    await place.person.shell(['bash', '-c', copy, 'bash', trusted, join(place.upstream, 'keys')])
  })
  afterAll(async () => mirror.close())

  const gentoo = (lines: string) =>
    writeAs(place, 'portage.global/repos.conf/gentoo.conf', `[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\n${lines}`)
  const sync = (args: readonly string[] = [], accept: readonly number[] = [0]) =>
    place.person.gentoomuch(['sync', ...args, ...place.flags], accept)
  const person = () => place.person
  const treeOf = async (name: string) => (await lockOf(place))?.repositories[name]?.tree

  test('webrsync: the newest snapshot of a mirror, its signature checked; a day by its name', async () => {
    await writeAs(place, 'env/mirrors', `${mirror.url}\n`)
    await gentoo('sync-type = webrsync\n')
    const { stdout } = await sync()
    expect(stdout).toMatch(/^gentoo is at [0-9a-f]{40} \(20\d\d-/)
    const lock = await lockOf(place)
    expect(lock?.repositories['gentoo']).toMatchObject({ type: 'webrsync', from: 'gentoo-20260101.tar.xz' })
    const again = await sync(['--to', '2026-01-01'])
    expect(again.stdout).toContain('gentoo is still at')
    const none = await sync(['--to', '2025-06-01'], [1])
    expect(none.stderr).toMatch(/2025-?06-?01/)
  })

  test('webrsync: a snapshot that was changed is refused, and the lock stays', async () => {
    const before = await lockOf(place)
    mirror.fault('/snapshots/gentoo-latest.tar.xz', { content: 'no snapshot' })
    const { stderr } = await sync([], [3])
    expect(stderr).toContain('gentoo-latest.tar.xz')
    expect(await lockOf(place)).toEqual(before)
    mirror.fault('/snapshots/gentoo-latest.tar.xz')
  })

  test('another data directory gets the very state that the lock names', async () => {
    const other = { ...place, data: `${place.data}-other` }
    const flags = ['--config', place.config, '--data', other.data]
    await place.person.gentoomuch(['bootstrap', 'demo', join(place.upstream, place.path), ...flags])
    const { stdout } = await place.person.gentoomuch(['sync', '--list', ...flags])
    const lock = await lockOf(place)
    expect(stdout).toContain(`* gentoo  ${lock?.repositories['gentoo']?.revision}`)
  })

  describe('rsync', () => {
    let daemon: { readonly url: string; readonly stop: () => Promise<void> } | undefined

    beforeAll(async () => {
      daemon = await serveRsync(place, await signedTree(place))
    })
    afterAll(async () => daemon?.stop())

    test("the seed's Portage transfers and verifies it", async () => {
      await gentoo(`sync-type = rsync\nsync-uri = ${daemon?.url}-of-nobody\n`)
      await place.person.shell(['rm', '-f', join(place.config, 'gentoomuch.lock')])
      const early = await sync([], [1])
      expect(early.stderr).toContain('gentoomuch bootstrap PROFILE STAGE3')
      await place.person.gentoomuch(['bootstrap', 'demo', join(place.upstream, place.path), ...place.flags])
      // Nothing came that could be believed or not.
      const nothing = await sync([], [1])
      expect(nothing.stderr).toContain(`The repository gentoo could not be fetched from ${daemon?.url}-of-nobody.`)
      await gentoo(`sync-type = rsync\nsync-uri = ${daemon?.url}\n`)
      await sync()
      const lock = await lockOf(place)
      expect(lock?.repositories['gentoo']).toMatchObject({ type: 'rsync' })
      expect(lock?.repositories['gentoo']).toHaveProperty('signedBy')
    })

    test('a file that the signed Manifest does not name so is refused', async () => {
      const before = await lockOf(place)
      const ebuild = join(place.person.home, 'kinds/rsync/app-misc/greet/greet-1.0.ebuild')
      await place.person.shell(['bash', '-c', 'echo "# changed" >> "$1"', 'bash', ebuild])
      await writeAs(place, '../rsync/metadata/timestamp.chk', 'Fri, 02 Jan 2026 00:00:00 +0000\n')
      const { stderr } = await sync([], [3])
      expect(stderr).toContain('Portage does not believe')
      expect(await lockOf(place)).toEqual(before)
    })

    test.each(['unsigned', 'gone'])('a Manifest whose signature was taken off, or that is gone: %s', async (how) => {
      const before = await lockOf(place)
      const served = join(place.person.home, 'kinds/rsync')
      const signed = await readFile(join(served, 'Manifest'), 'utf8')
      const text = /\n\n([^]*)\n-----BEGIN PGP SIGNATURE/.exec(signed)?.[1] ?? expect.unreachable('it is not signed')
      await (how === 'gone'
        ? place.person.shell(['rm', join(served, 'Manifest')])
        : writeAs(place, '../rsync/Manifest', `${text}\n`))
      await writeAs(place, '../rsync/metadata/timestamp.chk', `Sat, 0${how.length} Jan 2026 00:00:00 +0000\n`)
      const { stderr } = await sync([], [3])
      await writeAs(place, '../rsync/Manifest', signed)
      expect(stderr).toContain('Portage does not believe')
      expect(await lockOf(place)).toEqual(before)
    })
  })

  test('an overlay that is a folder: as it lies there; without a metadata cache it gets one', async () => {
    await gentoo(`sync-type = git\nsync-uri = file://${place.upstream}/gentoo\n`)
    const overlay = join(place.person.home, 'kinds/overlay')
    for (const [path, text] of Object.entries(OVERLAY)) await writeAs({ ...place, config: overlay }, path, text)
    // A folder of this host is this host's matter.
    await writeAs(place, 'portage.global/repos.conf/sticker.conf', '[sticker]\npriority = 50\n')
    await writeAs(place, 'env/repositories/sticker', `${overlay}\n`)
    const { stdout } = await sync()
    expect(stdout).toContain('sticker is at')
    const first = await lockOf(place)
    expect(first?.repositories['sticker']).toMatchObject({ type: 'folder' })
    const shown = await place.person.gentoomuch([
      'freshroot', '-q', ...place.flags, '--', 'cat', '/var/db/repos/sticker/metadata/md5-cache/app-misc/sticker-1.0',
    ]) // prettier-ignore
    expect(shown.stdout).toContain('DESCRIPTION=A thing that sticks')
    // Touched files are no news; changed ones are.
    await place.person.shell(['touch', join(overlay, 'profiles/repo_name')])
    await sync(['sticker'])
    expect((await lockOf(place))?.repositories['sticker']).toEqual(first?.repositories['sticker'])
    await writeAs({ ...place, config: overlay }, 'app-misc/sticker/sticker-1.1.ebuild', EBUILD)
    const changed = await sync(['sticker'])
    expect(changed.stdout).toContain('  app-misc/sticker: new 1.1')
  })

  test('a repository that cannot be synced keeps the others from nothing', async () => {
    const conf = 'portage.global/repos.conf/gone.conf'
    await writeAs(place, conf, '[gone]\nsync-type = git\nsync-uri = file:///nowhere/at/all\n')
    await person().shell(['rm', '-f', join(place.config, 'gentoomuch.lock')])
    const { stderr } = await sync([], [1])
    expect(stderr).toContain('The repository gone could not be fetched from file:///nowhere/at/all.')
    expect(Object.keys((await lockOf(place))?.repositories ?? {})).toEqual(['gentoo', 'sticker'])
    await person().shell(['rm', join(place.config, conf)])
    await person().gentoomuch(['bootstrap', 'demo', join(place.upstream, place.path), ...place.flags])
  })

  test('auto-sync = no: only by its name', async () => {
    const conf = 'portage.global/repos.conf/sticker.conf'
    const before = await readFile(join(place.config, conf), 'utf8')
    await writeAs(place, conf, `${before}auto-sync = no\n`)
    const all = await sync()
    expect(all.stdout).not.toContain('sticker')
    expect(await treeOf('sticker')).toBeDefined()
    expect((await sync(['sticker'])).stdout).toContain('sticker is still at')
  })

  test('a dozen repositories are no leak that node would warn of', async () => {
    const conf = 'portage.global/repos.conf/dozen.conf'
    const names = Array.from({ length: 12 }, (_, n) => `one-of-many-${n}`)
    await writeAs(place, conf, names.map((name) => `[${name}]\npriority = 5\n`).join(''))
    for (const name of names) {
      const overlay = join(place.person.home, 'kinds', name)
      await writeAs({ ...place, config: overlay }, 'profiles/repo_name', `${name}\n`)
      await writeAs({ ...place, config: overlay }, 'metadata/layout.conf', 'masters = gentoo\n')
      await writeAs(place, `env/repositories/${name}`, `${overlay}\n`)
    }
    await sync(names)
    const { stdout } = await person().gentoomuch(['check', ...place.flags])
    expect(stdout).toContain(names.join(', '))
    await person().shell(['rm', join(place.config, conf)])
    for (const name of names) await person().shell(['rm', join(place.config, 'env/repositories', name)])
  })

  test('30,000 files: under 20 s', async () => {
    const overlay = join(place.person.home, 'kinds/big')
    await place.person.shell(['node', join(place.person.checkout, 'tests/e2e/incoming/big-repository.mjs'), overlay])
    await writeAs(
      place,
      'portage.global/repos.conf/big.conf',
      `[big]\nsync-type = git\nsync-uri = ${overlay}\nsync-git-verify-commit-signature = no\n`,
    )
    const since = performance.now()
    const { stderr } = await sync(['big'])
    const whole = (performance.now() - since) / 1000
    const transfer = Number(/^done +sync big in ([\d.]+) s/m.exec(stderr)?.[1])
    console.log(`sync of 30,000 files: ${whole.toFixed(1)} s, ${transfer} s of them the transfer`)
    expect(whole - transfer).toBeLessThan(20)
    await place.person.shell(['rm', join(place.config, 'portage.global/repos.conf/big.conf')])
  })
}

const OVERLAY: Readonly<Record<string, string>> = {
  'profiles/repo_name': 'sticker\n',
  'profiles/categories': 'app-misc\n',
  'metadata/layout.conf': 'masters = gentoo\nthin-manifests = true\ncache-formats = md5-dict\n',
  'app-misc/sticker/sticker-1.0.ebuild':
    'EAPI=8\nDESCRIPTION="A thing that sticks"\nHOMEPAGE="https://example.org"\nLICENSE="GPL-2"\nSLOT="0"\nKEYWORDS="amd64"\nS=${WORKDIR}\n',
}
const EBUILD = OVERLAY['app-misc/sticker/sticker-1.0.ebuild'] ?? ''

/** The miniature's tree with Manifests for every file, the top one signed by the snapshot's key, as Gentoo's rsync has it. */
async function signedTree(place: Place): Promise<string> {
  const { person, upstream } = place
  const to = join(person.home, 'kinds/rsync')
  await person.gentoomuch(['bootstrap', 'demo', join(upstream, place.path), ...place.flags])
  await person.gentoomuch(['sync', ...place.flags])
  // gemato comes with the seed's Portage.
  const make =
    'cp -a /var/db/repos/gentoo /tmp/tree && cd /tmp/tree && rm -rf .git && gemato create -p ebuild -t -K /nothing --no-openpgp-verify . >&2 || gemato create -p ebuild -t . >&2; tar -cf - .'
  const launcher = join(person.checkout, 'gentoomuch')
  await person.shell([
    'bash',
    '-c',
    'mkdir -p "$1" && "$2" freshroot -q "${@:4}" -- bash -c "$3" | tar -xf - -C "$1"',
    'bash', to, launcher, make, ...place.flags,
  ]) // prettier-ignore
  const manifest = join(to, 'Manifest')
  const signed = await withHome(join(upstream, 'private/snapshot'), new AbortController().signal, async (home) =>
    home.gpg(['--digest-algo', 'SHA512', '--clear-sign'], await readFile(manifest, 'utf8')),
  )
  await writeAs({ ...place, config: to }, 'Manifest', signed)
  return to
}

/** An rsync daemon on the loopback. */
async function serveRsync(place: Place, folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort()
  // Root's daemon becomes nobody otherwise, to whom folders of these tests are closed.
  const who = isRoot ? 'uid = root\ngid = root\n' : ''
  const conf = join(place.person.home, 'kinds/rsyncd.conf')
  await writeAs(
    { ...place, config: join(place.person.home, 'kinds') },
    'rsyncd.conf',
    `${who}use chroot = no\n[gentoo-portage]\npath = ${folder}\nread only = yes\n`,
  )
  const daemon: ChildProcess = spawn(
    'rsync',
    ['--daemon', '--no-detach', `--port=${port}`, '--address=127.0.0.1', `--config=${conf}`],
    { stdio: 'ignore' },
  )
  const ended = new Promise((done) => daemon.once('exit', done))
  for (let tries = 0; tries < 100; tries++) {
    // 10: nobody listens yet.
    if ((await run(['rsync', `rsync://127.0.0.1:${port}/`], { accept: [0, 5, 10, 12] })).status === 0) break
    await sleep(100)
  }
  return {
    url: `rsync://127.0.0.1:${port}/gentoo-portage`,
    stop: async () => {
      daemon.kill()
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
