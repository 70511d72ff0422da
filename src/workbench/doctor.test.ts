import { expect, test } from 'vitest'
import { PROGRAMS } from '../system/os-packages.ts'
import { examine, imagesVerdict, nodeCheck, programsVerdict, renderChecks, spaceVerdict } from './doctor.ts'

test.each([
  ['18.20.1', false],
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.0.0', true],
])('Node.js %s: %s', (version, ok) => {
  expect(nodeCheck(version).ok).toBe(ok)
})

test('a sick host, in words', () => {
  const missing = PROGRAMS.filter((program) => ['newuidmap', 'newgidmap', 'git'].includes(program.name))
  expect(
    renderChecks([nodeCheck('20.19.0'), programsVerdict(20, missing, 'debian'), spaceVerdict(2 ** 31, true)]),
  ).toEqual([
    'ok   Node.js         20.19.0',
    'BAD  programs        missing: newuidmap, newgidmap, git',
    '                     wanted: all 20',
    '                     fix: sudo apt-get install --no-install-recommends git uidmap',
    'BAD  data directory  2.0 GiB free, on a tmpfs: gone after each boot',
    '                     wanted: 20.0 GiB free',
    '                     fix: make room, or choose another place with --data',
  ])
})

test('this host can be examined, the data directory need not exist', async () => {
  const checks = await examine({ data: '/nowhere/at/all' })
  expect(checks.map((check) => check.name)).toEqual([
    'Node.js',
    'programs',
    'containers',
    'images',
    'rights',
    'data directory',
    'jobs',
  ])
  expect(checks[0]?.ok).toBe(true)
})

test.each([
  [true, true, 'repositories are one file each'],
  [true, false, 'repositories are folders: sqfstar of squashfs-tools is not installed'],
  [false, true, 'repositories are folders: an ordinary user cannot mount them'],
])('images, root %s, installed %s: nothing is missing', (root, installed, found) => {
  expect(imagesVerdict(root, installed)).toMatchObject({ ok: true, found })
})
