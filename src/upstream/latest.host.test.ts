import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clearSign, publishStage3s } from '../../tests/kit/autobuilds.ts'
import type { Publisher } from '../../tests/kit/autobuilds.ts'
import { makeKeyHome } from '../system/gpg.testkit.ts'
import type { KeyHome } from '../system/gpg.testkit.ts'
import { latestStage3, listFlavours } from './latest.ts'
import { stage3Role, withTrustedKeys } from './trust.ts'
import type { TrustedKeys } from './trust.ts'

const STAMP = '20260104T170306Z'
const TIME = 1767546186
const SUBJECTS = {
  amd64: ['amd64-openrc', 'amd64-hardened-openrc', 'amd64-systemd', 'x32-openrc'],
  x86: ['i486-openrc', 'i686-openrc', 'i686-systemd'],
  arm: ['armv7a_hardfp-openrc', 'armv6j_hardfp-musl'],
  ppc: ['ppc-openrc', 'ppc64-openrc', 'ppc64le-systemd'],
}
const signal = new AbortController().signal
let keys: KeyHome
let root: string
let mirror: string
let folder: string
let signer: string
let stranger: string

beforeAll(async () => {
  keys = await makeKeyHome()
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  mirror = join(root, 'mirror')
  signer = await keys.makeKey('upstream@example.org')
  stranger = await keys.makeKey('stranger@example.org')
  await mkdir(join(root, 'trusted/stage3'), { recursive: true })
  await writeFile(join(root, 'trusted/stage3/upstream.asc'), await keys.publicKey(signer))
  for (const [arch, subjects] of Object.entries(SUBJECTS)) {
    const builds = subjects.map((subject) => ({ subject, stamp: STAMP, tarball: 'tarball' }))
    await publishStage3s({ mirror, arch, keys, signer }, builds)
  }
})

afterAll(async () => {
  await keys.remove()
  await rm(root, { recursive: true, force: true })
})

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'folder-'))
})

function trusting<T>(work: (trusted: TrustedKeys) => Promise<T>): Promise<T> {
  const sources = { trustedKeys: join(root, 'trusted'), userHome: keys.home, installedKeyring: '/none', signal }
  return withTrustedKeys(stage3Role(sources, []), sources, work)
}
const latest = (arch: string, flavour: string, roots = [mirror]) =>
  trusting((trusted) => latestStage3({ roots, arch, flavour, keys: trusted, folder, signal }))
const flavours = (arch: string) =>
  trusting((trusted) => listFlavours({ roots: [mirror], arch, keys: trusted, folder, signal }))

describe('the latest stage3', () => {
  test.each([
    ['amd64', 'openrc', 'openrc', 'amd64', 'amd64-openrc'],
    ['amd64', 'amd64-openrc', 'openrc', 'amd64', 'amd64-openrc'],
    ['amd64', 'hardened-openrc', 'hardened-openrc', 'amd64', 'amd64-hardened-openrc'],
    ['amd64', 'x32-openrc', 'x32-openrc', 'amd64', 'x32-openrc'],
    ['x86', 'i686-openrc', 'i686-openrc', 'x86', 'i686-openrc'],
    ['arm', 'armv7a_hardfp-openrc', 'armv7a_hardfp-openrc', 'arm', 'armv7a_hardfp-openrc'],
    ['ppc64', 'openrc', 'openrc', 'ppc', 'ppc64-openrc'],
    ['ppc64', 'ppc64le-systemd', 'ppc64le-systemd', 'ppc', 'ppc64le-systemd'],
  ])('of %s %s', async (arch, asked, flavour, inFolder, subject) => {
    const name = `stage3-${subject}-${STAMP}.tar.xz`
    const path = `releases/${inFolder}/autobuilds/${STAMP}/${name}`
    expect(await latest(arch, asked)).toEqual({ flavour, path, name, bytes: 'tarball'.length, time: TIME })
  })

  test.each([
    [
      'amd64',
      'hardend-openrc',
      'Did you mean hardened-openrc? There are hardened-openrc, openrc, systemd, x32-openrc.',
    ],
    ['x86', 'systemd', 'Did you mean i686-systemd? There are i486-openrc, i686-openrc, i686-systemd.'],
    ['amd64', '../../x', 'There are hardened-openrc, openrc, systemd, x32-openrc.'],
  ])('of %s %s is not there', async (arch, flavour, hint) => {
    const message = `Upstream publishes no stage3 of the flavour ${flavour} for ${arch}.`
    await expect(latest(arch, flavour)).rejects.toMatchObject({ code: 'unknown-flavour', exit: 2, message, hint })
  })

  test('of an unknown flavour is not said while mirrors are down', async () => {
    const down = latest('amd64', 'nonsense', [mirror, 'rsync://host'])
    await expect(down).rejects.toMatchObject({ code: 'mirrors-failed' })
  })
})

