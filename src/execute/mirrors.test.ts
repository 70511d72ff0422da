import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StepFailure } from './failure.ts'
import { mirrorsOf, tellingRefused } from './mirrors.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gm-mirrors-'))))
afterEach(() => rm(folder, { recursive: true }))

test('folders of this host have places of their own in a container, and keep their turn among addresses', async () => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  for (const path of [one, two]) await mkdir(path)
  await writeFile(join(folder, 'file'), '')
  const words = [
    'https://a.example',
    two,
    join(folder, 'file'),
    join(folder, 'none'),
    'https://b.example',
    `file://${one}`,
    two,
  ]
  expect(await mirrorsOf(words)).toEqual({
    gentooMirrors: 'https://a.example /var/cache/mirrors/0 https://b.example /var/cache/mirrors/1',
    mounts: [
      { source: two, target: '/var/cache/mirrors/0', readOnly: true },
      { source: one, target: '/var/cache/mirrors/1', readOnly: true },
    ],
    folders: [two, one],
    closed: [],
    missing: [join(folder, 'file'), join(folder, 'none')],
  })
})

test('a folder that only its owner may look into is told', async () => {
  await chmod(folder, 0o700)
  expect(await mirrorsOf([folder])).toMatchObject({ folders: [folder], closed: [folder] })
})

test('no mirror is none', async () => {
  const none = { gentooMirrors: undefined, mounts: [], folders: [], closed: [], missing: [] }
  expect(await mirrorsOf([])).toEqual(none)
})

test('a file of a mirror that Portage may not read is told by its name here', () => {
  const folders = ['/srv/one', '/srv/two']
  const failure = (line: string) => new StepFailure({ code: 'c', message: 'm', lastLines: ['x', line] })
  const refused = failure("PermissionError: [Errno 13] Permission denied: '/var/cache/mirrors/1/a/b-1.tar.xz'")
  expect(tellingRefused(refused, { folders })).toMatchObject({
    failure: {
      message: 'm',
      hint: 'Portage fetches as a user of its own, who may not read /srv/two/a/b-1.tar.xz: chmod o+r lets it, where the folders between have o+x',
    },
  })
  for (const line of ['y', "Permission denied: '/var/cache/mirrors/2/a'", "Permission denied: '/etc/shadow'"]) {
    const other = failure(line)
    expect(tellingRefused(other, { folders })).toBe(other)
  }
  const bug = new Error('z')
  expect(tellingRefused(bug, { folders })).toBe(bug)
})
