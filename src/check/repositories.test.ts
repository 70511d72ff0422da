import { describe, expect, test } from 'vitest'
import { describeProblem } from '../config/problem.ts'
import { piece } from '../portage/pieces.testkit.ts'
import { machine, SNAPSHOT } from './checked.testkit.ts'
import { gentooProfiles, withoutRepository } from './repositories.ts'

const REPOSITORIES = { 'repos.conf': '[DEFAULT]\nmain-repo = gentoo\n[gentoo]\n[overlay]\n' }

describe('the Gentoo profile that a piece names', () => {
  const found = (profile: string, snapshots = [SNAPSHOT]) =>
    gentooProfiles([machine([piece('global', 'g', { ...REPOSITORIES, profile })])], snapshots).map(describeProblem)

  test.each(['gentoo:default/linux', 'gentoo:default', 'overlay:whatever', '../../etc'])('%s', (profile) =>
    expect(found(profile)).toEqual([]),
  )

  test('in a repository that nobody names', () => {
    const text =
      'g/profile:1: the profile gento:default stands in the repository gento, which no piece of porch names; there are gentoo, overlay. Did you mean gentoo?'
    expect(found('gento:default')).toEqual([text])
    expect(found('gento:default', [])).toEqual([text])
  })

  test('that the snapshot does not have; without one nobody can tell', () => {
    expect(found('gentoo:default/linx')).toEqual([
      'g/profile:1: the current snapshot of gentoo has no folder profiles/default/linx, which is to be the profile of porch. Did you mean default/linux?',
    ])
    expect(found('gentoo:default/linx', [])).toEqual([])
  })

  test('is the last piece’s, told once for all machines', () => {
    const pieces = [
      piece('global', 'g', { ...REPOSITORIES, profile: 'gentoo:nowhere' }),
      piece('local', 'l', { profile: 'gentoo:neither' }),
    ]
    const machines = ['one', 'other'].map((name) => machine(pieces, undefined, name))
    expect(gentooProfiles(machines, [SNAPSHOT]).map(describeProblem)).toEqual([
      'l/profile:1: the current snapshot of gentoo has no folder profiles/neither, which is to be the profile of one and other.',
    ])
  })
})

test('machines without any repository; a file beside repos.conf names none', () => {
  const machines = [
    machine([piece('global', 'g', { 'repos.conf.disabled': '[gentoo]\n' })], undefined, 'one'),
    machine([piece('global', 'g', REPOSITORIES)], undefined, 'other'),
    machine([piece('global', 'g', { 'repos.conf': '[DEFAULT]\nmain-repo = gentoo\n' })], undefined, 'third'),
  ]
  expect(withoutRepository(machines).map(describeProblem)).toEqual([
    'portage.global: no piece of one and third names a repository, so there is nothing to take packages from. Write portage.global/repos.conf/gentoo.conf as gentoomuch init does.',
  ])
  expect(gentooProfiles([machine([piece('global', 'g', { profile: 'gentoo:x' })])], [])).toEqual([])
})