describe('lists that are not believed', () => {
  const LIST = 'releases/alpha/autobuilds/latest-stage3-alpha-openrc.txt'
  const alpha = (): Publisher => ({ mirror, arch: 'alpha', keys, signer })

  beforeEach(async () => {
    await rm(join(mirror, 'releases/alpha'), { recursive: true, force: true })
  })

  test('of another key', async () => {
    await clearSign({ ...alpha(), signer: stranger }, LIST, '')
    await expect(latest('alpha', 'openrc')).rejects.toMatchObject({
      exit: 3,
      code: expect.stringMatching(/^stage3-list-/),
    })
  })

  test('that are not signed', async () => {
    await mkdir(join(mirror, 'releases/alpha/autobuilds'), { recursive: true })
    await writeFile(join(mirror, LIST), `${STAMP}/stage3-alpha-openrc-${STAMP}.tar.xz 1\n`)
    await expect(latest('alpha', 'openrc')).rejects.toMatchObject({
      exit: 3,
      code: expect.stringMatching(/^stage3-list-/),
    })
  })

  test('of another flavour, signed by the right key', async () => {
    await mkdir(join(mirror, 'releases/alpha/autobuilds'), { recursive: true })
    await copyFile(join(mirror, 'releases/amd64/autobuilds/latest-stage3-amd64-systemd.txt'), join(mirror, LIST))
    await expect(latest('alpha', 'openrc')).rejects.toMatchObject({
      code: 'stage3-list-other',
      exit: 3,
      message: `The list latest-stage3-alpha-openrc.txt speaks not of one stage3-alpha-openrc, but of stage3-amd64-systemd-${STAMP}.tar.xz: was it exchanged?`,
    })
  })

  test('with nothing in them', async () => {
    await clearSign(alpha(), LIST, '# nothing\n')
    await expect(latest('alpha', 'openrc')).rejects.toThrow('but of nothing: was it exchanged?')
  })

  test('with a line of another form', async () => {
    await clearSign(alpha(), LIST, `# comment\n../../stage3-alpha-openrc-${STAMP}.tar.xz 1\n`)
    await expect(latest('alpha', 'openrc')).rejects.toMatchObject({
      code: 'stage3-list-form',
      exit: 3,
      message:
        'Line 2 of the list latest-stage3-alpha-openrc.txt is not of the form TIME/stage3-ARCH-FLAVOUR-TIME.tar.xz BYTES.',
    })
  })
})

describe('listFlavours', () => {
  test('has one entry a flavour, and only what is for the architecture', async () => {
    expect((await flavours('ppc64')).map(({ flavour }) => flavour)).toEqual(['openrc', 'ppc64le-systemd'])
    expect((await flavours('arm')).map(({ flavour }) => flavour)).toEqual([
      'armv6j_hardfp-musl',
      'armv7a_hardfp-openrc',
    ])
  })

  test('takes the newest where a flavour is named twice', async () => {
    const line = (stamp: string, bytes: number) => `${stamp}/stage3-loong-openrc-${stamp}.tar.xz ${bytes}\n`
    const list = line(STAMP, 2) + line('20251201T000000Z', 1)
    await clearSign({ mirror, arch: 'loong', keys, signer }, 'releases/loong/autobuilds/latest-stage3.txt', list)
    expect(await flavours('loong')).toMatchObject([{ flavour: 'openrc', bytes: 2, time: TIME }])
  })

  test('knows no other architectures', async () => {
    await expect(flavours('amd46')).rejects.toMatchObject({
      code: 'unknown-arch',
      exit: 2,
      message: 'The mirrors have no list of stage3s for amd46.',
    })
  })
})
