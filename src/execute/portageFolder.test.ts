import { mkdtemp, readFile, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from '../system/process.ts'
import { profilePath, writePortageFolder } from './portageFolder.ts'

let folder: string
beforeEach(async () => void (folder = join(await mkdtemp(join(tmpdir(), 'gm-portage-')), 'portage')))
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const options = { seedProfile: '/var/db/repos/gentoo/profiles/seed', locations: { gentoo: '/srv/gentoo' } }

test('writes files, modes and the profile link', async () => {
  const files = [
    { path: 'package.use/0010-x', bytes: 'a/a b\n', executable: false },
    { path: 'postsync.d/run', bytes: '#!/bin/sh\n', executable: true },
    { path: 'patches/a/a/x.patch', bytes: '\u00ff\u0000', executable: false },
  ]
  await writePortageFolder(folder, { files, profile: undefined }, options)
  expect(await readFile(join(folder, 'package.use/0010-x'), 'utf8')).toBe('a/a b\n')
  expect([...(await readFile(join(folder, 'patches/a/a/x.patch')))]).toEqual([0xff, 0])
  expect((await stat(join(folder, 'postsync.d/run'))).mode & 0o777).toBe(0o755)
  expect(await readlink(join(folder, 'make.profile'))).toBe(options.seedProfile)
})

test("the clock comes before the user's bashrc, and gives sources one constant time, merges the snapshot's", async () => {
  const files = [
    { path: 'bashrc', bytes: 'echo "[$EBUILD_PHASE_FUNC ${SOURCE_DATE_EPOCH:-none}]"\n', executable: false },
  ]
  await writePortageFolder(folder, { files, profile: undefined }, { ...options, buildTime: 42 })
  const said = async (phase: string) =>
    (await run(['bash', join(folder, 'bashrc')], { env: { EBUILD_PHASE_FUNC: phase } })).stdout
  expect(await said('pkg_postinst')).toBe('[pkg_postinst 42]\n')
  expect(await said('pkg_setup')).toBe('[pkg_setup 1577836800]\n')
  expect(await said('src_compile')).toBe('[src_compile 1577836800]\n')
})

test('a piece names the profile by its repository', () => {
  expect(profilePath({ files: [], profile: 'gentoo:default/linux' }, options)).toBe(
    '/srv/gentoo/profiles/default/linux',
  )
  expect(profilePath({ files: [], profile: undefined }, options)).toBe(options.seedProfile)
})
