import { expect, test } from 'vitest'
import {
  findProgram,
  installArgv,
  missingPrograms,
  packagesFor,
  PROGRAMS,
  systemOf,
  updateArgv,
} from './os-packages.ts'

test.each([
  ['ID=debian\nID_LIKE=x', 'debian'],
  ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'debian'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian'],
  ["ID='gentoo'\n", 'gentoo'],
  ['ID=calculate\nID_LIKE="gentoo"', 'gentoo'],
  ['ID=fedora\nPRETTY_NAME="debian"', undefined],
  ['', undefined],
])('os-release %j is %s', (text, system) => {
  expect(systemOf(text)).toBe(system)
})

test('packages are named once, sorted', () => {
  const wanted = PROGRAMS.filter((program) => ['unshare', 'flock', 'newuidmap', 'git'].includes(program.name))
  expect(packagesFor('debian', wanted)).toEqual({ packages: ['git', 'uidmap', 'util-linux'], without: [] })
  expect(packagesFor('gentoo', wanted).packages).toEqual(['dev-vcs/git', 'sys-apps/shadow', 'sys-apps/util-linux'])
})

test('the commands that install', () => {
  expect(installArgv('debian', ['git', 'xz-utils']).join(' ')).toBe(
    'env DEBIAN_FRONTEND=noninteractive apt-get --yes -qq install --no-install-recommends git xz-utils',
  )
  expect(updateArgv('debian')?.join(' ')).toBe('env DEBIAN_FRONTEND=noninteractive apt-get --yes -qq update')
  expect(installArgv('gentoo', ['dev-vcs/git']).join(' ')).toBe('emerge --ask=n --noreplace dev-vcs/git')
  expect(updateArgv('gentoo')).toBeUndefined()
})

test('programs are looked for on the PATH', async () => {
  const shell = { name: 'sh', purpose: 'for tests', debian: 'dash' }
  const none = { ...shell, name: 'no-such-program' }
  expect(await missingPrograms([shell, none])).toEqual([none])
  expect(await findProgram('sh', '/nowhere:/bin')).toBe('/bin/sh')
  expect(await findProgram('sh', '/nowhere')).toBeUndefined()
})
